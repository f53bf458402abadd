// Taking members out of sorted sets at the ends, at once or as soon as there are any.

import { integerAt, isError, SYNTAX, timeoutAt, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { BLOCKING, type CommandSpec, FAST, ONE_KEY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { MUST_BE_POSITIVE } from "../errors.ts";
import { ErrorReply, NULL_ARRAY, type Reply } from "../reply.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import { membersRemoved } from "./collection.ts";
import { shownScore, zsetUnder } from "./zset-common.ts";

type End = "min" | "max";

interface Found {
  readonly key: string;
  readonly entry: number;
  readonly zset: SortedSet;
}

/** The first of the keys that is there, if it is a sorted set. */
function firstOf(ctx: Context, keys: readonly string[]): Found | ErrorReply | null {
  for (const key of keys) {
    const entry = ctx.write(key);
    const zset = zsetUnder(ctx, entry);
    if (isError(zset)) return zset;
    if (zset !== null) return { key, entry, zset };
  }
  return null;
}

/** Takes out up to `count` members: pairs of member and score. */
function take(ctx: Context, { key, entry, zset }: Found, end: End, count: number): [string, Reply][] {
  const { engine } = ctx;
  const taken: [string, Reply][] = [];
  for (let left = Math.min(count, zset.size); left > 0; left--) {
    const [member, score] = zset.at(end === "min" ? 0 : zset.size - 1);
    zset.delete(member, engine);
    taken.push([member, shownScore(ctx, score)]);
  }
  membersRemoved(ctx, key, entry, zset, taken.length, "z", `zpop${end}`);
  return taken;
}

/** ZPOPMIN and ZPOPMAX. */
function pop(end: End) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    if (argv.length > 3) return SYNTAX;
    let count = 1;
    if (argv.length === 3) {
      const given = integerAt(argv, 2);
      if (isError(given) || given < 0) return MUST_BE_POSITIVE;
      count = given;
    }
    const found = firstOf(ctx, [keyAt(argv, 1)]);
    if (found === null || isError(found)) return found ?? [];
    if (count === 0) return [];
    const taken = take(ctx, found, end, count);
    return ctx.session.resp === 3 && argv.length === 3 ? taken : taken.flat();
  };
}

/** The blocking commands look the key up to see whether they must wait, and once more to take from it. */
function usedTwice(ctx: Context, { key }: Found): void {
  ctx.write(key);
}

/** BZPOPMIN and BZPOPMAX. */
function blockingPop(end: End) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const timeoutMs = timeoutAt(argv, argv.length - 1, ctx.nowMs);
    if (isError(timeoutMs)) return timeoutMs;
    const keys = argv.slice(1, -1).map((_, i) => keyAt(argv, i + 1));
    const found = firstOf(ctx, keys);
    if (isError(found)) return found;
    if (found === null) {
      return ctx.mayBlock ? ctx.block({ keys, timeoutMs, timeoutReply: NULL_ARRAY }) : NULL_ARRAY;
    }
    usedTwice(ctx, found);
    const [[member, score]] = take(ctx, found, end, 1);
    ctx.propagateInstead(`ZPOP${end.toUpperCase()}`, found.key);
    return [found.key, member, score];
  };
}

const NUMKEYS = new ErrorReply("ERR numkeys should be greater than 0");
const COUNT = new ErrorReply("ERR count should be greater than 0");

/** ZMPOP, and BZMPOP where a timeout stands before the number of keys. */
function multiPop(ctx: Context, argv: readonly Bytes[], numkeysAt: 1 | 2): Reply {
  const numkeys = integerAt(argv, numkeysAt);
  if (isError(numkeys) || numkeys < 1) return NUMKEYS;
  const endAt = numkeysAt + numkeys + 1;
  const word = wordAt(argv, endAt);
  if (word !== "MIN" && word !== "MAX") return SYNTAX;
  let count = -1;
  for (let i = endAt + 1; i < argv.length; i += 2) {
    if (count !== -1 || wordAt(argv, i) !== "COUNT" || i + 1 >= argv.length) return SYNTAX;
    const given = integerAt(argv, i + 1);
    if (isError(given) || given < 1) return COUNT;
    count = given;
  }
  const timeoutMs = numkeysAt === 2 ? timeoutAt(argv, 1, ctx.nowMs) : 0;
  if (isError(timeoutMs)) return timeoutMs;
  const keys = argv.slice(numkeysAt + 1, endAt).map((_, i) => keyAt(argv, numkeysAt + 1 + i));
  const found = firstOf(ctx, keys);
  if (isError(found)) return found;
  if (found === null) {
    const waits = numkeysAt === 2 && ctx.mayBlock;
    return waits ? ctx.block({ keys, timeoutMs, timeoutReply: NULL_ARRAY }) : NULL_ARRAY;
  }
  if (numkeysAt === 2) usedTwice(ctx, found);
  const taken = take(ctx, found, word === "MIN" ? "min" : "max", count === -1 ? 1 : count);
  ctx.propagateInstead(`ZPOP${word}`, found.key, String(taken.length));
  return [found.key, taken];
}

const pops = { flags: WRITE | FAST, group: "sorted-set", since: "5.0.0", cost: "zpop" } as const;

export const ZSET_POP_COMMANDS: readonly CommandSpec[] = [
  {
    ...pops,
    name: "zpopmin",
    arity: -2,
    keys: ONE_KEY,
    complexity: "O(log N) per member",
    summary: "Takes out the members with the lowest scores.",
    run: pop("min"),
  },
  {
    ...pops,
    name: "zpopmax",
    arity: -2,
    keys: ONE_KEY,
    complexity: "O(log N) per member",
    summary: "Takes out the members with the highest scores.",
    run: pop("max"),
  },
  {
    ...pops,
    name: "bzpopmin",
    arity: -3,
    flags: WRITE | FAST | BLOCKING,
    keys: { first: 1, last: -2, step: 1 },
    complexity: "O(log N)",
    summary: "Takes out the member with the lowest score, and waits for one.",
    run: blockingPop("min"),
  },
  {
    ...pops,
    name: "bzpopmax",
    arity: -3,
    flags: WRITE | FAST | BLOCKING,
    keys: { first: 1, last: -2, step: 1 },
    complexity: "O(log N)",
    summary: "Takes out the member with the highest score, and waits for one.",
    run: blockingPop("max"),
  },
  {
    ...pops,
    name: "zmpop",
    arity: -4,
    flags: WRITE,
    since: "7.0.0",
    complexity: "O(K + M log N), K keys, M members taken out",
    summary: "Takes members out of the first of several sorted sets that has any.",
    run: (ctx, argv) => multiPop(ctx, argv, 1),
  },
  {
    ...pops,
    name: "bzmpop",
    arity: -5,
    flags: WRITE | BLOCKING,
    since: "7.0.0",
    complexity: "O(K + M log N), K keys, M members taken out",
    summary: "Takes members out of the first of several sorted sets that has any, and waits for one.",
    run: (ctx, argv) => multiPop(ctx, argv, 2),
  },
];
