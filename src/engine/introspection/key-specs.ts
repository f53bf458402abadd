// Where a command's keys stand among its arguments and what it does with them, as data: clients route by these facts,
// and permissions to read or write a key are judged by them.

import { type Bytes, textOf } from "../bytes.ts";
import { parseInteger } from "../numbers.ts";

// What the server itself does with the value object: reads it, changes it, puts another in its place, removes it.
export const RO = 1 << 0;
export const RW = 1 << 1;
export const OW = 1 << 2;
export const RM = 1 << 3;
// What the client gets or does: sees the content, changes it depending on what was there, adds, removes.
export const ACCESS = 1 << 4;
export const UPDATE = 1 << 5;
export const INSERT = 1 << 6;
export const DELETE = 1 << 7;
/** Looks like a key to routing and is none: a channel of SPUBLISH. */
export const NOT_KEY = 1 << 8;
/** There are more keys than the specs can tell. */
export const INCOMPLETE = 1 << 9;
/** The flags depend on the other arguments. */
export const VARIABLE_FLAGS = 1 << 10;

export const KEY_FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [RO, "RO"],
  [RW, "RW"],
  [OW, "OW"],
  [RM, "RM"],
  [ACCESS, "access"],
  [UPDATE, "update"],
  [INSERT, "insert"],
  [DELETE, "delete"],
  [NOT_KEY, "not_key"],
  [INCOMPLETE, "incomplete"],
  [VARIABLE_FLAGS, "variable_flags"],
];

/** Where the search begins: at a fixed argument, or behind a keyword looked for from a position (from the end if negative). */
export type BeginSearch =
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "keyword"; readonly keyword: string; readonly startFrom: number }
  | { readonly type: "unknown" };

/** Which arguments from there on are keys. */
export type FindKeys =
  /** Up to the last, relative to the first, or to the end if negative; with a limit of n only the n-th part of the rest. */
  | { readonly type: "range"; readonly last: number; readonly step: number; readonly limit: number }
  /** As many as a number at `at` says, from `first` on, both relative to the beginning. */
  | { readonly type: "keynum"; readonly at: number; readonly first: number; readonly step: number }
  | { readonly type: "unknown" };

export interface KeySpec {
  readonly flags: number;
  readonly begin: BeginSearch;
  readonly find: FindKeys;
}

export interface KeyReference {
  readonly position: number;
  readonly flags: number;
}

const FLAGS = new Map(KEY_FLAG_NAMES.map(([flag, name]) => [name, flag]));
const ONE: FindKeys = { type: "range", last: 0, step: 1, limit: 0 };

function flagsOf(names: string): number {
  return names.split(" ").reduce((flags, name) => flags | FLAGS.get(name)!, 0);
}

/** A key spec: flags by name, where the keys begin, and which there are; one when left out. */
export function key(flags: string, begin: number | BeginSearch, find: FindKeys = ONE): KeySpec {
  return { flags: flagsOf(flags), begin: typeof begin === "number" ? { type: "index", index: begin } : begin, find };
}

export function after(keyword: string, startFrom: number): BeginSearch {
  return { type: "keyword", keyword, startFrom };
}

export function range(last: number, step: number, limit = 0): FindKeys {
  return { type: "range", last, step, limit };
}

export function counted(at: number, first: number): FindKeys {
  return { type: "keynum", at, first, step: 1 };
}

/** Keys that nothing but the command itself can find. */
export function unknown(flags: string): KeySpec {
  return { flags: flagsOf(flags), begin: { type: "unknown" }, find: { type: "unknown" } };
}

/** The keys by the specs alone; null when the call does not fit them or they do not tell all. */
export function keysBySpecs(specs: readonly KeySpec[], argv: readonly Bytes[]): KeyReference[] | null {
  const keys: KeyReference[] = [];
  for (const spec of specs) {
    if ((spec.flags & NOT_KEY) !== 0) continue;
    const begin = beginOf(spec.begin, argv);
    if (begin === "absent") continue;
    const found = begin === null ? null : positions(spec.find, begin, argv);
    if (found === null) return null;
    for (const position of found) keys.push({ position, flags: spec.flags });
    if ((spec.flags & INCOMPLETE) !== 0) return null;
  }
  return keys;
}

function beginOf(begin: BeginSearch, argv: readonly Bytes[]): number | "absent" | null {
  if (begin.type === "index") return begin.index;
  if (begin.type === "unknown") return null;
  const forward = begin.startFrom > 0;
  const wanted = begin.keyword.toLowerCase();
  // Forward the last argument is not looked at, nor is the first argument backward: no key could follow there.
  const end = forward ? argv.length - 1 : 1;
  const start = forward ? begin.startFrom : argv.length + begin.startFrom;
  for (let i = start; i !== end && i >= 1 && i < argv.length; i += start <= end ? 1 : -1) {
    if (textOf(argv[i]).toLowerCase() === wanted) return i + 1;
  }
  return "absent";
}

function positions(find: FindKeys, begin: number, argv: readonly Bytes[]): number[] | null {
  let first = begin;
  let last: number;
  if (find.type === "unknown") return null;
  if (find.type === "range") {
    if (find.last >= 0) last = first + find.last;
    else if (find.limit === 0) last = argv.length + find.last;
    else last = first + Math.floor((argv.length - first) / find.limit) + find.last;
  } else {
    const at = first + find.at;
    const count = at < argv.length ? parseInteger(textOf(argv[at])) : null;
    if (count === null || count < 0) return null;
    first += find.first;
    last = first + Number(count) - 1;
  }
  if (last >= argv.length || last < first) return null;
  const found: number[] = [];
  for (let i = first; i <= last; i += find.step) found.push(i);
  return found;
}
