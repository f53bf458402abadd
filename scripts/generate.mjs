// Writes what is generated from the schema and committed: schema/scenario.schema.json, docs/scenario.md,
// docs/commands.md, docs/metrics.md.
// `npm run generate`

import { writeFileSync } from "node:fs";
import { importBundled, root } from "./bundle.mjs";

const { commandDocs, metricDocs, scenarioDocs, scenarioJsonSchemaText } = await importBundled(
  "generate",
  `
    export { commandDocs } from "./src/models/command-table.ts";
    export { metricDocs } from "./src/models/metrics/docs.ts";
    export { scenarioDocs } from "./src/scenarios/docs.ts";
    export { scenarioJsonSchemaText } from "./src/scenarios/json-schema.ts";
  `,
);
writeFileSync(`${root}/schema/scenario.schema.json`, scenarioJsonSchemaText());
writeFileSync(`${root}/docs/scenario.md`, scenarioDocs());
writeFileSync(`${root}/docs/commands.md`, commandDocs());
writeFileSync(`${root}/docs/metrics.md`, metricDocs());
