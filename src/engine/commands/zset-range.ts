// Ranges of sorted sets by rank, score or member: listed, counted, removed, stored. ZRANGE says all that the older commands
// of the family say each in its own way.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { SortedSet } from "../values/sorted-set.ts";
import type { Visit } from "../values/zset-form.ts";
import { membersRemoved } from "./collection.ts";
import { addPair, type RangeKind, type RangeReader, readRange, storeResult, zsetUnder } from "./zset-common.ts";

const LIMIT_BY_RANK = new ErrorReply(
  "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
);
const SCORES_BY_LEX = new ErrorReply("ERR syntax error, WITHSCORES not supported in combination with BYLEX");

interface Query {
  readonly kind: RangeKind;
  readonly reverse: boolean;
  readonly withScores: boolean;
  readonly offset: number;
  /** Negative: no limit. */
  readonly limit: number;
  readonly range: RangeReader;
}

/** What a command of the family has fixed by its name; null where an option decides. */
interface Fixed {
  readonly kind: RangeKind | null;
  readonly reverse: boolean | null;
}

/** Reads `min max [options]` behind the key at `at`. */
function readQuery(argv: readonly Bytes[], at: number, store: boolean, fixed: Fixed): Query | ErrorReply {
  let { kind, reverse } = fixed;
  let withScores = false;
  let offset = 0;
  let limit = -1;
  for (let i = at + 3; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "WITHSCORES" && !store) withScores = true;
    else if (word === "LIMIT" && i + 2 < argv.length) {
      const [from, count] = [integerAt(argv, i + 1), integerAt(argv, i + 2)];
      if (isError(from)) return from;
      if (isError(count)) return count;
      offset = from;
      limit = count;
      i += 2;
    } else if (word === "REV" && reverse === null) reverse = true;
    else if (word === "BYLEX" && kind === null) kind = "lex";
    else if (word === "BYSCORE" && kind === null) kind = "score";
    else return SYNTAX;
  }
  kind ??= "rank";
  reverse ??= false;
  if (limit !== -1 && kind === "rank") return LIMIT_BY_RANK;
  if (withScores && kind === "lex") return SCORES_BY_LEX;
  // An offset without a limit is overlooked.
  if (kind === "rank") offset = 0;
  // By score and by member the larger end comes first when reversed.
  const swapped = reverse && kind !== "rank";
  const range = readRange(kind, argv, swapped ? at + 2 : at + 1, swapped ? at + 1 : at + 2);
  return isError(range) ? range : { kind, reverse, withScores, offset, limit, range };
}

/** Visits what a query asks for. */
function visitRange(ctx: Context, zset: SortedSet, query: Query, visit: Visit): void {
  const { reverse, offset, limit } = query;
  const { from, to } = query.range(zset, reverse);
  let start = reverse ? to - 1 - offset : from + offset;
  if (offset < 0) {
    if (!ctx.engine.profile.negativeOffsets || zset.encoding === "listpack") return;
    start = reverse ? from - offset - 1 : to + offset;
  }
  if (start < from || start >= to) return;
  const left = reverse ? start - from + 1 : to - start;
  const count = limit < 0 ? left : Math.min(limit, left);
  zset.walk(start, count, reverse, visit);
  ctx.effort.elements += count;
}

function range(ctx: Context, argv: readonly Bytes[], fixed: Fixed): Reply {
  const query = readQuery(argv, 1, false, fixed);
  if (isError(query)) return query;
  const zset = zsetUnder(ctx, ctx.read(keyAt(argv, 1)));
  if (zset === null || isError(zset)) return zset ?? [];
  const reply: Reply[] = [];
  const visit: Visit = query.withScores
    ? (member, score) => addPair(ctx, reply, member, score)
    : member => reply.push(member);
  visitRange(ctx, zset, query, visit);
  return reply;
}

function rangeStore(ctx: Context, argv: readonly Bytes[]): Reply {
  const query = readQuery(argv, 2, true, AUTO);
  if (isError(query)) return query;
  const { engine } = ctx;
  const source = zsetUnder(ctx, ctx.read(keyAt(argv, 2)));
  if (isError(source)) return source;
  let result = SortedSet.create(engine);
  if (source !== null) {
    if (query.kind === "rank") {
      const { from, to } = query.range(source, query.reverse);
      result = SortedSet.create(engine, to - from);
    }
    visitRange(ctx, source, query, (member, score) => result.insert(member, score, engine));
  }
  return storeResult(ctx, keyAt(argv, 1), result, "zrangestore");
}

