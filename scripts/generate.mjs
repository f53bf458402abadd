// Writes what is generated and committed: schema/scenario.schema.json and docs/scenario.md. `npm run generate`

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = `${root}/dist/generate.mjs`;
await build({
  stdin: {
    contents: `
      export { scenarioDocs } from "./src/scenarios/docs.ts";
      export { scenarioJsonSchemaText } from "./src/scenarios/json-schema.ts";
    `,
    resolveDir: root,
    loader: "ts",
  },
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
const { scenarioDocs, scenarioJsonSchemaText } = await import(outfile);
writeFileSync(`${root}/schema/scenario.schema.json`, scenarioJsonSchemaText());
writeFileSync(`${root}/docs/scenario.md`, scenarioDocs());
