// EVAL, EVALSHA and their read-only forms; SCRIPT.

import type { Bytes } from "../bytes.ts";
import { textOf } from "../bytes.ts";
import {
  ALLOW_BUSY,
  type CommandSpec,
  MAY_REPLICATE,
  NOSCRIPT,
  READONLY,
  SCRIPTED,
  SKIP_MONITOR,
  STALE,
} from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { NOT_INTEGER } from "../errors.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, OK, type Reply } from "../reply.ts";

const TOO_MANY_KEYS = new ErrorReply("ERR Number of keys can't be greater than number of args");
const NEGATIVE_KEYS = new ErrorReply("ERR Number of keys can't be negative");
const FLUSH_OPTION = new ErrorReply("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
const DEBUG_OPTION = new ErrorReply("ERR Use SCRIPT DEBUG YES/SYNC/NO");

export interface ScriptWords {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** The keys and the other arguments of a call: … numkeys key … arg …; the error when the number makes no sense. */
export function scriptWords(argv: readonly Bytes[], notANumber: ErrorReply): ScriptWords | ErrorReply {
  const given = parseInteger(textAt(argv, 2));
  if (given === null) return notANumber;
  const count = Number(given);
  if (count > argv.length - 3) return TOO_MANY_KEYS;
  if (count < 0) return NEGATIVE_KEYS;
  const words = argv.slice(3).map(textOf);
  return { keys: words.slice(0, count), args: words.slice(count) };
}

function evaluate(readOnly: boolean): CommandSpec["run"] {
  return (ctx, argv) => {
    const { scripting } = ctx.engine;
    const words = scriptWords(argv, NOT_INTEGER);
    if (words instanceof ErrorReply) return words;
    const script = scripting.define(textAt(argv, 1), false);
    if (script instanceof ErrorReply) return script;
    return scripting.evaluate(script, words, { session: ctx.session, argv, readOnly, slot: ctx.slot });
  };
}

function evaluateSha(readOnly: boolean): CommandSpec["run"] {
  return (ctx, argv) => {
    const { scripting } = ctx.engine;
    const sha = textAt(argv, 1);
    if (sha.length !== 40) return scripting.noScript;
    const words = scriptWords(argv, NOT_INTEGER);
    if (words instanceof ErrorReply) return words;
    const script = scripting.cache.get(sha);
    if (script === undefined) return scripting.noScript;
    return scripting.evaluate(script, words, { session: ctx.session, argv, readOnly, slot: ctx.slot });
  };
}

function flush(ctx: Context, argv: readonly Bytes[]): Reply {
  const mode = argv.length === 2 ? "sync" : textAt(argv, 2).toLowerCase();
  if (argv.length > 3 || (mode !== "sync" && mode !== "async")) return FLUSH_OPTION;
  ctx.engine.scripting.flush();
  return OK;
}

function debug(_ctx: Context, argv: readonly Bytes[]): Reply {
  return ["yes", "sync", "no"].includes(textAt(argv, 2).toLowerCase()) ? OK : DEBUG_OPTION;
}

const shape = {
  group: "scripting",
  complexity: "that of the script",
  cost: "eval",
} as const;

const runs = NOSCRIPT | SKIP_MONITOR | STALE | SCRIPTED;

const script = { group: "scripting", cost: "config", since: "2.6.0", complexity: "O(1)", flags: NOSCRIPT } as const;

export const EVAL_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "eval",
    arity: -3,
    flags: runs | MAY_REPLICATE,
    since: "2.6.0",
    summary: "Runs a script.",
    run: evaluate(false),
  },
  {
    ...shape,
    name: "eval_ro",
    arity: -3,
    flags: runs | READONLY,
    since: "7.0.0",
    summary: "Runs a script that must not write.",
    run: evaluate(true),
  },
  {
    ...shape,
    name: "evalsha",
    cost: "evalsha",
    arity: -3,
    flags: runs | MAY_REPLICATE,
    since: "2.6.0",
    summary: "Runs a cached script, named by its SHA-1.",
    run: evaluateSha(false),
  },
  {
    ...shape,
    name: "evalsha_ro",
    cost: "evalsha",
    arity: -3,
    flags: runs | READONLY,
    since: "7.0.0",
    summary: "Runs a cached script that must not write, named by its SHA-1.",
    run: evaluateSha(true),
  },
  {
    ...script,
    name: "script",
    arity: -2,
    flags: 0,
    summary: "The cache of scripts.",
    run: () => OK,
    subcommands: [
      {
        ...script,
        name: "load",
        arity: 3,
        flags: NOSCRIPT | STALE,
        complexity: "O(N) in the bytes of the script",
        summary: "Caches a script and answers its SHA-1.",
        run: (ctx, argv) => {
          const found = ctx.engine.scripting.define(textAt(argv, 2), true);
          return found instanceof ErrorReply ? found : found.sha;
        },
      },
      {
        ...script,
        name: "exists",
        arity: -3,
        complexity: "O(N) in the number of scripts asked for",
        summary: "Which of the scripts are cached.",
        run: (ctx, argv) =>
          argv.slice(2).map(sha => (ctx.engine.scripting.cache.get(textOf(sha)) === undefined ? 0 : 1)),
      },
      {
        ...script,
        name: "show",
        arity: 3,
        since: "8.0.0",
        summary: "The text of a cached script.",
        run: ({ engine }, argv) => engine.scripting.cache.get(textAt(argv, 2))?.text ?? engine.scripting.noScript,
      },
      {
        ...script,
        name: "flush",
        arity: -2,
        complexity: "O(N) in the number of cached scripts",
        summary: "Forgets all scripts.",
        run: flush,
      },
      {
        ...script,
        name: "kill",
        arity: 2,
        flags: NOSCRIPT | ALLOW_BUSY,
        summary: "Ends the running script, unless it has written.",
        run: ctx => ctx.engine.scripting.kill("eval") ?? OK,
      },
      {
        ...script,
        name: "debug",
        arity: 3,
        since: "3.2.0",
        summary: "Takes the debugger's modes; there is no debugger.",
        run: debug,
      },
    ],
  },
];
