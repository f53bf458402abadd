// Runs the benches: `npm run bench`, or `npm run bench -- kernel`. Each file of bench/ is bundled the way the product
// is, so that what is measured is what ships.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { reportClientPlugin } from "./report-client.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const known = readdirSync(`${root}/bench`)
  .filter(file => file.endsWith(".bench.ts"))
  .map(file => file.replace(".bench.ts", ""));
const [name, ...rest] = process.argv.slice(2);
const wanted = name === undefined ? known : [name];
for (const bench of wanted) {
  if (!existsSync(`${root}/bench/${bench}.bench.ts`)) {
    console.error(`no bench named ${bench}; there are ${known.join(", ")}`);
    process.exit(2);
  }
}
mkdirSync(`${root}/dist/bench`, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: wanted.map(bench => `bench/${bench}.bench.ts`),
  outdir: "dist/bench",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  loader: { ".css": "text" },
  external: ["simjs"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  plugins: [reportClientPlugin()],
  logLevel: "warning",
});
for (const bench of wanted) {
  console.log(`\n# ${bench}`);
  const run = spawnSync(process.execPath, ["--expose-gc", `dist/bench/${bench}.bench.js`, ...rest], {
    cwd: root,
    stdio: "inherit",
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
