// CLUSTER: what a node is told of the others and of itself. What it knows is in cluster-view.ts, slots in cluster-slots.ts.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ADMIN, type CommandSpec, MAY_REPLICATE, NO_ASYNC_LOADING, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { ErrorReply, OK, type Reply, Status } from "../reply.ts";
import { changeSlots, listedSlots, setSlot, slotRanges } from "./cluster-slots.ts";
import { CLUSTER_VIEW_SUBCOMMANDS, type Handler, inCluster } from "./cluster-view.ts";

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/iu;

function meet(cluster: Cluster, argv: readonly Bytes[]): Reply {
  const port = integerAt(argv, 3);
  if (isError(port)) return new ErrorReply(`ERR Invalid base port specified: ${textAt(argv, 3)}`);
  const busPort = argv.length > 4 ? integerAt(argv, 4) : port + 10_000;
  if (isError(busPort)) return new ErrorReply(`ERR Invalid bus port specified: ${textAt(argv, 4)}`);
  const ip = textAt(argv, 2);
  const isPort = (number: number) => number > 0 && number <= 65_535;
  if (!IP.test(ip) || !isPort(port) || !isPort(busPort)) {
    return new ErrorReply(`ERR Invalid node address specified: ${ip}:${textAt(argv, 3)}`);
  }
  cluster.host?.meet(ip, port, busPort);
  return OK;
}

function forget(cluster: Cluster, ctx: Context, argv: readonly Bytes[]): Reply {
  const id = textAt(argv, 2);
  const node = cluster.nodes.get(id);
  if (node === undefined) {
    // Somebody else may have spread the word already.
    return (cluster.forgotten.get(id) ?? 0) > ctx.nowMs ? OK : new ErrorReply(`ERR Unknown node ${id}`);
  }
  if (node === cluster.myself) return new ErrorReply("ERR I tried hard but I can't forget myself...");
  if (cluster.myself.primary === node) return new ErrorReply("ERR Can't forget my master!");
  const seconds = ctx.engine.parameters.number("cluster-blacklist-ttl");
  cluster.forgotten.set(id, ctx.nowMs + seconds * 1_000);
  cluster.remove(node);
  cluster.changed();
  return OK;
}

function replicate(cluster: Cluster, argv: readonly Bytes[]): Reply {
  const { myself } = cluster;
  const node = cluster.nodes.get(textAt(argv, 2));
  if (node === undefined) return new ErrorReply(`ERR Unknown node ${textAt(argv, 2)}`);
  if (node === myself) return new ErrorReply("ERR Can't replicate myself");
  if (node.isReplica) return new ErrorReply("ERR I can only replicate a master, not a replica.");
  const keys = cluster.engine.databases[0]?.size ?? 0;
  if (myself.isPrimary && (myself.slotCount > 0 || keys > 0)) {
    return new ErrorReply("ERR To set a master the node must be empty and without assigned slots.");
  }
  if (myself.primary === node) return OK;
  cluster.follow(node);
  cluster.host?.announce();
  return OK;
}

function failover(cluster: Cluster, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return SYNTAX;
  const word = argv.length === 3 ? wordAt(argv, 2) : "";
  if (word !== "" && word !== "FORCE" && word !== "TAKEOVER") return SYNTAX;
  const { myself } = cluster;
  if (myself.isPrimary) return new ErrorReply("ERR You should send CLUSTER FAILOVER to a replica");
  if (myself.primary === null) return new ErrorReply("ERR I'm a replica but my master is unknown to me");
  if (word === "" && (myself.primary.isFailed || myself.primary.link === null)) {
    return new ErrorReply("ERR Master is down or failed, please use CLUSTER FAILOVER FORCE");
  }
  cluster.host?.failover(word === "TAKEOVER" ? "takeover" : word === "FORCE" ? "force" : "orderly");
  return OK;
}

function setConfigEpoch(cluster: Cluster, argv: readonly Bytes[]): Reply {
  const epoch = integerAt(argv, 2);
  if (isError(epoch)) return epoch;
  if (epoch < 0) return new ErrorReply(`ERR Invalid config epoch specified: ${epoch}`);
  if (cluster.nodes.size > 1) {
    return new ErrorReply("ERR The user can assign a config epoch only when the node does not know any other node.");
  }
  if (cluster.myself.configEpoch !== 0) return new ErrorReply("ERR Node config epoch is already non-zero");
  cluster.myself.configEpoch = epoch;
  cluster.currentEpoch = Math.max(cluster.currentEpoch, epoch);
  cluster.log(`configEpoch set to ${epoch} via CLUSTER SET-CONFIG-EPOCH`);
  cluster.changed();
  return OK;
}

