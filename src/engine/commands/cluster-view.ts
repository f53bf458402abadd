// CLUSTER: what this node knows of the others, in replies.

import { integerAt, isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { infoText, linksReply, nodeLine, nodesText, shardsReply, slotsReply } from "../cluster/describe.ts";
import { ADMIN, type CommandSpec, LOADING, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { CLUSTER_DISABLED } from "../errors.ts";
import { ErrorReply, type Reply, Verbatim } from "../reply.ts";
import type { Session } from "../session.ts";
import { keySlot } from "../slots.ts";
import { slotStats } from "./cluster-slots.ts";

export type Handler = (cluster: Cluster, ctx: Context, argv: readonly Bytes[]) => Reply;

/** Whose eyes the cluster is described for: a script's are those of the connection that called it. */
function viewer({ engine, session }: Context): Session {
  return engine.currentSession ?? session;
}

/** A subcommand that needs the node's knowledge of its cluster. */
export function inCluster(handler: Handler): CommandSpec["run"] {
  return (ctx, argv) => {
    const { clusterState } = ctx.engine;
    return clusterState === null ? CLUSTER_DISABLED : handler(clusterState, ctx, argv);
  };
}

function replicas(cluster: Cluster, ctx: Context, argv: readonly Bytes[]): Reply {
  const node = cluster.nodes.get(textAt(argv, 2));
  if (node === undefined) return new ErrorReply(`ERR Unknown node ${textAt(argv, 2)}`);
  if (node.isReplica) return new ErrorReply("ERR The specified node is not a master");
  return cluster.replicasOf(node).map(replica => nodeLine(cluster, replica, viewer(ctx)));
}

function keysInSlot(cluster: Cluster, argv: readonly Bytes[]): Reply {
  const slot = integerAt(argv, 2);
  if (isError(slot)) return slot;
  const limit = integerAt(argv, 3);
  if (isError(limit)) return limit;
  if (slot < 0 || slot > 16_383 || limit < 0) return new ErrorReply("ERR Invalid slot or number of keys");
  return cluster.someKeysIn(slot, limit);
}

const base = { group: "cluster", since: "3.0.0", complexity: "O(1)", cost: "config" } as const;
const look = LOADING | STALE;

export const CLUSTER_VIEW_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "count-failure-reports",
    arity: 3,
    flags: ADMIN | STALE,
    complexity: "O(N) in reports",
    summary: "How many nodes say that a node fails.",
    run: inCluster((cluster, _ctx, argv) => {
      const node = cluster.nodes.get(textAt(argv, 2));
      return node === undefined ? new ErrorReply(`ERR Unknown node ${textAt(argv, 2)}`) : node.reports.size;
    }),
  },
  {
    ...base,
    name: "countkeysinslot",
    arity: 3,
    flags: STALE,
    summary: "How many keys of a slot this node holds.",
    cost: "ping",
    run: (ctx, argv) => {
      if (ctx.engine.cluster === null) return CLUSTER_DISABLED;
      const slot = integerAt(argv, 2);
      if (isError(slot)) return slot;
      return slot < 0 || slot > 16_383 ? new ErrorReply("ERR Invalid slot") : ctx.db.keysInSlot(slot);
    },
  },
  {
    ...base,
    name: "getkeysinslot",
    arity: 4,
    flags: STALE,
    complexity: "O(N) in keys",
    summary: "Some keys of a slot.",
    run: inCluster((cluster, _ctx, argv) => keysInSlot(cluster, argv)),
  },
  {
    ...base,
    name: "info",
    arity: 2,
    flags: look,
    summary: "The state of the cluster as text.",
    run: inCluster(cluster => new Verbatim(infoText(cluster))),
  },
  {
    ...base,
    name: "keyslot",
    arity: 3,
    flags: STALE,
    complexity: "O(N) in the key's length",
    summary: "The hash slot of a key.",
    cost: "ping",
    run: (ctx, argv) => (ctx.engine.cluster === null ? CLUSTER_DISABLED : keySlot(textAt(argv, 2))),
  },
  {
    ...base,
    name: "links",
    arity: 2,
    flags: STALE,
    since: "7.0.0",
    complexity: "O(N) in nodes",
    summary: "The connections between this node and the others.",
    run: inCluster(linksReply),
  },
  {
    ...base,
    name: "myid",
    arity: 2,
    flags: look,
    summary: "This node's id.",
    run: inCluster(cluster => cluster.myself.id),
  },
  {
    ...base,
    name: "myshardid",
    arity: 2,
    flags: look,
    since: "7.2.0",
    summary: "The id of this node's shard.",
    run: inCluster(cluster => cluster.myself.shardId),
  },
  {
    ...base,
    name: "nodes",
    arity: 2,
    flags: look,
    complexity: "O(N) in nodes",
    summary: "All nodes, a line each.",
    run: inCluster((cluster, ctx) => new Verbatim(nodesText(cluster, viewer(ctx)))),
  },
  {
    ...base,
    name: "replicas",
    arity: 3,
    flags: ADMIN | STALE,
    since: "5.0.0",
    complexity: "O(N) in replicas",
    summary: "The replicas of a primary.",
    run: inCluster(replicas),
  },
  {
    ...base,
    name: "shards",
    arity: 2,
    flags: look,
    since: "7.0.0",
    complexity: "O(N) in nodes",
    summary: "Slots and nodes of every shard.",
    run: inCluster((cluster, ctx) => shardsReply(cluster, viewer(ctx))),
  },
  {
    ...base,
    name: "slaves",
    arity: 3,
    flags: ADMIN | STALE,
    complexity: "O(N) in replicas",
    summary: "CLUSTER REPLICAS by its old name.",
    run: inCluster(replicas),
  },
  {
    ...base,
    name: "slot-stats",
    arity: -4,
    flags: STALE | LOADING,
    since: "8.0.0",
    complexity: "O(N) in slots, O(N log N) when ordered",
    summary: "What slots have cost.",
    run: inCluster((cluster, _ctx, argv) => slotStats(cluster, argv)),
  },
  {
    ...base,
    name: "slots",
    arity: 2,
    flags: look,
    complexity: "O(N) in nodes",
    summary: "Which nodes serve which slots.",
    run: inCluster((cluster, ctx) => slotsReply(cluster, viewer(ctx))),
  },
];
