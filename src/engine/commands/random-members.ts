// Random members: SRANDMEMBER and HRANDFIELD look at them, SPOP takes them out.

import { isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { MUST_BE_POSITIVE, NOT_INTEGER, OUT_OF_RANGE, WRONG_TYPE } from "../errors.ts";
import { HASH, SET } from "../keyspace.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply, SetReply } from "../reply.ts";
import { chooseInOrder, drawDistinct, drawRepeatedly, type Urn } from "../values/draw.ts";
import type { HashValue } from "../values/hash.ts";
import { SetValue } from "../values/set.ts";
import { lookingUp, membersRemoved } from "./collection.ts";

const COUNT_MAX = 9_223_372_036_854_775_807n;
const COUNT_RANGE = new ErrorReply(`ERR value is out of range, value must between -${COUNT_MAX} and ${COUNT_MAX}`);
/** More repetitions than that are refused: the server would fill its memory with the reply. */
const MOST_REPEATED = 1 << 24;
/** An empty string on the wire. */
const LEAST_ITEM_BYTES = 6;

/** A count that may be negative, or the error to answer. */
function signedCount(argv: readonly Bytes[]): number | ErrorReply {
  const count = parseInteger(textAt(argv, 2));
  if (count === null) return NOT_INTEGER;
  return count < -COUNT_MAX ? COUNT_RANGE : Number(count);
}

/** Distinct items for a positive count, for a negative one each drawn anew. */
function drawCount<T>(ctx: Context, entry: number, urn: Urn<T>, count: number): T[] | ErrorReply {
  // Whoever asks for more than may be sent is cut off on the way, as the server does it.
  const asked = Math.max(count, -Math.ceil(ctx.session.replyLimit / LEAST_ITEM_BYTES));
  if (-asked > MOST_REPEATED) return OUT_OF_RANGE;
  const { random } = ctx.engine;
  const collection = ctx.db.valueOf(entry) as SetValue | HashValue;
  const drawn = lookingUp(ctx, entry, collection, () =>
    asked < 0 ? drawRepeatedly(urn, -asked, random) : drawDistinct(urn, asked, random),
  );
  ctx.effort.elements += drawn.length;
  return drawn;
}

function setUrn(set: SetValue): Urn<string> {
  return {
    elements: set.elements,
    table: set.table,
    all: () => set.members(),
    draw: random => set.draw(random),
    name: member => member,
  };
}

function hashUrn(hash: HashValue): Urn<[string, Bytes]> {
  return {
    elements: hash.elements,
    table: hash.table,
    all: () => hash.pairs(),
    draw: random => hash.draw(random),
    name: ([field]) => field,
  };
}

function srandmember(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return SYNTAX;
  const single = argv.length === 2;
  const count = single ? 1 : signedCount(argv);
  if (isError(count)) return count;
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return single ? null : [];
  if (ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  const drawn = drawCount(ctx, entry, setUrn(ctx.db.valueOf(entry) as SetValue), single ? -1 : count);
  return single && !isError(drawn) ? drawn[0] : drawn;
}

/** HALF: with values a reply has twice as many items. */
const HALF_MAX = COUNT_MAX / 2n;

function hrandfield(ctx: Context, argv: readonly Bytes[]): Reply {
  const single = argv.length === 2;
  const count = single ? 1 : signedCount(argv);
  if (isError(count)) return count;
  const withValues = argv.length === 4 && wordAt(argv, 3) === "WITHVALUES";
  if (argv.length > 4 || (argv.length === 4 && !withValues)) return SYNTAX;
  if (withValues && BigInt(Math.abs(count)) > HALF_MAX) return OUT_OF_RANGE;
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return single ? null : [];
  if (ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
  const drawn = drawCount(ctx, entry, hashUrn(ctx.db.valueOf(entry) as HashValue), single ? -1 : count);
  if (isError(drawn)) return drawn;
  if (single) return drawn[0][0];
  if (!withValues) return drawn.map(([field]) => field);
  return ctx.session.resp === 3 ? drawn : drawn.flat();
}

// -----------------------------------------------------------------------------------------------------------------
// SPOP.

/** Members per SREM on the way to replicas. */
const BATCH = 1_024;
/** A set of which nearly all goes is made anew from what stays: when this many times the rest is not more than what goes. */
const NEARLY_ALL = 5;

function propagateRemoval(ctx: Context, key: Bytes, members: readonly string[]): void {
  for (let i = 0; i < members.length; i += BATCH) ctx.propagateInstead("SREM", key, ...members.slice(i, i + BATCH));
}

function popOne(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return null;
  if (ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  const set = ctx.db.valueOf(entry) as SetValue;
  const member = set.draw(ctx.engine.random);
  set.delete(member, ctx.engine);
  ctx.propagateInstead("SREM", argv[1], member);
  membersRemoved(ctx, key, entry, set, 1, "s", "spop");
  return member;
}

/** Takes out `count` members, fewer than there are; what is left of the set, the same object or a new one. */
function take(ctx: Context, set: SetValue, count: number): { taken: string[]; left: SetValue } {
  const { engine } = ctx;
  const { random } = engine;
  const rest = set.elements - count;
  if (rest * NEARLY_ALL > count) {
    if (set.encoding !== "listpack") {
      const taken: string[] = [];
      for (let i = 0; i < count; i++) {
        const member = set.draw(random);
        set.delete(member, engine);
        taken.push(member);
      }
      return { taken, left: set };
    }
    const { chosen } = chooseInOrder(set.members(), count, random);
    for (const member of chosen) set.delete(member, engine);
    return { taken: chosen, left: set };
  }
  const { chosen, rest: taken } = chooseInOrder(set.members(), rest, random);
  const left = set.encoding === "intset" ? SetValue.intset(engine) : SetValue.forRest(chosen[0], engine);
  for (const member of chosen) left.add(member, engine);
  return { taken, left };
}

function popMany(ctx: Context, argv: readonly Bytes[]): Reply {
  const count = parseInteger(textAt(argv, 2));
  if (count === null || count < 0) return MUST_BE_POSITIVE;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return NOTHING;
  if (ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  if (count === 0) return NOTHING;
  const set = ctx.db.valueOf(entry) as SetValue;
  if (count >= set.elements) {
    // It is read like a union of one set, and counted as such.
    ctx.read(key);
    const members = set.members();
    const lazy = ctx.engine.settings.lazyServerDel;
    ctx.engine.notifyKeyspace("s", "spop", key, ctx.db.index);
    ctx.remove(entry, lazy);
    ctx.propagateInstead(lazy ? "UNLINK" : "DEL", argv[1]);
    ctx.modified(key, "g", "del");
    ctx.dirty += members.length - 1;
    ctx.effort.elements += members.length;
    return new SetReply(members);
  }
  const { taken, left } = take(ctx, set, Number(count));
  if (left !== set) ctx.db.replace(entry, SET, left);
  propagateRemoval(ctx, argv[1], taken);
  membersRemoved(ctx, key, entry, left, taken.length, "s", "spop");
  return new SetReply(taken);
}

const NOTHING = new SetReply([]);

export const RANDOM_MEMBER_COMMANDS: readonly CommandSpec[] = [
  {
    name: "spop",
    arity: -2,
    flags: WRITE | FAST,
    keys: ONE_KEY,
    group: "set",
    since: "1.0.0",
    complexity: "O(N) in members taken out",
    summary: "Takes out members chosen at random.",
    run: (ctx, argv) => (argv.length === 2 ? popOne(ctx, argv) : argv.length === 3 ? popMany(ctx, argv) : SYNTAX),
  },
  {
    name: "srandmember",
    arity: -2,
    flags: READONLY,
    keys: ONE_KEY,
    group: "set",
    since: "1.0.0",
    complexity: "O(N) in members asked for",
    summary: "Members chosen at random; with a negative count one may come more than once.",
    cost: "spop",
    run: srandmember,
  },
  {
    name: "hrandfield",
    arity: -2,
    flags: READONLY,
    keys: ONE_KEY,
    group: "hash",
    since: "6.2.0",
    complexity: "O(N) in fields asked for",
    summary: "Fields chosen at random; with a negative count one may come more than once.",
    cost: "spop",
    run: hrandfield,
  },
];
