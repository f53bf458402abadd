// DEBUG on the cluster bus: messages that are lost, connections that break.

import { integerAt, isError, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { CLUSTER_DISABLED } from "../errors.ts";
import { ErrorReply, OK, type Reply } from "../reply.ts";

function breakLink(ctx: Context, argv: readonly Bytes[]): Reply {
  const { clusterState } = ctx.engine;
  if (clusterState === null) return new ErrorReply("ERR Debug option only available for cluster mode enabled setup!");
  const node = clusterState.nodes.get(textAt(argv, 4));
  if (wordAt(argv, 2) !== "KILL" || node === undefined) {
    return new ErrorReply(`ERR Unknown node ${textAt(argv, 4)}`);
  }
  const direction = wordAt(argv, 3);
  if (direction !== "TO" && direction !== "FROM" && direction !== "ALL") {
    return new ErrorReply(`ERR Unknown direction ${textAt(argv, 3)}`);
  }
  if (direction !== "FROM") node.link?.close();
  if (direction !== "TO") node.inbound?.close();
  if (direction !== "FROM") node.link = null;
  if (direction !== "TO") node.inbound = null;
  return OK;
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
  group: "server",
  since: "7.0.0",
  complexity: "O(1)",
  cost: "config",
} as const;

export const CLUSTER_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  { ...shape, name: "clusterlink", arity: 5, summary: "Breaks the bus's connections with a node.", run: breakLink },
  {
    ...shape,
    name: "drop-cluster-packet-filter",
    arity: 3,
    since: "8.0.0",
    summary: "Ignores messages of a type; -1: none.",
    run: (ctx, argv) => {
      const { clusterState } = ctx.engine;
      if (clusterState === null) return CLUSTER_DISABLED;
      const type = integerAt(argv, 2);
      if (isError(type)) return type;
      clusterState.droppedType = type;
      return OK;
    },
  },
  {
    ...shape,
    name: "close-cluster-link-on-packet-drop",
    arity: 3,
    since: "8.0.0",
    summary: "Whether a connection is closed when a message on it is ignored.",
    run: (ctx, argv) => {
      const { clusterState } = ctx.engine;
      if (clusterState === null) return CLUSTER_DISABLED;
      clusterState.closesOnDrop = textAt(argv, 2) !== "0";
      return OK;
    },
  },
];
