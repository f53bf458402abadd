// ACL: users and their rules.

import { denialOf, denialText } from "../acl/check.ts";
import { aclFileText, loadAclFile } from "../acl/file.ts";
import type { LogEntry } from "../acl/log.ts";
import { hasSpaces } from "../acl/rules.ts";
import type { Selector } from "../acl/selector.ts";
import { describeChannels, describeCommands, describeKeys } from "../acl/user.ts";
import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import type { Engine } from "../engine.ts";
import { CATEGORIES, categoryBit, isCategory } from "../introspection/categories.ts";
import { Double, ErrorReply, MapReply, OK, type Reply, SetReply } from "../reply.ts";
import { commandOfCall, everyCommand, fitsArity } from "./introspect.ts";

const BAD_NAME = new ErrorReply("ERR Usernames can't contain spaces or null characters");
const KEEP_DEFAULT = new ErrorReply("ERR The 'default' user cannot be removed");
const NO_FILE = new ErrorReply(
  "ERR This instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a configuration file set) in order to store users in the configuration.",
);
const NOT_SAVED = new ErrorReply(
  "ERR There was an error trying to save the ACLs. Please check the server logs for more information",
);
const BAD_BITS = new ErrorReply(
  "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096",
);

function wrongForm(argv: readonly Bytes[]): ErrorReply {
  const word = textOf(argv[1]).slice(0, 128);
  return new ErrorReply(`ERR unknown subcommand or wrong number of arguments for '${word}'. Try ACL HELP.`);
}

function setUser({ engine }: Context, argv: readonly Bytes[]): Reply {
  const name = textAt(argv, 2);
  if (hasSpaces(name)) return BAD_NAME;
  const problem = engine.acl.setUser(name, argv.slice(3).map(textOf));
  return problem === null ? OK : new ErrorReply(`ERR ${problem.replace(/[\r\n]/gu, " ")}`);
}

function deleteUsers({ engine }: Context, argv: readonly Bytes[]): Reply {
  const names = argv.slice(2).map(textOf);
  if (names.includes("default")) return KEEP_DEFAULT;
  return names.filter(name => engine.acl.deleteUser(name)).length;
}

function describeSelector(selector: Selector): Reply[] {
  return [
    "commands",
    describeCommands(selector),
    "keys",
    describeKeys(selector),
    "channels",
    describeChannels(selector),
  ];
}

function getUser({ engine }: Context, argv: readonly Bytes[]): Reply {
  const user = engine.acl.user(textAt(argv, 2));
  if (user === undefined) return null;
  return new MapReply([
    "flags",
    new SetReply(user.flags()),
    "passwords",
    [...user.passwords],
    ...describeSelector(user.root),
    "selectors",
    user.selectors.slice(1).map(selector => new MapReply(describeSelector(selector))),
  ]);
}

function categories({ engine }: Context, argv: readonly Bytes[]): Reply {
  if (argv.length === 2) return [...CATEGORIES];
  if (argv.length > 3) return wrongForm(argv);
  const name = textAt(argv, 2).toLowerCase();
  if (!isCategory(name)) return new ErrorReply(`ERR Unknown category '${textAt(argv, 2).slice(0, 128)}'`);
  const bit = categoryBit(name);
  return [...everyCommand(engine.commands)]
    .filter(command => (command.categories & bit) !== 0)
    .map(one => one.fullName);
}

function generatePassword(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return wrongForm(argv);
  const bits = argv.length === 3 ? integerAt(argv, 2) : 256;
  if (isError(bits)) return bits;
  if (bits <= 0 || bits > 4_096) return BAD_BITS;
  let password = "";
  while (password.length < Math.ceil(bits / 4)) {
    password += ctx.engine.random.uint32().toString(16).padStart(8, "0");
  }
  return password.slice(0, Math.ceil(bits / 4));
}

function log(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return wrongForm(argv);
  const { acl } = ctx.engine;
  if (wordAt(argv, 2) === "RESET") {
    acl.log.clear();
    return OK;
  }
  const count = argv.length === 3 ? integerAt(argv, 2) : 10;
  if (isError(count)) return count;
  return acl.log.entries.slice(0, Math.max(0, count)).map(entry => describeEntry(entry, ctx.nowMs));
}

