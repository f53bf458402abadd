// Snapshots and the append-only file: SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE, and what DEBUG does with them.

import { SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import {
  ADMIN,
  type CommandSpec,
  FAST,
  LOADING,
  NO_ASYNC_LOADING,
  NO_MULTI,
  NOSCRIPT,
  PROTECTED,
  STALE,
} from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { dataDigest, valueDigest } from "../rdb/digest.ts";
import { ErrorReply, OK, type Reply, Status } from "../reply.ts";

const FAILED = new ErrorReply("ERR");
const SAVING = new ErrorReply("ERR Background save already in progress");
const OTHER_CHILD = new ErrorReply(
  "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
);
const SAVE_STARTED = new Status("Background saving started");
const SAVE_SCHEDULED = new Status("Background saving scheduled");
const REWRITING = new ErrorReply("ERR Background append only file rewriting already in progress");
const REWRITE_STARTED = new Status("Background append only file rewriting started");
const REWRITE_SCHEDULED = new Status("Background append only file rewriting scheduled");
const REWRITE_FAILED = new ErrorReply(
  "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
);

/** EXEC is running: a child would see half of its work. */
function inTransaction(ctx: Context): boolean {
  return ctx.session.transaction !== null;
}

/** What goes through all data touches every key. */
function countKeys({ engine, effort }: Context): void {
  for (const database of engine.databases) effort.elements += database?.size ?? 0;
}

function save(ctx: Context): Reply {
  const { persistence } = ctx.engine;
  if (persistence.child === "rdb") return SAVING;
  countKeys(ctx);
  return persistence.save() ? OK : FAILED;
}

function bgsave(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 1 && (argv.length > 2 || wordAt(argv, 1) !== "SCHEDULE")) return SYNTAX;
  const { engine } = ctx;
  const { persistence } = engine;
  if (persistence.child === "rdb") return SAVING;
  if (engine.childActive || inTransaction(ctx)) {
    if (argv.length === 1 && !inTransaction(ctx)) return OTHER_CHILD;
    persistence.saveScheduled = true;
    return SAVE_SCHEDULED;
  }
  return persistence.saveInBackground() ? SAVE_STARTED : FAILED;
}

function bgrewriteaof(ctx: Context): Reply {
  const { persistence, childActive } = ctx.engine;
  if (persistence.child === "aof") return REWRITING;
  if (childActive || inTransaction(ctx)) {
    persistence.rewriteScheduled = true;
    persistence.rewriteFailures = 0;
    return REWRITE_SCHEDULED;
  }
  return persistence.rewrite() ? REWRITE_STARTED : REWRITE_FAILED;
}

const shape = { group: "server", since: "1.0.0" } as const;

export const PERSISTENCE_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "save",
    arity: 1,
    flags: NO_ASYNC_LOADING | ADMIN | NOSCRIPT | NO_MULTI,
    complexity: "O(N) in keys",
    summary: "Writes a snapshot, and nothing else meanwhile.",
    run: save,
  },
  {
    ...shape,
    name: "bgsave",
    arity: -1,
    flags: NO_ASYNC_LOADING | ADMIN | NOSCRIPT,
    complexity: "O(1)",
    summary: "Writes a snapshot in the background.",
    run: bgsave,
  },
  {
    ...shape,
    name: "bgrewriteaof",
    arity: 1,
    flags: NO_ASYNC_LOADING | ADMIN | NOSCRIPT,
    complexity: "O(1)",
    summary: "Writes the append-only file anew, as short as it can be.",
    cost: "bgsave",
    run: bgrewriteaof,
  },
  {
    ...shape,
    name: "lastsave",
    arity: 1,
    flags: LOADING | STALE | FAST,
    complexity: "O(1)",
    summary: "When the last snapshot was finished, in seconds since 1970.",
    cost: "ping",
    run: ({ engine }) => Math.floor(engine.persistence.lastSaveMs / 1_000),
  },
];

// ---------------------------------------------------------------------------------------------------------------------
// DEBUG.

const RELOAD_OPTIONS = new ErrorReply("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
const LOAD_FAILED = new ErrorReply("ERR Error trying to load the RDB dump, check server logs.");
const AOF_LOAD_FAILED = new ErrorReply("ERR Error trying to load the AOF files, check server logs.");

function reload(ctx: Context, argv: readonly Bytes[]): Reply {
  const words = new Set<string>();
  for (let i = 2; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word !== "MERGE" && word !== "NOFLUSH" && word !== "NOSAVE") return RELOAD_OPTIONS;
    words.add(word);
  }
  const { engine } = ctx;
  countKeys(ctx);
  if (!words.has("NOSAVE") && !engine.persistence.save()) return FAILED;
  if (!words.has("NOFLUSH")) engine.persistence.empty();
  return engine.persistence.load({ allowDuplicates: words.has("MERGE") }) ? OK : LOAD_FAILED;
}

function loadAof({ engine }: Context): Reply {
  if (!engine.persistence.store.reloadAppendOnly()) return AOF_LOAD_FAILED;
  engine.persistence.changes = 0;
  return OK;
}

function digestValues({ engine, db }: Context, argv: readonly Bytes[]): Reply {
  return argv.slice(2).map((_, i) => {
    // It sees keys that have expired and are still there.
    const entry = db.find(keyAt(argv, i + 2));
    return new Status(valueDigest(engine, db, entry === NONE ? null : entry));
  });
}

const debugShape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
  group: "server",
  since: "1.0.0",
} as const;

export const PERSISTENCE_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...debugShape,
    name: "reload",
    arity: -2,
    complexity: "O(N) in keys",
    summary: "Writes a snapshot and reads it again.",
    cost: "save",
    run: reload,
  },
  {
    ...debugShape,
    name: "loadaof",
    arity: 2,
    complexity: "O(N) in commands",
    summary: "Empties the server and reads the append-only file.",
    cost: "save",
    run: loadAof,
  },
  {
    ...debugShape,
    name: "digest",
    arity: 2,
    complexity: "O(N) in elements",
    summary: "A digest of all data; equal data have equal ones.",
    cost: "save",
    run: ctx => {
      countKeys(ctx);
      return new Status(dataDigest(ctx.engine));
    },
  },
  {
    ...debugShape,
    name: "digest-value",
    arity: -2,
    complexity: "O(N) in elements",
    summary: "A digest of each key's value.",
    cost: "dump",
    run: digestValues,
  },
  {
    ...debugShape,
    name: "set-skip-checksum-validation",
    arity: 3,
    complexity: "O(1)",
    summary: "Believes data whose checksum is wrong (1), or not (0).",
    cost: "config",
    run: (ctx, argv) => {
      ctx.engine.persistence.skipChecksums = Number.parseInt(textAt(argv, 2), 10) !== 0;
      return OK;
    },
  },
];
