// Expiry of keys: EXPIRE in four forms, TTL in four forms, PERSIST.

import { type ExpiryUnit, expiryMs, isError } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { NO_EXPIRY } from "../keyspace.ts";
import { ErrorReply, type Reply } from "../reply.ts";

interface Conditions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
}

const NX_INCOMPATIBLE = new ErrorReply("ERR NX and XX, GT or LT options at the same time are not compatible");
const GT_LT_INCOMPATIBLE = new ErrorReply("ERR GT and LT options at the same time are not compatible");

function parseConditions(argv: readonly Bytes[]): Conditions | ErrorReply {
  const found: Conditions = { nx: false, xx: false, gt: false, lt: false };
  for (let i = 3; i < argv.length; i++) {
    const word = textOf(argv[i]);
    const name = word.toLowerCase();
    if (name === "nx" || name === "xx" || name === "gt" || name === "lt") found[name] = true;
    else return new ErrorReply(`ERR Unsupported option ${word}`);
  }
  if (found.nx && (found.xx || found.gt || found.lt)) return NX_INCOMPATIBLE;
  return found.gt && found.lt ? GT_LT_INCOMPATIBLE : found;
}

/** Whether the conditions let an expiry be set over `current` (NO_EXPIRY counts as never). */
function allowed(conditions: Conditions, current: number, at: number): boolean {
  if (conditions.nx && current !== NO_EXPIRY) return false;
  if (conditions.xx && current === NO_EXPIRY) return false;
  if (conditions.gt && (current === NO_EXPIRY || at <= current)) return false;
  return !(conditions.lt && current !== NO_EXPIRY && at >= current);
}

function expireAs(unit: ExpiryUnit, name: string) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const conditions = parseConditions(argv);
    if (isError(conditions)) return conditions;
    const at = expiryMs(textAt(argv, 2), unit, ctx.nowMs, name, false);
    if (isError(at)) return at;
    const key = keyAt(argv, 1);
    const entry = ctx.write(key);
    if (entry === NONE || !allowed(conditions, ctx.db.expiryOf(entry), at)) return 0;
    if (ctx.isPast(at)) {
      ctx.removePast(key, entry);
      return 1;
    }
    ctx.db.setExpiry(entry, at);
    ctx.propagateInstead("PEXPIREAT", key, String(at), ...argv.slice(3));
    ctx.modified(key, "g", "expire");
    return 1;
  };
}

/** TTL and its relatives: -2 without the key, -1 without an expiry. */
function ttlAs(seconds: boolean, absolute: boolean) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const entry = ctx.look(keyAt(argv, 1));
    if (entry === NONE) return -2;
    const at = ctx.db.expiryOf(entry);
    if (at === NO_EXPIRY) return -1;
    const ms = absolute ? at : Math.max(0, at - ctx.nowMs);
    return seconds ? Math.floor((ms + 500) / 1_000) : ms;
  };
}

const set = { flags: WRITE | FAST, keys: ONE_KEY, group: "generic", complexity: "O(1)", cost: "expire" } as const;
const get = {
  arity: 2,
  flags: READONLY | FAST,
  keys: ONE_KEY,
  group: "generic",
  complexity: "O(1)",
  cost: "get",
} as const;

export const EXPIRE_COMMANDS: readonly CommandSpec[] = [
  {
    ...set,
    name: "expire",
    arity: -3,
    since: "1.0.0",
    summary: "Makes a key expire after so many seconds.",
    run: expireAs("EX", "expire"),
  },
  {
    ...set,
    name: "pexpire",
    arity: -3,
    since: "2.6.0",
    summary: "Makes a key expire after so many milliseconds.",
    run: expireAs("PX", "pexpire"),
  },
  {
    ...set,
    name: "expireat",
    arity: -3,
    since: "1.2.0",
    summary: "Makes a key expire at a Unix time in seconds.",
    run: expireAs("EXAT", "expireat"),
  },
  {
    ...set,
    name: "pexpireat",
    arity: -3,
    since: "2.6.0",
    summary: "Makes a key expire at a Unix time in milliseconds.",
    run: expireAs("PXAT", "pexpireat"),
  },
  { ...get, name: "ttl", since: "1.0.0", summary: "Remaining life of a key in seconds.", run: ttlAs(true, false) },
  { ...get, name: "pttl", since: "2.6.0", summary: "Remaining life of a key in ms.", run: ttlAs(false, false) },
  {
    ...get,
    name: "expiretime",
    since: "7.0.0",
    summary: "Unix time in seconds of the expiry.",
    run: ttlAs(true, true),
  },
  { ...get, name: "pexpiretime", since: "7.0.0", summary: "Unix time in ms of the expiry.", run: ttlAs(false, true) },
  {
    ...set,
    name: "persist",
    arity: 2,
    since: "2.2.0",
    summary: "Takes the expiry off a key.",
    run: (ctx, argv) => {
      const key = keyAt(argv, 1);
      const entry = ctx.write(key);
      if (entry === NONE || !ctx.db.clearExpiry(entry)) return 0;
      ctx.modified(key, "g", "persist");
      return 1;
    },
  },
];
