// The JSON Schema that editors use, made from the zod schema. Draft 7, since the YAML language server knows that and
// below. The committed copy is schema/scenario.schema.json; a test holds the two together.

import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

export function scenarioJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(scenarioSchema, { target: "draft-7", io: "input" }) as Record<string, unknown>;
}

export function scenarioJsonSchemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
}
