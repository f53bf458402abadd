// Sorted sets: members one by one. Ranges are in zset-range.ts, what takes members out from the ends in zset-pop.ts, unions
// and their like in zset-algebra.ts.

import { isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NOT_INTEGER, OUT_OF_RANGE, wrongArity } from "../errors.ts";
import { ZSET } from "../keyspace.ts";
import { formatDouble17, parseInteger } from "../numbers.ts";
import { ErrorReply, NULL_ARRAY, type Reply } from "../reply.ts";
import { drawDistinct, drawRepeatedly, type Urn } from "../values/draw.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { packedScore } from "../values/zset-listpack.ts";
import { lookingUp, membersRemoved } from "./collection.ts";
import { scanTable } from "./scan-collection.ts";
import { addPair, scoreAt, shownScore, zsetUnder } from "./zset-common.ts";

const NX_AND_XX = new ErrorReply("ERR XX and NX options at the same time are not compatible");
const GT_LT_NX = new ErrorReply("ERR GT, LT, and/or NX options at the same time are not compatible");
const INCR_ONE_PAIR = new ErrorReply("ERR INCR option supports a single increment-element pair");
const RESULT_NAN = new ErrorReply("ERR resulting score is not a number (NaN)");

interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  ch: boolean;
  incr: boolean;
}

const OPTIONS: Readonly<Record<string, keyof AddOptions>> = {
  NX: "nx",
  XX: "xx",
  GT: "gt",
  LT: "lt",
  CH: "ch",
  INCR: "incr",
};

/** The options of ZADD into `options`; the position of the first score. */
function readOptions(argv: readonly Bytes[], options: AddOptions): number {
  let at = 2;
  for (; at < argv.length; at++) {
    const option = OPTIONS[wordAt(argv, at)];
    if (option === undefined) break;
    options[option] = true;
  }
  return at;
}

function conflict({ nx, xx, gt, lt, incr }: AddOptions, pairs: number): ErrorReply | null {
  if (nx && xx) return NX_AND_XX;
  if ((gt && nx) || (lt && nx) || (gt && lt)) return GT_LT_NX;
  return incr && pairs > 1 ? INCR_ONE_PAIR : null;
}

/** ZADD and ZINCRBY. */
export function addScores(ctx: Context, argv: readonly Bytes[], incr: boolean): Reply {
  const options: AddOptions = { nx: false, xx: false, gt: false, lt: false, ch: false, incr };
  const first = readOptions(argv, options);
  const words = argv.length - first;
  if (words === 0 || words % 2 !== 0) return SYNTAX;
  const error = conflict(options, words / 2);
  if (error !== null) return error;
  const scores: number[] = [];
  let longest = 0;
  for (let i = first; i < argv.length; i += 2) {
    const score = scoreAt(argv, i);
    if (isError(score)) return score;
    scores.push(score);
    longest = Math.max(longest, argv[i + 1].length);
  }
  return apply(ctx, argv, first, scores, longest, options);
}

function apply(
  ctx: Context,
  argv: readonly Bytes[],
  first: number,
  scores: readonly number[],
  longest: number,
  { nx, xx, gt, lt, ch, incr }: AddOptions,
): Reply {
  const { engine } = ctx;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  const found = zsetUnder(ctx, entry);
  if (isError(found)) return found;
  if (found === null && xx) return incr ? null : 0;
  const { sizeHints } = engine.profile;
  const zset =
    found ?? SortedSet.create(engine, ...(sizeHints ? [scores.length, longest] : [0, argv[first + 1].length]));
  if (found !== null && sizeHints) zset.expect(scores.length, longest, engine);

  let added = 0;
  let updated = 0;
  let result: number | ErrorReply | null = null;
  for (let i = 0; i < scores.length; i++) {
    const member = textAt(argv, first + 2 * i + 1);
    let score = scores[i];
    const handle = zset.locate(member);
    if (handle === -1) {
      if (xx) continue;
      zset.insert(member, score, engine);
      added++;
    } else {
      if (nx) continue;
      const current = zset.scoreAt(handle);
      if (incr) score += current;
      if (Number.isNaN(score)) {
        result = RESULT_NAN;
        break;
      }
      if ((lt && score >= current) || (gt && score <= current)) continue;
      if (score !== current) {
        zset.change(handle, score, engine);
        updated++;
      }
    }
    result = score;
  }
  ctx.effort.elements += scores.length;
  const changes = added + updated;
  if (found === null) ctx.add(key, ZSET, zset);
  else if (changes > 0 || zset.table !== null) ctx.db.changed(entry);
  if (changes > 0) {
    ctx.modified(key, "z", incr ? "zincr" : "zadd");
    ctx.dirty += changes - 1;
  }
  if (!incr) return ch ? changes : added;
  return result === null || isError(result) ? result : shownScore(ctx, result);
}