/** ZCOUNT and ZLEXCOUNT. */
function count(kind: RangeKind) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const reader = readRange(kind, argv, 2, 3);
    if (isError(reader)) return reader;
    const zset = zsetUnder(ctx, ctx.read(keyAt(argv, 1)));
    if (zset === null || isError(zset)) return zset ?? 0;
    const { from, to } = reader(zset, false);
    return to - from;
  };
}

/** ZREMRANGEBYRANK and its kind. */
function removeRange(kind: RangeKind, event: string) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const reader = readRange(kind, argv, 2, 3);
    if (isError(reader)) return reader;
    const key = keyAt(argv, 1);
    const entry = ctx.write(key);
    const zset = zsetUnder(ctx, entry);
    if (zset === null || isError(zset)) return zset ?? 0;
    const interval = reader(zset, false);
    const removed = interval.to - interval.from;
    if (removed === 0) return 0;
    zset.removeInterval(interval, ctx.engine);
    membersRemoved(ctx, key, entry, zset, removed, "z", event);
    return removed;
  };
}

const AUTO: Fixed = { kind: null, reverse: null };

const reads = {
  flags: READONLY,
  keys: ONE_KEY,
  group: "sorted-set",
  complexity: "O(log N + M), M members listed",
} as const;
const counts = {
  flags: READONLY | FAST,
  keys: ONE_KEY,
  group: "sorted-set",
  complexity: "O(log N)",
  cost: "zrank",
} as const;
const removes = {
  flags: WRITE,
  keys: ONE_KEY,
  group: "sorted-set",
  complexity: "O(log N + M), M members removed",
} as const;

/** One of the older commands, each with its own range and direction. */
function older(name: string, since: string, kind: RangeKind, reverse: boolean, summary: string): CommandSpec {
  const run: CommandSpec["run"] = (ctx, argv) => range(ctx, argv, { kind, reverse });
  return { ...reads, name, arity: -4, since, summary, cost: "zrange", run };
}

export const ZSET_RANGE_COMMANDS: readonly CommandSpec[] = [
  {
    ...reads,
    name: "zrange",
    arity: -4,
    since: "1.2.0",
    summary: "Members in a range of ranks, scores or names, in either direction.",
    run: (ctx, argv) => range(ctx, argv, AUTO),
  },
  older("zrevrange", "1.2.0", "rank", true, "Members in a range of ranks, from the highest score."),
  older("zrangebyscore", "1.0.5", "score", false, "Members in a range of scores."),
  older("zrevrangebyscore", "2.2.0", "score", true, "Members in a range of scores, from the highest."),
  older("zrangebylex", "2.8.9", "lex", false, "Members in a range of names, where all scores are equal."),
  older("zrevrangebylex", "2.8.9", "lex", true, "Members in a range of names, from the last."),
  {
    name: "zrangestore",
    arity: -5,
    flags: WRITE | DENYOOM,
    keys: { first: 1, last: 2, step: 1 },
    group: "sorted-set",
    since: "6.2.0",
    complexity: "O(log N + M), M members stored",
    summary: "Stores what ZRANGE answers under another key.",
    cost: "zrange",
    run: rangeStore,
  },
  {
    ...counts,
    name: "zcount",
    arity: 4,
    since: "2.0.0",
    summary: "How many members are in a range of scores.",
    run: count("score"),
  },
  {
    ...counts,
    name: "zlexcount",
    arity: 4,
    since: "2.8.9",
    summary: "How many members are in a range of names.",
    run: count("lex"),
  },
  {
    ...removes,
    name: "zremrangebyrank",
    arity: 4,
    since: "2.0.0",
    summary: "Takes out the members in a range of ranks.",
    cost: "zrem",
    run: removeRange("rank", "zremrangebyrank"),
  },
  {
    ...removes,
    name: "zremrangebyscore",
    arity: 4,
    since: "1.2.0",
    summary: "Takes out the members in a range of scores.",
    cost: "zrem",
    run: removeRange("score", "zremrangebyscore"),
  },
  {
    ...removes,
    name: "zremrangebylex",
    arity: 4,
    since: "2.8.9",
    summary: "Takes out the members in a range of names.",
    cost: "zrem",
    run: removeRange("lex", "zremrangebylex"),
  },
];
