// FCALL; FUNCTION: libraries of functions.

import type { Bytes } from "../bytes.ts";
import {
  ALLOW_BUSY,
  type CommandSpec,
  DENYOOM,
  MAY_REPLICATE,
  NOSCRIPT,
  READONLY,
  SCRIPTED,
  SKIP_MONITOR,
  STALE,
  WRITE,
} from "../command.ts";
import { type Context, textAt } from "../context.ts";
import * as errors from "../errors.ts";
import { dumpLibraries, readLibraries } from "../rdb/library-payload.ts";
import { ErrorReply, MapReply, OK, type Reply, SetReply, Status } from "../reply.ts";
import { SCRIPT_FLAGS } from "../scripting/flags.ts";
import type { Library, LibraryFunction, RestorePolicy } from "../scripting/libraries.ts";
import { scriptWords } from "./eval.ts";

const NOT_FOUND = new ErrorReply("ERR Function not found");
const BAD_KEY_COUNT = new ErrorReply("ERR Bad number of keys provided");
const NO_LIBRARY = new ErrorReply("ERR Library not found");
const NO_CODE = new ErrorReply("ERR Function code is missing");
const NO_LIBRARY_NAME = new ErrorReply("ERR library name argument was not given");
const FLUSH_OPTION = new ErrorReply("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
const POLICY = new ErrorReply("ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
const DAMAGED = new ErrorReply("ERR DUMP payload version or checksum are wrong");

function badCall(name: string): ErrorReply {
  return new ErrorReply(`ERR unknown subcommand or wrong number of arguments for '${name}'. Try FUNCTION HELP.`);
}

function call(readOnly: boolean): CommandSpec["run"] {
  return (ctx, argv) => {
    const { scripting } = ctx.engine;
    const one = scripting.libraries.function(textAt(argv, 1));
    if (one === undefined) return NOT_FOUND;
    const words = scriptWords(argv, BAD_KEY_COUNT);
    if (words instanceof ErrorReply) return words;
    return scripting.callFunction(one, words, { session: ctx.session, argv, readOnly, slot: ctx.slot });
  };
}

function load(ctx: Context, argv: readonly Bytes[]): Reply {
  let replace = false;
  let at = 2;
  for (; at < argv.length - 1; at++) {
    const word = textAt(argv, at);
    if (word.toLowerCase() !== "replace") return new ErrorReply(`ERR Unknown option given: ${word}`);
    replace = true;
  }
  if (at >= argv.length) return NO_CODE;
  const { scripting } = ctx.engine;
  scripting.beginLoad(ctx.session);
  const added = scripting.libraries.add(textAt(argv, at), replace);
  if (typeof added === "string") return new ErrorReply(`ERR ${added}`);
  ctx.dirty++;
  return added.name;
}

function remove(ctx: Context, argv: readonly Bytes[]): Reply {
  if (!ctx.engine.scripting.libraries.delete(textAt(argv, 2))) return NO_LIBRARY;
  ctx.dirty++;
  return OK;
}

function flush(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return badCall(textAt(argv, 1));
  const mode = argv.length === 2 ? "sync" : textAt(argv, 2).toLowerCase();
  if (mode !== "sync" && mode !== "async") return FLUSH_OPTION;
  ctx.engine.scripting.libraries.clear();
  ctx.dirty++;
  return OK;
}

function describeFunction({ name, description, flags }: LibraryFunction): MapReply {
  const shown = SCRIPT_FLAGS.filter(([flag]) => (flags & flag) !== 0).map(([, word]) => new Status(word));
  return new MapReply(["name", name, "description", description, "flags", new SetReply(shown)]);
}

function describe({ name, code, functions }: Library, withCode: boolean): MapReply {
  const items: Reply[] = ["library_name", name, "engine", "LUA"];
  items.push("functions", [...functions.values()].map(describeFunction));
  if (withCode) items.push("library_code", code);
  return new MapReply(items);
}

function list(ctx: Context, argv: readonly Bytes[]): Reply {
  let withCode = false;
  let pattern: string | null = null;
  for (let i = 2; i < argv.length; i++) {
    const word = textAt(argv, i);
    const lower = word.toLowerCase();
    if (!withCode && lower === "withcode") withCode = true;
    else if (pattern === null && lower === "libraryname") {
      if (++i >= argv.length) return NO_LIBRARY_NAME;
      pattern = textAt(argv, i);
    } else return new ErrorReply(`ERR Unknown argument ${word}`);
  }
  return ctx.engine.scripting.libraries.list(pattern).map(library => describe(library, withCode));
}

function statistics({ engine }: Context): Reply {
  const { scripting } = engine;
  const run = scripting.current;
  if (run?.kind === "eval") return errors.busy("eval", engine.profile.product);
  const running =
    run === null
      ? null
      : new MapReply(["name", run.name, "command", run.callerWords, "duration_ms", scripting.runningMs]);
  const { libraryCount, functionCount } = scripting.libraries;
  const counts = new MapReply(["libraries_count", libraryCount, "functions_count", functionCount]);
  return new MapReply(["running_script", running, "engines", new MapReply(["LUA", counts])]);
}

function restore(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 4) return badCall(textAt(argv, 1));
  const policy = argv.length === 4 ? textAt(argv, 3).toLowerCase() : "append";
  if (policy !== "append" && policy !== "replace" && policy !== "flush") return POLICY;
  const codes = readLibraries(ctx.engine, Buffer.from(textAt(argv, 2), "latin1"));
  if (codes === null) return DAMAGED;
  if (typeof codes === "string") return new ErrorReply(`ERR ${codes}`);
  const problem = ctx.engine.scripting.libraries.restore(codes, policy satisfies RestorePolicy);
  if (problem !== null) return new ErrorReply(`ERR ${problem}`);
  ctx.dirty++;
  return OK;
}

const shape = { group: "scripting", since: "7.0.0", complexity: "O(1)", cost: "config", flags: NOSCRIPT } as const;
const runs = NOSCRIPT | SKIP_MONITOR | STALE | SCRIPTED;

const SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "load",
    arity: -3,
    flags: NOSCRIPT | WRITE | DENYOOM,
    summary: "Loads a library: its code registers functions.",
    run: load,
  },
  {
    ...shape,
    name: "delete",
    arity: 3,
    flags: NOSCRIPT | WRITE,
    summary: "Deletes a library with its functions.",
    run: remove,
  },
  {
    ...shape,
    name: "flush",
    arity: -2,
    flags: NOSCRIPT | WRITE,
    complexity: "O(N) in the number of functions",
    summary: "Deletes all libraries.",
    run: flush,
  },
  {
    ...shape,
    name: "list",
    arity: -2,
    complexity: "O(N) in the number of functions",
    summary: "Libraries and their functions.",
    run: list,
  },
  {
    ...shape,
    name: "stats",
    arity: 2,
    flags: NOSCRIPT | ALLOW_BUSY,
    summary: "What runs, and how many libraries and functions there are.",
    run: statistics,
  },
  {
    ...shape,
    name: "kill",
    arity: 2,
    flags: NOSCRIPT | ALLOW_BUSY,
    summary: "Ends the running function, unless it has written.",
    run: ctx => ctx.engine.scripting.kill("function") ?? OK,
  },
  {
    ...shape,
    name: "dump",
    arity: 2,
    complexity: "O(N) in the number of libraries",
    summary: "All libraries as bytes, for FUNCTION RESTORE.",
    run: ({ engine }) => dumpLibraries(engine, engine.scripting.libraries.sources()),
  },
  {
    ...shape,
    name: "restore",
    arity: -3,
    flags: NOSCRIPT | WRITE | DENYOOM,
    complexity: "O(N) in the number of libraries",
    summary: "Loads what FUNCTION DUMP gave.",
    run: restore,
  },
];

export const FUNCTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "fcall",
    arity: -3,
    flags: runs | MAY_REPLICATE,
    complexity: "that of the function",
    cost: "evalsha",
    summary: "Runs a function of a library.",
    run: call(false),
  },
  {
    ...shape,
    name: "fcall_ro",
    arity: -3,
    flags: runs | READONLY,
    complexity: "that of the function",
    cost: "evalsha",
    summary: "Runs a function of a library that must not write.",
    run: call(true),
  },
  {
    ...shape,
    name: "function",
    arity: -2,
    flags: 0,
    summary: "Libraries of functions.",
    run: () => OK,
    subcommands: SUBCOMMANDS,
  },
];
