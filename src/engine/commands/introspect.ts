// COMMAND: the table of commands describes itself.

import { SYNTAX } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type Command, type CommandSpec, FLAG_NAMES, LOADING, NO_MANDATORY_KEYS, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { globMatch } from "../glob.ts";
import { categoriesOf, categoryBit, isCategory } from "../introspection/categories.ts";
import { describeDocs } from "../introspection/docs.ts";
import { findKeys } from "../introspection/key-finder.ts";
import { KEY_FLAG_NAMES, type KeySpec } from "../introspection/key-specs.ts";
import { legacyRange } from "../introspection/legacy-range.ts";
import { ErrorReply, MapReply, type Reply, SetReply, Status } from "../reply.ts";

function named(flags: number, names: readonly (readonly [flag: number, name: string])[]): SetReply {
  return new SetReply(names.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => new Status(name)));
}

function describeSpec({ flags, begin, find }: KeySpec): Reply {
  const beginSpec =
    begin.type === "index"
      ? ["index", begin.index]
      : begin.type === "keyword"
        ? ["keyword", begin.keyword, "startfrom", begin.startFrom]
        : [];
  const findSpec =
    find.type === "range"
      ? ["lastkey", find.last, "keystep", find.step, "limit", find.limit]
      : find.type === "keynum"
        ? ["keynumidx", find.at, "firstkey", find.first, "keystep", find.step]
        : [];
  return new MapReply([
    "flags",
    named(flags, KEY_FLAG_NAMES),
    "begin_search",
    new MapReply(["type", begin.type, "spec", new MapReply(beginSpec)]),
    "find_keys",
    new MapReply(["type", find.type, "spec", new MapReply(findSpec)]),
  ]);
}

function describe(command: Command): Reply {
  const range = legacyRange(command.keySpecs).range ?? command.spec.keys;
  return [
    command.fullName,
    command.arity,
    named(command.flags, FLAG_NAMES),
    range?.first ?? 0,
    range?.last ?? 0,
    range?.step ?? 0,
    new SetReply(categoriesOf(command.categories).map(category => new Status(`@${category}`))),
    new SetReply(command.facts.tips ?? []),
    new SetReply(command.keySpecs.map(describeSpec)),
    [...(command.children?.values() ?? [])].map(describe),
  ];
}

/** A command by its full name: "get", "config|set". */
export function findCommand(commands: ReadonlyMap<string, Command>, name: string): Command | undefined {
  const [parent, child, ...rest] = name.toLowerCase().split("|");
  const command = commands.get(parent);
  if (child === undefined || rest.length > 0) return rest.length > 0 ? undefined : command;
  return command?.children?.get(child);
}

/** The command that a call would run; null for none. */
export function commandOfCall(commands: ReadonlyMap<string, Command>, call: readonly Bytes[]): Command | null {
  const command = commands.get(textOf(call[0]).toLowerCase());
  if (command === undefined) return null;
  if (command.children === null || call.length < 2) return command;
  return command.children.get(textOf(call[1]).toLowerCase()) ?? null;
}

export function fitsArity({ arity }: { readonly arity: number }, words: number): boolean {
  return arity > 0 ? words === arity : words >= -arity;
}

const NO_SUCH_COMMAND = new ErrorReply("ERR Invalid command specified");
const NO_KEYS = new ErrorReply("ERR The command has no key arguments");
const WRONG_NUMBER = new ErrorReply("ERR Invalid number of arguments specified for command");
const WRONG_ARGUMENTS = new ErrorReply("ERR Invalid arguments specified for command");

function getKeys(ctx: Context, argv: readonly Bytes[], withFlags: boolean): Reply {
  const call = argv.slice(2);
  const command = commandOfCall(ctx.engine.commands, call);
  if (command === null) return NO_SUCH_COMMAND;
  if (!command.hasKeys) return NO_KEYS;
  if (!fitsArity(command, call.length)) return WRONG_NUMBER;
  const keys = findKeys(command, call);
  if (keys.length === 0) return (command.flags & NO_MANDATORY_KEYS) !== 0 ? [] : WRONG_ARGUMENTS;
  return keys.map(({ position, flags }) =>
    withFlags ? [call[position], named(flags, KEY_FLAG_NAMES)] : call[position],
  );
}

