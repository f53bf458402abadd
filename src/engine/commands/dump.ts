// DUMP and RESTORE: one value as bytes.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ASKING, type CommandSpec, DENYOOM, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { loadedAge } from "../rdb/age.ts";
import type { Loaded } from "../rdb/load-value.ts";
import { dumpPayload, isIntact, readPayload } from "../rdb/payload.ts";
import { ErrorReply, OK, type Reply } from "../reply.ts";

const BUSY_KEY = new ErrorReply("BUSYKEY Target key name already exists.");
const BAD_TTL = new ErrorReply("ERR Invalid TTL value, must be >= 0");
const BAD_IDLE_TIME = new ErrorReply("ERR Invalid IDLETIME value, must be >= 0");
const BAD_FREQUENCY = new ErrorReply("ERR Invalid FREQ value, must be >= 0 and <= 255");
const BAD_CHECKSUM = new ErrorReply("ERR DUMP payload version or checksum are wrong");
const BAD_FORMAT = new ErrorReply("ERR Bad data format");

interface Options {
  replace: boolean;
  absolute: boolean;
  /** Seconds; -1: not given. */
  idle: number;
  frequency: number;
}

function parseOptions(argv: readonly Bytes[]): Options | ErrorReply {
  const options: Options = { replace: false, absolute: false, idle: -1, frequency: -1 };
  for (let i = 4; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const more = i + 1 < argv.length;
    if (word === "REPLACE") options.replace = true;
    else if (word === "ABSTTL") options.absolute = true;
    else if (word === "IDLETIME" && more && options.frequency === -1) {
      const idle = integerAt(argv, ++i);
      if (isError(idle)) return idle;
      if (idle < 0) return BAD_IDLE_TIME;
      options.idle = idle;
    } else if (word === "FREQ" && more && options.idle === -1) {
      const frequency = integerAt(argv, ++i);
      if (isError(frequency)) return frequency;
      if (frequency < 0 || frequency > 255) return BAD_FREQUENCY;
      options.frequency = frequency;
    } else return SYNTAX;
  }
  return options;
}

function elementsOf({ value }: Loaded): number {
  return typeof value === "object" && "elements" in value ? value.elements : 1;
}

function dump(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return null;
  const { db, engine } = ctx;
  ctx.effort.elements += elementsOf({ type: db.typeOf(entry), value: db.valueOf(entry) });
  return dumpPayload(engine, db, entry);
}

/** Takes away what is in the way of a key that is replaced; whether there was something. */
function clearWay(ctx: Context, key: string): boolean {
  const existing = ctx.db.find(key);
  if (existing === NONE) return false;
  ctx.remove(existing, ctx.engine.settings.lazyServerDel);
  return true;
}

function restore(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parseOptions(argv);
  if (isError(options)) return options;
  const key = keyAt(argv, 1);
  if (!options.replace && ctx.write(key) !== NONE) return BUSY_KEY;
  const ttl = integerAt(argv, 2);
  if (isError(ttl)) return ttl;
  if (ttl < 0) return BAD_TTL;
  const { engine, db } = ctx;
  const payload = Buffer.from(textOf(argv[3]), "latin1");
  if (!isIntact(engine, payload)) return BAD_CHECKSUM;
  const loaded = readPayload(engine, payload);
  if (loaded === null) return BAD_FORMAT;
  ctx.effort.elements += elementsOf(loaded);

  const deleted = options.replace && clearWay(ctx, key);
  const expireAt = ttl === 0 || options.absolute ? ttl : ttl + Math.trunc(ctx.nowMs);
  if (ttl !== 0 && expireAt <= ctx.nowMs && engine.role === "primary" && !engine.isLoading) {
    // Dead on arrival: all that happens is that the one it was to replace goes.
    if (deleted) {
      ctx.propagateInstead(engine.settings.lazyServerDel ? "UNLINK" : "DEL", key);
      ctx.modified(key, "g", "del");
    }
    return OK;
  }
  const entry = ctx.add(key, loaded.type, loaded.value);
  if (ttl !== 0) {
    db.setExpiry(entry, expireAt);
    // What is relative here would be something else on a replica.
    if (!options.absolute) {
      ctx.propagateInstead(argv[0], argv[1], String(expireAt), ...argv.slice(3), "ABSTTL");
    }
  }
  if (options.idle >= 0 || options.frequency >= 0) {
    db.setLru(entry, loadedAge(engine, options.idle, options.frequency));
  }
  ctx.modified(key, "g", "restore");
  return OK;
}

const restoreShape = {
  arity: -4,
  keys: ONE_KEY,
  group: "generic",
  complexity: "O(N) in elements, O(N log(N)) for sorted sets",
  cost: "restore",
  run: restore,
} as const;

export const DUMP_COMMANDS: readonly CommandSpec[] = [
  {
    name: "dump",
    arity: 2,
    flags: READONLY,
    keys: ONE_KEY,
    group: "generic",
    since: "2.6.0",
    complexity: "O(N) in elements",
    summary: "A key's value as bytes, in the form that snapshots have.",
    run: dump,
  },
  {
    ...restoreShape,
    name: "restore",
    flags: WRITE | DENYOOM,
    since: "2.6.0",
    summary: "Makes a key from the bytes of DUMP.",
  },
  {
    ...restoreShape,
    name: "restore-asking",
    flags: WRITE | DENYOOM | ASKING,
    group: "server",
    since: "3.0.0",
    summary: "RESTORE into a slot that is being moved here.",
  },
];
