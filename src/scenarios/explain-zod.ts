// Zod's issues in our words, at our places: what was found, what is allowed, what was probably meant.

import { z } from "zod";
import { closest, didYouMean } from "./suggest.ts";
import type { Path } from "./yaml-file.ts";

export interface Explained {
  readonly path: Path;
  readonly at: "key" | "value";
  readonly message: string;
}

function found(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return `the text «${value.length > 60 ? `${value.slice(0, 60)}…` : value}»`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return `${value}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function at(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return value;
}

/** The schema at a place as it was written, with its defaults and options around it; null beyond the grammar. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | null {
  let current: unknown = schema;
  for (const step of path) {
    const inner = unwrap(current);
    if (inner instanceof z.ZodObject) current = inner.shape[String(step)];
    else if (inner instanceof z.ZodArray) current = inner.element;
    else return null;
    if (current === undefined) return null;
  }
  return current as z.ZodType;
}

/** Names allowed at a place, from the schema: for suggestions. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  const inner = unwrap(schemaAt(schema, path));
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** What belongs at a place, in words: whole numbers are told from numbers, text comes with an example. */
function wanted(schema: z.ZodType, path: Path, expected: string): string {
  let current: unknown = schemaAt(schema, path);
  const examples: unknown[] = [];
  while (current instanceof z.ZodType) {
    examples.push(...((current.meta()?.examples as unknown[] | undefined) ?? []));
    const { def } = current as unknown as { def: { innerType?: unknown; in?: unknown } };
    if (def.innerType === undefined && def.in === undefined) break;
    current = def.innerType ?? def.in;
  }
  if (current instanceof z.ZodNumberFormat) return KINDS.int;
  const example = examples.find(one => typeof one === "string");
  const kind = KINDS[expected] ?? expected;
  return example === undefined || expected !== "string" ? kind : `${kind} such as ${example}`;
}

/** Strips defaults, options and pipes; of a union takes the member that is a mapping. */
function unwrap(schema: unknown): unknown {
  let current = schema;
  for (;;) {
    if (current instanceof z.ZodOptional || current instanceof z.ZodDefault || current instanceof z.ZodPrefault) {
      current = current.def.innerType;
    } else if (current instanceof z.ZodPipe) {
      current = current.def.in;
    } else if (current instanceof z.ZodUnion) {
      current = current.options.find(option => unwrap(option) instanceof z.ZodObject) ?? null;
    } else {
      return current;
    }
  }
}

/** All issues of a failed parse. `root` is what was parsed. */
export function explainIssues(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], root: unknown): Explained[] {
  return issues.flatMap(issue => explain(schema, issue, root, []));
}

function explain(schema: z.ZodType, issue: z.core.$ZodIssue, root: unknown, prefix: Path): Explained[] {
  const path = [...prefix, ...(issue.path as (string | number)[])];
  const value = at(root, path);
  const one = (message: string, place: "key" | "value" = "value"): Explained[] => [{ path, at: place, message }];
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = keysAt(schema, path);
      return issue.keys.map(key => {
        const best = closest(key, allowed);
        const hint = best === null ? `; known here: ${allowed.join(", ")}` : `; did you mean «${best}»?`;
        return { path: [...path, key], at: "key" as const, message: `unknown key «${key}»${hint}` };
      });
    }
    case "invalid_type":
      if (value === undefined) return one(`is missing: needs ${wanted(schema, path, issue.expected)}`, "key");
      return one(`needs ${wanted(schema, path, issue.expected)}, got ${found(value)}`);
    case "invalid_value": {
      const allowed = issue.values.map(String);
      if (value === undefined) return one(`is missing: needs one of ${list(allowed)}`, "key");
      return one(`${found(value)} is not one of ${list(allowed)}${didYouMean(String(value), allowed)}`);
    }
    case "too_small":
      if (Array.isArray(value)) return one(`needs at least ${issue.minimum} elements`);
      if (typeof value === "string") return one(`needs at least ${issue.minimum} characters`);
      return one(`must be ${issue.inclusive ? "at least" : "above"} ${issue.minimum}, got ${found(value)}`);
    case "too_big":
      if (typeof value === "string") return one(`must have at most ${issue.maximum} characters`);
      return one(`must be ${issue.inclusive ? "at most" : "below"} ${issue.maximum}, got ${found(value)}`);
    case "invalid_union":
      return explainUnion(schema, issue, root, path, value);
    case "invalid_key":
      return one(issue.message, "key");
    default:
      return one(issue.message);
  }
}

/** Of a union's complaints, those of the branch that the value comes closest to. */
function explainUnion(
  schema: z.ZodType,
  issue: Extract<z.core.$ZodIssue, { code: "invalid_union" }>,
  root: unknown,
  path: Path,
  value: unknown,
): Explained[] {
  if (value === undefined) return [{ path, at: "key", message: "is missing" }];
  const wrongKind = (branch: readonly z.core.$ZodIssue[]) =>
    branch.some(inner => inner.path.length === 0 && (inner.code === "invalid_type" || inner.code === "invalid_value"));
  const fitting = issue.errors.find(branch => !wrongKind(branch)) ?? issue.errors.at(-1) ?? [];
  return fitting.flatMap(inner => explain(schema, inner, root, path));
}

function list(names: readonly string[]): string {
  return names.length > 12
    ? `the ${names.length} known names (e.g. ${names.slice(0, 3).join(", ")})`
    : names.join(", ");
}
