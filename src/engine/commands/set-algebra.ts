// Sets with sets: SINTER, SUNION, SDIFF, their STORE forms, SINTERCARD and SMEMBERS, which is the intersection of one.

import { isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ALL_KEYS, type CommandSpec, DENYOOM, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { SET } from "../keyspace.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply, SetReply } from "../reply.ts";
import { SetValue } from "../values/set.ts";
import { lookingUp } from "./collection.ts";

interface Operand {
  readonly entry: number;
  readonly set: SetValue;
}

/** The sets under argv[from] to argv[to - 1]; null for a key that is not there. */
function operands(ctx: Context, argv: readonly Bytes[], from: number, to: number): (Operand | null)[] | ErrorReply {
  const found: (Operand | null)[] = [];
  for (let i = from; i < to; i++) {
    const entry = ctx.read(keyAt(argv, i));
    if (entry === NONE) found.push(null);
    else if (ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
    else found.push({ entry, set: ctx.db.valueOf(entry) as SetValue });
  }
  return found;
}

/** Does something that looks members up in sets, whose unfinished rehashes it moves on. */
function lookingUpAll<T>(ctx: Context, all: readonly (Operand | null)[], look: () => T): T {
  return all.reduce<() => T>(
    (inner, one) => (one === null ? inner : () => lookingUp(ctx, one.entry, one.set, inner)),
    look,
  )();
}

// -----------------------------------------------------------------------------------------------------------------
// Results as members in order; `limit` 0: all.

function intersection(
  ctx: Context,
  all: readonly (Operand | null)[],
  limit = 0,
): { source: SetValue; members: string[] } {
  const present = all.filter(one => one !== null);
  if (present.length < all.length) return { source: SetValue.intset(ctx.engine), members: [] };
  const [first, ...others] = present.map(({ set }) => set).sort((a, b) => a.elements - b.elements);
  const rest = others.filter(set => set !== first);
  const members: string[] = [];
  lookingUpAll(ctx, present, () => {
    for (const member of first.members()) {
      ctx.effort.elements++;
      if (!rest.every(set => set.has(member))) continue;
      members.push(member);
      if (members.length === limit) break;
    }
    ctx.effort.elements += members.length * rest.length;
  });
  return { source: first, members };
}

/** What a union or difference is put together in: a set for a reply, or one to store, which follows every step. */
interface Target {
  readonly size: number;
  add(member: string): unknown;
  delete(member: string): unknown;
}

function union(ctx: Context, all: readonly (Operand | null)[], target: Target): void {
  for (const one of all) {
    if (one === null) continue;
    ctx.effort.elements += one.set.elements;
    one.set.forEach(member => {
      target.add(member);
    });
  }
}

function difference(ctx: Context, [first, ...others]: readonly (Operand | null)[], target: Target): void {
  if (first === null || others.some(one => one?.set === first.set)) return;
  const rest = others.filter(one => one !== null);
  // Asking every other set about each member of the first, or taking the members of the others away: what is less work.
  const asking = Math.floor((first.set.elements * (rest.length + 1)) / 2);
  const taking = rest.reduce((sum, { set }) => sum + set.elements, first.set.elements);
  if (asking <= taking) {
    rest.sort((a, b) => b.set.elements - a.set.elements);
    lookingUpAll(ctx, rest, () => {
      for (const member of first.set.members()) {
        const at = rest.findIndex(({ set }) => set.has(member));
        ctx.effort.elements += at === -1 ? rest.length + 1 : at + 1;
        if (at === -1) target.add(member);
      }
    });
    return;
  }
  ctx.effort.elements += first.set.elements;
  first.set.forEach(member => {
    target.add(member);
  });
  for (const { set } of rest) {
    if (target.size === 0) break;
    ctx.effort.elements += set.elements;
    set.forEach(member => {
      target.delete(member);
    });
  }
}

// -----------------------------------------------------------------------------------------------------------------

/** The result of an intersection takes the form of its smallest set, and is an intset where it can be one. */
function intersected(ctx: Context, source: SetValue, members: readonly string[]): SetValue {
  const { engine } = ctx;
  const compact = engine.profile.compactSets && source.encoding !== "intset";
  const result = compact ? SetValue.listpack(engine) : SetValue.intset(engine);
  for (const member of members) result.add(member, engine);
  if (compact) result.toIntset(engine);
  return result;
}

/** Puts a result under the key argv[1], or deletes that when the result is empty. */
function store(ctx: Context, argv: readonly Bytes[], result: SetValue, event: string): Reply {
  const key = keyAt(argv, 1);
  if (result.elements > 0) {
    const entry = ctx.write(key);
    ctx.put(key, entry, SET, result);
    if (entry !== NONE) ctx.db.clearExpiry(entry);
    ctx.modified(key, "s", event);
    return result.elements;
  }
  // It deletes what is there, be it expired or not.
  const entry = ctx.db.find(key);
  if (entry !== NONE) {
    ctx.remove(entry, ctx.engine.settings.lazyServerDel);
    ctx.modified(key, "g", "del");
  }
  return 0;
}

function sinter(ctx: Context, argv: readonly Bytes[]): Reply {
  const all = operands(ctx, argv, 1, argv.length);
  return isError(all) ? all : new SetReply(intersection(ctx, all).members);
}

function sinterstore(ctx: Context, argv: readonly Bytes[]): Reply {
  const all = operands(ctx, argv, 2, argv.length);
  if (isError(all)) return all;
  const { source, members } = intersection(ctx, all);
  return store(ctx, argv, intersected(ctx, source, members), "sinterstore");
}

const NO_KEYS = new ErrorReply("ERR numkeys should be greater than 0");
const TOO_MANY_KEYS = new ErrorReply("ERR Number of keys can't be greater than number of args");
const NEGATIVE_LIMIT = new ErrorReply("ERR LIMIT can't be negative");

function sintercard(ctx: Context, argv: readonly Bytes[]): Reply {
  const count = parseInteger(textAt(argv, 1));
  if (count === null || count < 1) return NO_KEYS;
  if (count > argv.length - 2) return TOO_MANY_KEYS;
  const end = 2 + Number(count);
  let limit = 0;
  for (let i = end; i < argv.length; i += 2) {
    if (wordAt(argv, i) !== "LIMIT" || i + 1 >= argv.length) return SYNTAX;
    const value = parseInteger(textAt(argv, i + 1));
    if (value === null || value < 0) return NEGATIVE_LIMIT;
    limit = Number(value);
  }
  const all = operands(ctx, argv, 2, end);
  return isError(all) ? all : intersection(ctx, all, limit).members.length;
}

type Combine = (ctx: Context, all: readonly (Operand | null)[], target: Target) => void;

function combine(operation: Combine) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const all = operands(ctx, argv, 1, argv.length);
    if (isError(all)) return all;
    const members = new Set<string>();
    operation(ctx, all, members);
    // Integers come in order as long as all sets are intsets.
    const sorted = all.every(one => one === null || one.set.encoding === "intset");
    return new SetReply(sorted ? [...members].sort(byNumber) : [...members]);
  };
}