function describeEntry({ refusal, id, count, createdMs, updatedMs }: LogEntry, nowMs: number): Reply {
  return new MapReply([
    "count",
    count,
    "reason",
    refusal.reason,
    "context",
    refusal.context,
    "object",
    refusal.object,
    "username",
    refusal.user,
    "age-seconds",
    new Double((Math.trunc(nowMs) - Math.trunc(updatedMs)) / 1_000),
    "client-info",
    refusal.client,
    "entry-id",
    id,
    "timestamp-created",
    Math.trunc(createdMs),
    "timestamp-last-updated",
    Math.trunc(updatedMs),
  ]);
}

function dryRun({ engine }: Context, argv: readonly Bytes[]): Reply {
  const user = engine.acl.user(textAt(argv, 2));
  if (user === undefined) return new ErrorReply(`ERR User '${textAt(argv, 2)}' not found`);
  const call = argv.slice(3);
  const command = commandOfCall(engine.commands, call);
  if (command === null) return new ErrorReply(`ERR Command '${textOf(call[0])}' not found`);
  if (!fitsArity(command, call.length)) {
    return new ErrorReply(`ERR wrong number of arguments for '${command.fullName}' command`);
  }
  const denial = denialOf(user, command, call);
  const telling = { verbose: true, nameless: engine.profile.product === "redis" };
  return denial === null ? OK : denialText(denial, user, command, call, telling);
}

/** A file's path seen from the server's directory. */
function inDirectory({ parameters }: Engine, path: string): string {
  return path.startsWith("/") ? path : `${parameters.text("dir")}/${path}`;
}

function load({ engine }: Context): Reply {
  const path = engine.parameters.text("aclfile");
  if (path === "" || engine.host === null) return NO_FILE;
  let text: string;
  try {
    text = engine.host.readFile(inDirectory(engine, path));
  } catch (error) {
    return new ErrorReply(`ERR Error loading ACLs, opening file '${path}': ${(error as Error).message}`);
  }
  const problems = loadAclFile(engine.acl, text, path);
  return problems === null ? OK : new ErrorReply(`ERR ${problems}`);
}

function save({ engine }: Context): Reply {
  const path = engine.parameters.text("aclfile");
  if (path === "" || engine.host === null) return NO_FILE;
  try {
    engine.host.writeFile(inDirectory(engine, path), aclFileText(engine.acl));
    return OK;
  } catch {
    return NOT_SAVED;
  }
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE,
  group: "server",
  since: "6.0.0",
  complexity: "O(N) in users",
  cost: "config",
} as const;
const open = { ...shape, flags: NOSCRIPT | LOADING | STALE, complexity: "O(1)" } as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  { ...open, name: "cat", arity: -2, summary: "The categories, or the commands in one.", run: categories },
  { ...shape, name: "deluser", arity: -3, summary: "Removes users and closes their connections.", run: deleteUsers },
  {
    ...shape,
    name: "dryrun",
    arity: -4,
    since: "7.0.0",
    complexity: "O(1)",
    summary: "Whether a user may make a call, without making it.",
    run: dryRun,
  },
  { ...open, name: "genpass", arity: -2, summary: "A random password.", run: generatePassword },
  {
    ...shape,
    name: "getuser",
    arity: 3,
    complexity: "O(N) in passwords and rules",
    summary: "What a user may do.",
    run: getUser,
  },
  {
    ...shape,
    name: "list",
    arity: 2,
    summary: "All users as lines of an ACL file.",
    run: ctx => ctx.engine.acl.users.map(user => `user ${user.name} ${user.describe()}`),
  },
  { ...shape, name: "load", arity: 2, summary: "Replaces all users by those of the ACL file.", run: load },
  { ...shape, name: "log", arity: -2, complexity: "O(N) in entries", summary: "Who was refused what.", run: log },
  { ...shape, name: "save", arity: 2, summary: "Writes all users to the ACL file.", run: save },
  {
    ...shape,
    name: "setuser",
    arity: -3,
    complexity: "O(N) in rules",
    summary: "Makes or changes a user.",
    run: setUser,
  },
  {
    ...shape,
    name: "users",
    arity: 2,
    summary: "The names of all users.",
    run: ctx => ctx.engine.acl.users.map(({ name }) => name),
  },
  { ...open, name: "whoami", arity: 2, summary: "The connection's user.", run: ctx => ctx.session.user },
];

export const ACL_COMMANDS: readonly CommandSpec[] = [
  {
    ...open,
    name: "acl",
    arity: -2,
    flags: 0,
    summary: "Who may do what.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
