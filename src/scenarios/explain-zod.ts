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
  for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
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
  const layers = layersOf(schemaAt(schema, path));
  if (layers.at(-1) instanceof z.ZodNumberFormat) return KINDS.int;
  const example = layers
    .flatMap(layer => (layer.meta()?.examples as unknown[] | undefined) ?? [])
    .find(one => typeof one === "string");
  const kind = KINDS[expected] ?? expected;
  if (example === undefined || expected !== "string") return kind;
  return /^\d/u.test(example) ? `${kind} with a unit, such as ${example}` : `${kind} such as ${example}`;
}

/** A schema and what it is wrapped around, outside first; of a union all members follow. */
function layersOf(schema: unknown): z.ZodType[] {
  if (!(schema instanceof z.ZodType)) return [];
  if (schema instanceof z.ZodUnion) return [schema, ...schema.options.flatMap(layersOf)];
  const { def } = schema as unknown as { def: { innerType?: unknown; in?: unknown } };
  return [schema, ...layersOf(def.innerType ?? def.in)];
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
      const why = issue.message.startsWith("Invalid") ? didYouMean(String(value), allowed) : `; ${issue.message}`;
      return one(`${found(value)} is not one of ${list(allowed)}${why}`);
    }
    case "too_small":
      if (Array.isArray(value) || typeof value === "string") return one("must not be empty");
      return one(`must be ${issue.inclusive ? "at least" : "above"} ${issue.minimum}, got ${found(value)}`);
    case "too_big":
      if (typeof value === "string")
        return one(`must have at most ${issue.maximum} characters, has ${value.length}: ${found(value)}`);
      return one(`must be ${issue.inclusive ? "at most" : "below"} ${issue.maximum}, got ${found(value)}`);
    case "invalid_union":
      return explainUnion(schema, issue, root, path, value);
    case "invalid_format":
      return one(`${issue.message}, got ${found(value)}`);
    case "invalid_key":
      return one(issue.message, "key");
    default:
      return one(issue.message);
  }
}

/** Of a union's complaints, those of the branch that takes such values at all; where none does, what each would take. */
function explainUnion(
  schema: z.ZodType,
  issue: Extract<z.core.$ZodIssue, { code: "invalid_union" }>,
  root: unknown,
  path: Path,
  value: unknown,
): Explained[] {
  if (value === undefined) return [{ path, at: "key", message: "is missing" }];
  const kinds: string[] = [];
  let fitting: readonly z.core.$ZodIssue[] | undefined;
  for (const branch of issue.errors) {
    const [first] = branch;
    if (first?.path.length === 0 && first.code === "invalid_value") {
      kinds.push(...first.values.map(one => (typeof one === "string" ? `«${one}»` : String(one))));
    } else if (first?.path.length === 0 && first.code === "invalid_type") {
      kinds.push(wanted(schema, path, first.expected));
    } else {
      fitting ??= branch;
    }
  }
  if (fitting === undefined) return [{ path, at: "value", message: `needs ${either(kinds)}, got ${found(value)}` }];
  const names = kinds.filter(kind => kind.startsWith("«"));
  return fitting
    .flatMap(inner => explain(schema, inner, root, path))
    .map(one => ({ ...one, message: one.message.replace(/^needs /u, `needs ${[...names, ""].join(" or ")}`) }));
}

function either(kinds: readonly string[]): string {
  return [kinds.slice(0, -1).join(", "), kinds.at(-1)].filter(part => part !== "").join(" or ");
}

function list(names: readonly string[]): string {
  return names.length > 12
    ? `the ${names.length} known names (e.g. ${names.slice(0, 3).join(", ")})`
    : names.join(", ");
}
