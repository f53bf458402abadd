// cachecast schema: the JSON Schema of scenarios, for editors.

import type { CommandModule } from "yargs";

export const schemaVerb: CommandModule = {
  command: "schema",
  describe: "Print the JSON Schema of scenarios",
  handler: async () => {
    const { scenarioJsonSchemaText } = await import("../scenarios/json-schema.ts");
    process.stdout.write(scenarioJsonSchemaText());
  },
};
