// The keys of a scenario with what their schema says of them: documentation and `cachecast explain` read the same facts.

import { clientLibrary, GENERIC_LIBRARY, type LibraryDefault } from "../catalog/client-libraries.ts";
import { scenarioJsonSchema } from "./json-schema.ts";

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A key as it is told of; words of the scenario stand in back quotes. */
export interface KeyFact {
  /** With [] behind lists: "workload[].rate". */
  readonly path: string;
  readonly kind: string;
  readonly initial: string;
  readonly meaning: string;
}

export const inCode = (text: string) => `\`${text}\``;

function kind(schema: Schema): string {
  if (schema.enum !== undefined) {
    return schema.enum.length > 12
      ? `one of ${schema.enum.length} names`
      : schema.enum.map(one => inCode(String(one))).join(", ");
  }
  if (schema.const !== undefined) return inCode(String(schema.const));
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kind))].join(" or ");
  if (schema.type === "array") return "list";
  if (schema.type === "object") return "mapping";
  return typeof schema.type === "string" ? schema.type : (schema.type ?? []).join(" or ");
}

export const inWords = (value: LibraryDefault["value"]) =>
  Array.isArray(value) ? `[${value.join(", ")}]` : String(value as string);

/** Keys of a client that its library gives, by their path: shown as the generic library has them. */
export const genericDefaults = new Map(
  clientLibrary(GENERIC_LIBRARY).defaults.map(({ key, value }) => [`clients[].${key}`, inCode(inWords(value))]),
);

let known: readonly KeyFact[] | null = null;

/** All keys, each mapping before its parts. */
export function keyFacts(): readonly KeyFact[] {
  if (known !== null) return known;
  const facts = new Map<string, KeyFact>();
  collect(scenarioJsonSchema() as Schema, "", facts);
  known = [...facts.values()];
  return known;
}

function collect(schema: Schema, path: string, facts: Map<string, KeyFact>): void {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const at = path === "" ? name : `${path}.${name}`;
    const usual =
      child.default === undefined || typeof child.default === "object"
        ? (genericDefaults.get(at) ?? "")
        : inCode(String(child.default));
    const initial = schema.required?.includes(name) === true ? "required" : usual;
    const examples = (child.examples ?? []).map(one => inCode(typeof one === "string" ? one : JSON.stringify(one)));
    const meaning = [child.description ?? "", examples.length > 0 ? `E.g. ${examples.join(", ")}.` : ""].filter(
      part => part !== "",
    );
    // Alternatives may share keys: the first one tells of them.
    if (!facts.has(at)) facts.set(at, { path: at, kind: kind(child), initial, meaning: meaning.join(" ") });
    for (const one of [child, ...(child.anyOf ?? [])]) collect(one, at, facts);
    if (child.items !== undefined) collect(child.items, `${at}[]`, facts);
  }
}
