// Bundles TypeScript given as text, with the project's modules, and imports it: for scripts that write generated files.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** What `contents` exports; its imports are relative to the project's root. */
export async function importBundled(name, contents) {
  const outfile = `${root}/dist/${name}.mjs`;
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  return import(outfile);
}