function zrem(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  const zset = zsetUnder(ctx, entry);
  if (zset === null || isError(zset)) return zset ?? 0;
  let removed = 0;
  lookingUp(ctx, entry, zset, () => {
    for (let i = 2; i < argv.length && zset.size > 0; i++) if (zset.delete(textAt(argv, i), ctx.engine)) removed++;
  });
  if (removed > 0) membersRemoved(ctx, key, entry, zset, removed, "z", "zrem");
  return removed;
}

function zcard(ctx: Context, argv: readonly Bytes[]): Reply {
  const zset = zsetUnder(ctx, ctx.read(keyAt(argv, 1)));
  return zset === null || isError(zset) ? (zset ?? 0) : zset.size;
}

function zscore(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  const zset = zsetUnder(ctx, entry);
  if (zset === null || isError(zset)) return zset;
  const score = lookingUp(ctx, entry, zset, () => zset.scoreOf(textAt(argv, 2)));
  return score === undefined ? null : shownScore(ctx, score);
}

function zmscore(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  const zset = zsetUnder(ctx, entry);
  if (isError(zset)) return zset;
  ctx.effort.elements += argv.length - 2;
  if (zset === null) return argv.slice(2).map(() => null);
  return lookingUp(ctx, entry, zset, () =>
    argv.slice(2).map((_, i) => {
      const score = zset.scoreOf(textAt(argv, i + 2));
      return score === undefined ? null : shownScore(ctx, score);
    }),
  );
}

function zrank(ctx: Context, argv: readonly Bytes[], reverse: boolean): Reply {
  if (argv.length > 4) return wrongArity(ctx.command.fullName);
  const withScore = argv.length === 4;
  if (withScore && wordAt(argv, 3) !== "WITHSCORE") return SYNTAX;
  const none = withScore ? NULL_ARRAY : null;
  const entry = ctx.read(keyAt(argv, 1));
  const zset = zsetUnder(ctx, entry);
  if (zset === null || isError(zset)) return zset ?? none;
  const handle = lookingUp(ctx, entry, zset, () => zset.locate(textAt(argv, 2)));
  if (handle === -1) return none;
  const low = zset.rankAt(handle);
  const rank = reverse ? zset.size - 1 - low : low;
  return withScore ? [rank, shownScore(ctx, zset.scoreAt(handle))] : rank;
}

function zscan(ctx: Context, argv: readonly Bytes[]): Reply {
  let zset!: SortedSet;
  const view = (entry: number) => (zset = ctx.db.valueOf(entry) as SortedSet);
  // In a table the value of a member is its node.
  const score = (value: number) =>
    zset.table === null ? packedScore(value, ctx.engine.profile) : formatDouble17(zset.scoreAt(value));
  return scanTable<number>(ctx, argv, "zscan", ZSET, view, score);
}

// -----------------------------------------------------------------------------------------------------------------
// Random members.

const COUNT_MAX = 9_223_372_036_854_775_807n;
const COUNT_RANGE = new ErrorReply(`ERR value is out of range, value must between -${COUNT_MAX} and ${COUNT_MAX}`);
/** With scores a reply has twice as many items. */
const COUNT_WITH_SCORES = COUNT_MAX / 2n;
/** More repetitions than that are refused: the server would fill its memory with the reply. */
const MOST_REPEATED = 1 << 24;

function urnOf(zset: SortedSet): Urn<readonly [string, number]> {
  const { table } = zset;
  return {
    elements: zset.size,
    table,
    all: () => {
      const all: [string, number][] = [];
      zset.walk(zset.size - 1, zset.size, true, (member, score) => all.push([member, score]));
      return all;
    },
    draw: random => {
      if (table === null) return zset.at(random.below(zset.size));
      const node = table.fairRandomEntry(random);
      return [table.memberOf(node), zset.scoreAt(node)];
    },
    name: ([member]) => member,
  };
}

