// SLOWLOG: the calls that took long.

import { integerAt, isError, SYNTAX } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, STALE } from "../command.ts";
import type { Context } from "../context.ts";
import { ErrorReply, OK, type Reply } from "../reply.ts";
import { subcommandSyntax } from "./stream-arguments.ts";

const DEFAULT_COUNT = 10;
const COUNT_TOO_SMALL = new ErrorReply("ERR count should be greater than or equal to -1");

function get(ctx: Context, argv: readonly Bytes[]): Reply {
  const { slowlog } = ctx.engine.durations;
  if (argv.length > 3) return subcommandSyntax(argv);
  let count = DEFAULT_COUNT;
  if (argv.length === 3) {
    const given = integerAt(argv, 2);
    if (isError(given) || given < -1) return COUNT_TOO_SMALL;
    count = given === -1 ? slowlog.length : given;
  }
  return slowlog
    .latest(count)
    .map(({ id, atSeconds, us, words, address, clientName }) => [id, atSeconds, us, words, address, clientName]);
}

const shape = {
  flags: ADMIN | LOADING | STALE,
  group: "server",
  since: "2.2.12",
  cost: "config",
} as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "get",
    arity: -2,
    complexity: "O(N) in entries returned",
    summary: "The latest slow calls: id, time, microseconds, words, address and name of the client.",
    run: get,
  },
  {
    ...shape,
    name: "len",
    arity: 2,
    complexity: "O(1)",
    summary: "How many calls the log holds.",
    run: ctx => ctx.engine.durations.slowlog.length,
  },
  {
    ...shape,
    name: "reset",
    arity: 2,
    complexity: "O(N) in entries",
    summary: "Empties the log.",
    run: ctx => {
      ctx.engine.durations.slowlog.reset();
      return OK;
    },
  },
];

export const SLOWLOG_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "slowlog",
    arity: -2,
    flags: 0,
    complexity: "depends on the subcommand",
    summary: "Calls that took long.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