/** All commands, each followed by its subcommands. */
export function* everyCommand(commands: ReadonlyMap<string, Command>): Generator<Command> {
  for (const command of commands.values()) {
    yield command;
    if (command.children !== null) yield* command.children.values();
  }
}

function filterOf(kind: string, argument: string): ((command: Command) => boolean) | null {
  switch (kind.toLowerCase()) {
    case "module":
      // No command here comes from a module.
      return () => false;
    case "aclcat": {
      const category = argument.toLowerCase();
      return isCategory(category) ? command => (command.categories & categoryBit(category)) !== 0 : () => false;
    }
    case "pattern":
      return ({ fullName }) => globMatch(argument, fullName, true);
    default:
      return null;
  }
}

function list(ctx: Context, argv: readonly Bytes[]): Reply {
  let filter: ((command: Command) => boolean) | null = () => true;
  if (argv.length > 2) {
    if (argv.length !== 5 || textAt(argv, 2).toLowerCase() !== "filterby") return SYNTAX;
    filter = filterOf(textAt(argv, 3), textAt(argv, 4));
    if (filter === null) return SYNTAX;
  }
  return [...everyCommand(ctx.engine.commands)].filter(filter).map(({ fullName }) => fullName);
}

function info(ctx: Context, argv: readonly Bytes[]): Reply {
  const { commands } = ctx.engine;
  if (argv.length === 2) return [...commands.values()].map(describe);
  return argv.slice(2).map(name => {
    const command = findCommand(commands, textOf(name));
    return command === undefined ? null : describe(command);
  });
}

function docs(ctx: Context, argv: readonly Bytes[]): Reply {
  const { commands } = ctx.engine;
  const wanted =
    argv.length === 2
      ? [...commands.values()]
      : argv.slice(2).flatMap(name => findCommand(commands, textOf(name)) ?? []);
  return new MapReply(wanted.flatMap(command => [command.fullName, describeDocs(command)]));
}

const shape = { flags: LOADING | STALE, group: "server", cost: "config" } as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "count",
    arity: 2,
    since: "2.8.13",
    complexity: "O(1)",
    summary: "How many commands there are.",
    run: ctx => ctx.engine.commands.size,
  },
  {
    ...shape,
    name: "info",
    arity: -2,
    since: "2.8.13",
    complexity: "O(N) in commands asked for",
    summary: "The declared facts of commands.",
    run: info,
  },
  {
    ...shape,
    name: "docs",
    arity: -2,
    since: "7.0.0",
    complexity: "O(N) in commands asked for",
    summary: "What commands are for and how they are called.",
    run: docs,
  },
  {
    ...shape,
    name: "list",
    arity: -2,
    since: "7.0.0",
    complexity: "O(N) in commands",
    summary: "The names of commands.",
    run: list,
  },
  {
    ...shape,
    name: "getkeys",
    arity: -3,
    since: "2.8.13",
    complexity: "O(N) in arguments",
    summary: "The keys of a call.",
    run: (ctx, argv) => getKeys(ctx, argv, false),
  },
  {
    ...shape,
    name: "getkeysandflags",
    arity: -3,
    since: "7.0.0",
    complexity: "O(N) in arguments",
    summary: "The keys of a call and what it does with them.",
    run: (ctx, argv) => getKeys(ctx, argv, true),
  },
];

export const INTROSPECTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "command",
    arity: -1,
    since: "2.8.13",
    complexity: "O(N) in commands",
    summary: "The command table describes itself.",
    subcommands: SUBCOMMANDS,
    run: ctx => [...ctx.engine.commands.values()].map(describe),
  },
];
