// Builds what runs: the CLI as an ESM bundle split by verb (so that --help loads next to nothing), and the report's
// client script as one string inside it. Runs on `npm ci` through `prepare`; needs nothing but the installed packages.

import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { reportClientPlugin } from "./report-client.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { cli: "src/cli/main.ts", "sweep-worker": "src/planner/sweep/worker.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  chunkNames: "chunks/[name]-[hash]",
  loader: { ".css": "text" },
  // They look for each other at run time.
  external: ["bullmq", "ioredis"],
  // Bundled CommonJS packages call require for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  plugins: [reportClientPlugin()],
  logLevel: "warning",
});
