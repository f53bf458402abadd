// SORT and SORT_RO: the elements of a list, set or sorted set in another order, by themselves or by what other keys hold,
// answered or stored. The options are in sort-options.ts.

import { isError } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, DENYOOM, MOVABLE_KEYS, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { HASH, LIST, SET, STRING, ZSET } from "../keyspace.ts";
import { parseDouble } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import type { HashValue } from "../values/hash.ts";
import { ListValue } from "../values/list.ts";
import type { SetValue } from "../values/set.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import { type StringValue, stringBytes } from "../values/string.ts";
import { parseSort, type SortOptions, sortKeys } from "./sort-options.ts";

/** An element and what it is sorted by. */
interface Item {
  readonly element: Bytes;
  score: number;
  /** Null when the key to sort by is not there. */
  text: string | null;
}

/** What a pattern names for an element: "#" itself, else a string or, behind "->", a field of a hash; null for nothing. */
function lookUp(ctx: Context, pattern: string, element: Bytes): Bytes | null {
  if (pattern === "#") return element;
  const star = pattern.indexOf("*");
  if (star === -1) return null;
  const arrow = pattern.indexOf("->", star + 1);
  const hasField = arrow !== -1 && arrow + 2 < pattern.length;
  const end = hasField ? arrow : pattern.length;
  const entry = ctx.read(pattern.slice(0, star) + textOf(element) + pattern.slice(star + 1, end));
  ctx.effort.elements++;
  if (entry === NONE) return null;
  const { db } = ctx;
  if (!hasField) return db.typeOf(entry) === STRING ? stringBytes(db.valueOf(entry) as StringValue) : null;
  if (db.typeOf(entry) !== HASH) return null;
  return (db.valueOf(entry) as HashValue).get(pattern.slice(arrow + 2)) ?? null;
}

