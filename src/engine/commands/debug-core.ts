// DEBUG: values in one line, switches, made-up keys, the log.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { REPLY_BUFFER_PEAK_MS } from "../debug-switches.ts";
import { NONE } from "../dict.ts";
import { NO_SUCH_KEY } from "../errors.ts";
import { globMatch } from "../glob.ts";
import { type Collection, STRING } from "../keyspace.ts";
import { parseDouble } from "../numbers.ts";
import { NO_DATABASE } from "../propagation.ts";
import { ErrorReply, OK, type Reply, Status } from "../reply.ts";
import { encodeString, type StringValue, stringEncoding, stringLength } from "../values/string.ts";
import { rewrite } from "./config.ts";

function sleep(ctx: Context, argv: readonly Bytes[]): Reply {
  const seconds = parseDouble(textAt(argv, 2)) ?? 0;
  if (seconds > 0) ctx.effort.fixedNs += Math.round(seconds * 1e9);
  return OK;
}

function describeObject(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 4) return SYNTAX;
  const { db, engine } = ctx;
  const entry = db.find(keyAt(argv, 2));
  if (entry === NONE) return NO_SUCH_KEY;
  const value = db.valueOf(entry)!;
  const text = db.typeOf(entry) === STRING;
  const encoding = text ? stringEncoding(value as StringValue) : (value as Collection).encoding;
  const length = text ? stringLength(value as StringValue) : (value as Collection).elements;
  const lru = db.lruOf(entry);
  const more = text ? "" : ((value as Collection).debugText ?? "");
  const serialized = wordAt(argv, 3) === "FAST" ? "" : ` serializedlength:${length}`;
  return new Status(
    `Value at:0x0 refcount:1 encoding:${encoding}${serialized} lru:${lru} lru_seconds_idle:${Math.max(0, engine.lruClock - lru)} lfu_freq:${lru & 255} lfu_access_time_minutes:${lru >> 8}${more}`,
  );
}

function matchLength(_ctx: Context, argv: readonly Bytes[]): Reply {
  const length = integerAt(argv, 2);
  if (isError(length)) return length;
  return globMatch(textAt(argv, 3), "a".repeat(Math.max(0, length))) ? 1 : 0;
}

/** Keys with numbers in their names and values; those that are there stay. */
function populate(ctx: Context, argv: readonly Bytes[]): Reply {
  const count = integerAt(argv, 2);
  if (isError(count)) return count;
  const prefix = argv.length > 3 ? textAt(argv, 3) : "key";
  const size = argv.length > 4 ? integerAt(argv, 4) : 0;
  if (isError(size)) return size;
  for (let i = 0; i < count; i++) {
    const key = `${prefix}:${i}`;
    if (ctx.db.find(key) !== NONE) continue;
    const text = `value:${i}`;
    const value = size === 0 ? text : text.slice(0, size).padEnd(size, "\0");
    ctx.add(key, STRING, encodeString(value));
    ctx.engine.keyModified(ctx.db.index, key);
  }
  return OK;
}

function replyBuffer(ctx: Context, argv: readonly Bytes[]): Reply {
  const { debug } = ctx.engine;
  const word = textAt(argv, 3);
  switch (wordAt(argv, 2)) {
    case "PEAK-RESET-TIME": {
      if (word.toLowerCase() === "never") debug.replyBufferPeakMs = null;
      else if (word.toLowerCase() === "reset") debug.replyBufferPeakMs = REPLY_BUFFER_PEAK_MS;
      else {
        const ms = integerAt(argv, 3);
        if (isError(ms)) return ms;
        debug.replyBufferPeakMs = ms;
      }
      return OK;
    }
    case "RESIZING":
      debug.replyBufferResizes = word !== "0";
      return OK;
    default:
      return new ErrorReply("ERR unknown subcommand or wrong number of arguments for 'REPLYBUFFER'. Try DEBUG HELP.");
  }
}

/** A switch that is 1 or 0. */
function toggle(set: (ctx: Context, on: boolean) => void): CommandSpec["run"] {
  return (ctx, argv) => {
    set(ctx, textAt(argv, 2) !== "0");
    return OK;
  };
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
  group: "server",
  since: "1.0.0",
  complexity: "O(1)",
  cost: "config",
} as const;

export const CORE_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  { ...shape, name: "sleep", arity: 3, summary: "Blocks the engine thread for so many seconds.", run: sleep },
  { ...shape, name: "object", arity: -3, summary: "How a value is stored, in one line.", run: describeObject },
  { ...shape, name: "stringmatch-len", arity: 4, summary: "Whether a pattern matches so many a's.", run: matchLength },
  { ...shape, name: "populate", arity: -3, complexity: "O(N) in keys", summary: "Makes up keys.", run: populate },
  { ...shape, name: "replybuffer", arity: 4, summary: "How reply buffers shrink.", run: replyBuffer },
  {
    ...shape,
    name: "set-active-expire",
    arity: 3,
    summary: "Turns the active expiry cycle off (0) or on (1).",
    run: toggle((ctx, on) => {
      ctx.engine.activeExpireEnabled = on;
    }),
  },
  {
    ...shape,
    name: "pause-cron",
    arity: 3,
    summary: "Stops the periodic work (1) or lets it go on (0).",
    run: toggle((ctx, on) => {
      ctx.engine.debug.cronPaused = on;
    }),
  },
  {
    ...shape,
    name: "set-disable-deny-scripts",
    arity: 3,
    summary: "Lets scripts call what they may not otherwise (1).",
    run: toggle((ctx, on) => {
      ctx.engine.debug.scriptsMayCallAll = on;
    }),
  },
  {
    ...shape,
    name: "replicate",
    arity: -3,
    summary: "Writes these words into the replication stream.",
    run: (ctx, argv) => {
      ctx.engine.replication.feed(NO_DATABASE, argv.slice(2));
      return OK;
    },
  },
  {
    ...shape,
    name: "change-repl-id",
    arity: 2,
    summary: "Gives the replication stream a new identity.",
    run: ctx => {
      ctx.engine.identity.changeReplicationId();
      return OK;
    },
  },
  {
    ...shape,
    name: "log",
    arity: 3,
    summary: "Writes a line to the server's log.",
    run: (ctx, argv) => {
      ctx.engine.host?.log(`DEBUG LOG: ${textAt(argv, 2)}`);
      return OK;
    },
  },
  {
    ...shape,
    name: "error",
    arity: 3,
    summary: "Answers an error of the given text.",
    run: (_ctx, argv) => new ErrorReply(textAt(argv, 2).replace(/[\r\n]/gu, " ")),
  },
  {
    ...shape,
    name: "config-rewrite-force-all",
    arity: 2,
    summary: "Writes the configuration file with every parameter in it.",
    run: ctx => rewrite(ctx, true),
  },
];
