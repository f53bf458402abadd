// Writes what is generated from the schema and committed: schema/scenario.schema.json and docs/scenario.md.
// `npm run generate`

import { writeFileSync } from "node:fs";
import { importBundled, root } from "./bundle.mjs";

const { scenarioDocs, scenarioJsonSchemaText } = await importBundled(
  "generate",
  `
    export { scenarioDocs } from "./src/scenarios/docs.ts";
    export { scenarioJsonSchemaText } from "./src/scenarios/json-schema.ts";
  `,
);
writeFileSync(`${root}/schema/scenario.schema.json`, scenarioJsonSchemaText());
writeFileSync(`${root}/docs/scenario.md`, scenarioDocs());