function byNumber(left: string, right: string): number {
  const [a, b] = [parseInteger(left)!, parseInteger(right)!];
  return a < b ? -1 : a > b ? 1 : 0;
}

function combineAndStore(operation: Combine, event: string) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const { engine } = ctx;
    const all = operands(ctx, argv, 2, argv.length);
    if (isError(all)) return all;
    const result = SetValue.intset(engine);
    operation(ctx, all, {
      get size() {
        return result.elements;
      },
      add: member => result.add(member, engine),
      delete: member => result.delete(member, engine),
    });
    return store(ctx, argv, result, event);
  };
}

const reads = { arity: -2, flags: READONLY, keys: ALL_KEYS, group: "set", since: "1.0.0", cost: "sunion" } as const;
const stores = { ...reads, arity: -3, flags: WRITE | DENYOOM } as const;

export const SET_ALGEBRA_COMMANDS: readonly CommandSpec[] = [
  {
    ...reads,
    name: "smembers",
    arity: 2,
    keys: ONE_KEY,
    complexity: "O(N) in members of the set",
    summary: "All members.",
    cost: "smembers",
    run: sinter,
  },
  {
    ...reads,
    name: "sinter",
    complexity: "O(N*M), N members of the smallest of M sets",
    summary: "The members that all of the sets have.",
    run: sinter,
  },
  {
    ...stores,
    name: "sinterstore",
    complexity: "O(N*M), N members of the smallest of M sets",
    summary: "Stores the members that all of the sets have; how many there are.",
    run: sinterstore,
  },
  {
    name: "sintercard",
    arity: -3,
    flags: READONLY,
    group: "set",
    cost: "sunion",
    since: "7.0.0",
    complexity: "O(N*M), N members of the smallest of M sets",
    summary: "How many members all of the sets have, counted up to a limit.",
    run: sintercard,
  },
  {
    ...reads,
    name: "sunion",
    complexity: "O(N) in members of all sets",
    summary: "The members that any of the sets has.",
    run: combine(union),
  },
  {
    ...stores,
    name: "sunionstore",
    complexity: "O(N) in members of all sets",
    summary: "Stores the members that any of the sets has; how many there are.",
    run: combineAndStore(union, "sunionstore"),
  },
  {
    ...reads,
    name: "sdiff",
    complexity: "O(N) in members of all sets",
    summary: "The members of the first set that no other has.",
    run: combine(difference),
  },
  {
    ...stores,
    name: "sdiffstore",
    complexity: "O(N) in members of all sets",
    summary: "Stores the members of the first set that no other has; how many there are.",
    run: combineAndStore(difference, "sdiffstore"),
  },
];