/** A number as strtod reads it: white space in front is allowed, nothing at all is zero; null when it is none. */
function scoreOf(bytes: Bytes): number | null {
  const text = textOf(bytes);
  const zero = text.indexOf("\0");
  const shown = zero === -1 ? text : text.slice(0, zero);
  if (shown === "") return 0;
  const number = shown.replace(/^[ \t\n\v\f\r]+/u, "");
  const score = parseDouble(number);
  if (score === null || (!Number.isFinite(score) && /\d/u.test(number))) return null;
  return score;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function byScore(left: Item, right: Item): number {
  if (left.score !== right.score) return left.score - right.score;
  return compareText(textOf(left.element), textOf(right.element));
}

/** A text as the C library's collation sees it: up to the first zero. What is stored is compared whole. */
function collated(bytes: Bytes, whole: boolean): string {
  const text = textOf(bytes);
  const zero = whole ? -1 : text.indexOf("\0");
  return zero === -1 ? text : text.slice(0, zero);
}

function byText(left: Item, right: Item): number {
  if (left.text === null || right.text === null) {
    return left.text === right.text ? 0 : left.text === null ? -1 : 1;
  }
  return compareText(left.text, right.text);
}

const NOT_NUMBERS = new ErrorReply("ERR One or more scores can't be converted into double");

/** Elements in the order in which the value keeps them, of a list and a sorted set the part from `start` on. */
function elementsOf(ctx: Context, entry: number, start: number, count: number, backwards: boolean): Bytes[] {
  const value = ctx.db.valueOf(entry);
  switch (ctx.db.typeOf(entry)) {
    case LIST: {
      const list = value as ListValue;
      return count > 0 ? list.slice(backwards ? list.elements - 1 - start : start, count, backwards) : [];
    }
    case ZSET: {
      const members: Bytes[] = [];
      const zset = value as SortedSet;
      if (count > 0)
        zset.walk(backwards ? zset.size - 1 - start : start, count, backwards, member => members.push(member));
      return members;
    }
    default:
      return (value as SetValue).members();
  }
}

/** First index and number of elements of LIMIT within so many. */
function limits({ offset, count }: SortOptions, length: number): [start: number, count: number] {
  const start = Math.min(Math.max(offset, 0), length);
  return [start, count < 0 ? length - start : Math.min(count, length - start)];
}

/** The elements in the order asked for and cut to LIMIT, or the error to answer. */
function sorted(ctx: Context, entry: number, options: SortOptions): Bytes[] | ErrorReply {
  const { descending } = options;
  const type = ctx.db.typeOf(entry);
  const length = (ctx.db.valueOf(entry) as ListValue | SetValue | SortedSet).elements;
  const [start, count] = limits(options, length);
  // A stored set, and one that a script sees, is sorted in any case: its own order is chance.
  const fromScript = ctx.session !== ctx.engine.currentSession;
  const forced = type === SET && options.unsorted && (options.store !== null || fromScript);
  if (options.unsorted && !forced) {
    ctx.effort.elements += count;
    const elements = elementsOf(ctx, entry, start, count, descending);
    return type === SET ? elements.slice(start, start + count) : elements;
  }
  const by = forced ? null : options.by;
  const alpha = forced || options.alpha;
  const whole = options.store !== null;
  const items: Item[] = [];
  let numeric = true;
  for (const element of elementsOf(ctx, entry, 0, length, false)) {
    const sortedBy = by === null ? element : lookUp(ctx, by, element);
    const score = alpha ? 0 : sortedBy === null ? 0 : scoreOf(sortedBy);
    if (score === null) numeric = false;
    const text = alpha && sortedBy !== null ? collated(sortedBy, whole) : null;
    items.push({ element, score: score ?? 0, text });
  }
  if (!numeric) return NOT_NUMBERS;
  ctx.effort.elements += Math.ceil(length * Math.log2(Math.max(2, length)));
  const compare = alpha ? byText : byScore;
  items.sort(descending ? (left, right) => compare(right, left) : compare);
  return items.slice(start, start + count).map(item => item.element);
}

/** What is answered or stored: the elements, or what the GET patterns name for each. */
function output(ctx: Context, elements: readonly Bytes[], get: readonly string[]): (Bytes | null)[] {
  if (get.length === 0) return [...elements];
  return elements.flatMap(element => get.map(pattern => lookUp(ctx, pattern, element)));
}

function store(ctx: Context, key: string, found: readonly (Bytes | null)[]): Reply {
  const { db, engine } = ctx;
  if (found.length === 0) {
    // Expired or not: it is deleted, not looked up.
    const entry = db.find(key);
    if (entry !== NONE) {
      ctx.remove(entry, engine.settings.lazyServerDel);
      ctx.modified(key, "g", "del");
    }
    return 0;
  }
  // Before 8.0 the list that SORT makes has the default limits, whatever the parameters say.
  const list = engine.profile.sortKeepsLimits
    ? ListValue.asChain(engine.lists)
    : ListValue.asChain(engine.lists, -2, 0);
  for (const element of found) list.push(element ?? "", true);
  list.settle();
  const entry = ctx.write(key);
  const stored = ctx.put(key, entry, LIST, list);
  if (entry !== NONE) db.clearExpiry(stored);
  ctx.modified(key, "l", "sortstore");
  ctx.dirty += found.length - 1;
  return found.length;
}

function sort(ctx: Context, argv: readonly Bytes[], mayStore: boolean): Reply {
  const options = parseSort(ctx, argv, mayStore);
  if (isError(options)) return options;
  const entry = ctx.read(keyAt(argv, 1));
  const type = entry === NONE ? LIST : ctx.db.typeOf(entry);
  if (type !== LIST && type !== SET && type !== ZSET) return WRONG_TYPE;
  if (type === ZSET) {
    // The server sorts the members of the large form only, and so turns any other into it.
    (ctx.db.valueOf(entry) as SortedSet).toSkiplist(ctx.engine);
    ctx.db.changed(entry);
  }
  const elements = entry === NONE ? [] : sorted(ctx, entry, options);
  if (isError(elements)) return elements;
  const found = output(ctx, elements, options.get);
  return options.store === null ? found : store(ctx, options.store, found);
}

const shape = { arity: -2, keys: ONE_KEY, group: "generic", cost: "sort" } as const;

export const SORT_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "sort",
    flags: WRITE | DENYOOM | MOVABLE_KEYS,
    keyPositions: sortKeys,
    since: "1.0.0",
    complexity: "O(N log N), N elements",
    summary: "Sorts a list, set or sorted set; answers or stores the result.",
    run: (ctx, argv) => sort(ctx, argv, true),
  },
  {
    ...shape,
    name: "sort_ro",
    flags: READONLY | MOVABLE_KEYS,
    since: "7.0.0",
    complexity: "O(N log N), N elements",
    summary: "SORT that cannot store.",
    run: (ctx, argv) => sort(ctx, argv, false),
  },
];
