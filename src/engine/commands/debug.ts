// DEBUG: what tests and drills need. To clients it is one command without subcommands, unlike the other containers; each
// family brings the parts that look into its own values.

import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { helpLines } from "../introspection/help.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { CLUSTER_DEBUG_SUBCOMMANDS } from "./debug-cluster.ts";
import { CORE_DEBUG_SUBCOMMANDS } from "./debug-core.ts";
import { LIST_DEBUG_SUBCOMMANDS } from "./debug-list.ts";
import { MEMBER_TABLE_DEBUG_SUBCOMMANDS } from "./debug-member-table.ts";
import { PROTOCOL_DEBUG_SUBCOMMANDS } from "./debug-protocol.ts";
import { TABLE_DEBUG_SUBCOMMANDS } from "./debug-table.ts";
import { fitsArity } from "./introspect.ts";
import { PERSISTENCE_DEBUG_SUBCOMMANDS } from "./persistence.ts";

const PARTS: ReadonlyMap<string, CommandSpec> = new Map(
  [
    ...CORE_DEBUG_SUBCOMMANDS,
    ...PROTOCOL_DEBUG_SUBCOMMANDS,
    ...TABLE_DEBUG_SUBCOMMANDS,
    ...CLUSTER_DEBUG_SUBCOMMANDS,
    ...MEMBER_TABLE_DEBUG_SUBCOMMANDS,
    ...LIST_DEBUG_SUBCOMMANDS,
    ...PERSISTENCE_DEBUG_SUBCOMMANDS,
  ].map(part => [part.name, part]),
);

function debug(ctx: Context, argv: readonly Bytes[]): Reply {
  const word = textAt(argv, 1);
  const name = word.toLowerCase();
  if (name === "help" && argv.length === 2) {
    const parts = [...PARTS.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return helpLines(
      "debug",
      parts.map(part => [part.name, part.summary]),
    );
  }
  const part = PARTS.get(name);
  if (part !== undefined && fitsArity(part, argv.length)) return part.run(ctx, argv);
  return new ErrorReply(
    `ERR unknown subcommand or wrong number of arguments for '${word.slice(0, 128)}'. Try DEBUG HELP.`,
  );
}

export const DEBUG_COMMANDS: readonly CommandSpec[] = [
  {
    name: "debug",
    arity: -2,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "1.0.0",
    complexity: "depends on the subcommand",
    summary: "For tests.",
    cost: "config",
    run: debug,
  },
];
