// The result file as text, and back.

import { type Result, resultSchema, SCHEMA_VERSION } from "../result.ts";

/** One line per top-level key keeps diffs readable without making the file large. */
export function resultText(result: Result): string {
  const parts = Object.entries(result).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** A result from its text, or the sentence that says why it is none. */
export function parseResult(text: string): Result | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `is no JSON: ${(error as Error).message}`;
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === undefined) return "is no result of cachecast: it has no schemaVersion";
  if (version !== SCHEMA_VERSION)
    return `has schemaVersion ${JSON.stringify(version)}; this version reads ${SCHEMA_VERSION}`;
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  return `is damaged at ${first.path.join(".") || "the top"}: ${first.message} (${parsed.error.issues.length} problems)`;
}
