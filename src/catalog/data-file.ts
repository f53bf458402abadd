// How the catalogue reads its data files. They are imported as JSON and so bundled with the code: nothing is read from
// disk at run time. Each is checked once, when first asked for. What is wrong with them is our bug, never the user's.

import { z } from "zod";
import { assert, BugError } from "../assert.ts";

export interface DataFile {
  /** Path below src/catalog, for messages. */
  readonly file: string;
  readonly data: unknown;
}

/** A source, declared once at the head of a data file. */
const source = z
  .strictObject({
    title: z.string().min(1),
    /** Null where the material has no public address. */
    url: z.url().nullable(),
    /** When it was published, or which edition it is. */
    date: z.string().regex(/\d{4}/u, "a date names a year"),
    /** official, official (quoted), upstream, third-party, derived, assumption; with a word more where it helps. */
    confidence: z.string().min(1),
  })
  .readonly();
export type Source = z.infer<typeof source>;

export const sources = z.record(z.string(), source).readonly();

/** The ids a row stands on; each is declared at the head of its file. */
export const sourceIds = z.array(z.string()).min(1).readonly();

/** The file's content in its schema. Unknown keys, missing values and undeclared sources stop the start. */
export function parseDataFile<T extends { readonly sources: Readonly<Record<string, Source>> }>(
  schema: z.ZodType<T>,
  { file, data }: DataFile,
): T {
  const result = schema.safeParse(data);
  if (!result.success) throw new BugError(`catalogue file ${file}: ${z.prettifyError(result.error)}`);
  const declared = result.data.sources;
  for (const id of citedSources(data)) {
    assert(Object.hasOwn(declared, id), `catalogue file ${file} cites source ${id}, which its head does not declare`);
  }
  return result.data;
}

/** All ids in `sources` lists, at any depth. */
function citedSources(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(citedSources);
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "sources" && Array.isArray(inner) ? inner : citedSources(inner),
  );
}

export interface FiledRow<R> {
  readonly file: string;
  readonly key: string;
  readonly row: R;
}

/** The rows by key, in their order. A key that stands twice is refused with both places. */
export function indexRows<R>(kind: string, rows: Iterable<FiledRow<R>>): ReadonlyMap<string, R> {
  const index = new Map<string, R>();
  const files = new Map<string, string>();
  for (const { file, key, row } of rows) {
    const earlier = files.get(key);
    assert(earlier === undefined, `${kind} ${key} stands in ${earlier} and again in ${file}`);
    files.set(key, file);
    index.set(key, row);
  }
  return index;
}

/** Makes the value when it is first asked for and keeps it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