function zrandmember(ctx: Context, argv: readonly Bytes[]): Reply {
  const single = argv.length === 2;
  let count = 1;
  let withScores = false;
  if (!single) {
    const given = parseInteger(textAt(argv, 2));
    if (given === null) return NOT_INTEGER;
    if (given < -COUNT_MAX) return COUNT_RANGE;
    withScores = argv.length === 4 && wordAt(argv, 3) === "WITHSCORES";
    if (argv.length > 4 || (argv.length === 4 && !withScores)) return SYNTAX;
    if (withScores && (given > COUNT_WITH_SCORES || given < -COUNT_WITH_SCORES)) return OUT_OF_RANGE;
    count = Number(given);
  }
  const entry = ctx.read(keyAt(argv, 1));
  const zset = zsetUnder(ctx, entry);
  if (isError(zset)) return zset;
  if (zset === null) return single ? null : [];
  if (-count > MOST_REPEATED) return OUT_OF_RANGE;
  const { random } = ctx.engine;
  const urn = urnOf(zset);
  const drawn = lookingUp(ctx, entry, zset, () =>
    count < 0 ? drawRepeatedly(urn, -count, random) : drawDistinct(urn, count, random),
  );
  ctx.effort.elements += drawn.length;
  if (single) return drawn[0][0];
  const reply: Reply[] = [];
  for (const [member, score] of drawn) {
    if (withScores) addPair(ctx, reply, member, score);
    else reply.push(member);
  }
  return reply;
}

const writes = { flags: WRITE | DENYOOM | FAST, keys: ONE_KEY, group: "sorted-set", since: "1.2.0" } as const;
const reads = { flags: READONLY | FAST, keys: ONE_KEY, group: "sorted-set" } as const;

export const ZSET_COMMANDS: readonly CommandSpec[] = [
  {
    ...writes,
    name: "zadd",
    arity: -4,
    complexity: "O(log N) per member",
    summary: "Adds members or gives them other scores, on condition if asked.",
    run: (ctx, argv) => addScores(ctx, argv, false),
  },
  {
    ...writes,
    name: "zincrby",
    arity: 4,
    complexity: "O(log N)",
    summary: "Adds to a member's score.",
    cost: "zadd",
    run: (ctx, argv) => addScores(ctx, argv, true),
  },
  {
    ...writes,
    name: "zrem",
    arity: -3,
    flags: WRITE | FAST,
    complexity: "O(log N) per member",
    summary: "Takes members out.",
    run: zrem,
  },
  {
    ...reads,
    name: "zcard",
    arity: 2,
    since: "1.2.0",
    complexity: "O(1)",
    summary: "How many members there are.",
    cost: "zscore",
    run: zcard,
  },
  {
    ...reads,
    name: "zscore",
    arity: 3,
    since: "1.2.0",
    complexity: "O(1)",
    summary: "A member's score.",
    run: zscore,
  },
  {
    ...reads,
    name: "zmscore",
    arity: -3,
    since: "6.2.0",
    complexity: "O(N) in members asked for",
    summary: "The scores of several members.",
    run: zmscore,
  },
  {
    ...reads,
    name: "zrank",
    arity: -3,
    since: "2.0.0",
    complexity: "O(log N)",
    summary: "A member's place from the lowest score.",
    run: (ctx, argv) => zrank(ctx, argv, false),
  },
  {
    ...reads,
    name: "zrevrank",
    arity: -3,
    since: "2.0.0",
    complexity: "O(log N)",
    summary: "A member's place from the highest score.",
    cost: "zrank",
    run: (ctx, argv) => zrank(ctx, argv, true),
  },
  {
    ...reads,
    name: "zscan",
    arity: -3,
    flags: READONLY,
    since: "2.8.0",
    complexity: "O(1) per call, O(N) for a full iteration",
    summary: "Walks the members in steps.",
    cost: "scan",
    run: zscan,
  },
  {
    ...reads,
    name: "zrandmember",
    arity: -2,
    flags: READONLY,
    since: "6.2.0",
    complexity: "O(N) in members asked for",
    summary: "Members chosen at random; with a negative count one may come more than once.",
    cost: "spop",
    run: zrandmember,
  },
];