function reset(cluster: Cluster, argv: readonly Bytes[]): Reply {
  const word = argv.length === 3 ? wordAt(argv, 2) : "SOFT";
  if (argv.length > 3 || (word !== "HARD" && word !== "SOFT")) return SYNTAX;
  if (cluster.myself.isPrimary && (cluster.engine.databases[0]?.size ?? 0) > 0) {
    return new ErrorReply("ERR CLUSTER RESET can't be called with master nodes containing keys");
  }
  cluster.reset(word === "HARD");
  return OK;
}

function addSlots(remove: boolean): Handler {
  return (cluster, _ctx, argv) => {
    const slots = listedSlots(argv);
    return isError(slots) ? slots : changeSlots(cluster, slots, remove);
  };
}

function addRanges(remove: boolean): Handler {
  return (cluster, ctx, argv) => {
    const ranges = slotRanges(argv, ctx.command.fullName);
    return isError(ranges) ? ranges : changeSlots(cluster, ranges, remove);
  };
}

const base = { group: "cluster", since: "3.0.0", complexity: "O(1)", cost: "config" } as const;
const change = NO_ASYNC_LOADING | ADMIN | STALE;

const SUBCOMMANDS: readonly CommandSpec[] = [
  ...CLUSTER_VIEW_SUBCOMMANDS,
  {
    ...base,
    name: "addslots",
    arity: -3,
    flags: change,
    complexity: "O(N) in slots",
    summary: "This node serves these slots.",
    run: inCluster(addSlots(false)),
  },
  {
    ...base,
    name: "addslotsrange",
    arity: -4,
    flags: change,
    since: "7.0.0",
    complexity: "O(N) in slots",
    summary: "This node serves the slots of these ranges.",
    run: inCluster(addRanges(false)),
  },
  {
    ...base,
    name: "bumpepoch",
    arity: 2,
    flags: change,
    summary: "Makes this node's claims outrank all others.",
    run: inCluster(cluster => {
      const bumped = cluster.bumpEpoch();
      return new Status(`${bumped ? "BUMPED" : "STILL"} ${cluster.myself.configEpoch}`);
    }),
  },
  {
    ...base,
    name: "delslots",
    arity: -3,
    flags: change,
    complexity: "O(N) in slots",
    summary: "Takes slots off whoever serves them, as this node sees it.",
    run: inCluster(addSlots(true)),
  },
  {
    ...base,
    name: "delslotsrange",
    arity: -4,
    flags: change,
    since: "7.0.0",
    complexity: "O(N) in slots",
    summary: "DELSLOTS for ranges.",
    run: inCluster(addRanges(true)),
  },
  {
    ...base,
    name: "failover",
    arity: -2,
    flags: change,
    summary: "This replica takes the place of its primary.",
    run: inCluster((cluster, _ctx, argv) => failover(cluster, argv)),
  },
  {
    ...base,
    name: "flushslots",
    arity: 2,
    flags: change,
    summary: "This node serves no slots any more.",
    run: inCluster(cluster => {
      if ((cluster.engine.databases[0]?.size ?? 0) > 0) {
        return new ErrorReply("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
      }
      return changeSlots(cluster, cluster.rangesOf(cluster.myself), true);
    }),
  },
  {
    ...base,
    name: "forget",
    arity: 3,
    flags: change,
    summary: "Removes a node from what this one knows.",
    run: inCluster(forget),
  },
  {
    ...base,
    name: "meet",
    arity: -4,
    flags: change,
    summary: "Gets to know another node.",
    run: inCluster((cluster, _ctx, argv) => meet(cluster, argv)),
  },
  {
    ...base,
    name: "replicate",
    arity: 3,
    flags: change,
    summary: "Makes this node a replica of another one.",
    run: inCluster((cluster, _ctx, argv) => replicate(cluster, argv)),
  },
  {
    ...base,
    name: "reset",
    arity: -2,
    flags: ADMIN | STALE | NOSCRIPT,
    complexity: "O(N) in nodes and keys",
    summary: "Forgets the cluster.",
    run: inCluster((cluster, _ctx, argv) => reset(cluster, argv)),
  },
  {
    ...base,
    name: "saveconfig",
    arity: 2,
    flags: change,
    summary: "Writes down what this node knows.",
    run: inCluster(cluster => {
      const problem = cluster.host?.saveNow() ?? null;
      return problem === null ? OK : new ErrorReply(`ERR error saving the cluster node config: ${problem}`);
    }),
  },
  {
    ...base,
    name: "set-config-epoch",
    arity: 3,
    flags: change,
    summary: "Sets the rank of a new node's claims.",
    run: inCluster((cluster, _ctx, argv) => setConfigEpoch(cluster, argv)),
  },
  {
    ...base,
    name: "setslot",
    arity: -4,
    flags: change | MAY_REPLICATE,
    summary: "Says where a slot is, or where it is going.",
    run: inCluster((cluster, ctx, argv) => setSlot(ctx, cluster, argv)),
  },
];

export const CLUSTER_COMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "cluster",
    arity: -2,
    flags: 0,
    complexity: "depends on the subcommand",
    summary: "The cluster as this node sees it.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
