// The JSON Schema that editors use, made from the zod schema. Draft 7, since the YAML language server knows that and
// below. The committed copy is schema/scenario.schema.json; a test holds the two together.

import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { target: "draft-7", io: "input" }) as Record<string, unknown>;
  const { workload } = schema.properties as { workload: { items: { required: string[]; anyOf?: unknown } } };
  // A workload that uses a ready one need not be named.
  workload.items.required = workload.items.required.filter(key => key !== "name");
  workload.items.anyOf = [{ required: ["name"] }, { required: ["use"] }];
  return schema;
}

export function scenarioJsonSchemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
}
