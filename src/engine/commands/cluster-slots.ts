// CLUSTER: slots, who serves them, which of them are on the move, and what they cost.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { ClusterNode } from "../cluster/node.ts";
import type { SlotMetric } from "../cluster/slot-stats.ts";
import { type Context, textAt } from "../context.ts";
import { unknownSubcommand, wrongArity } from "../errors.ts";
import { BLOCKED, ErrorReply, MapReply, OK, type Reply } from "../reply.ts";
import { SLOT_COUNT } from "../slots.ts";

const INVALID_SLOT = new ErrorReply("ERR Invalid or out of range slot");
const SETSLOT_TIMEOUT_MS = 2_000;

function slotAt(argv: readonly Bytes[], at: number): number | ErrorReply {
  const slot = integerAt(argv, at);
  return isError(slot) || slot < 0 || slot >= SLOT_COUNT ? INVALID_SLOT : slot;
}

/** ADDSLOTS and DELSLOTS: all of these slots, or none. */
export function changeSlots(
  cluster: Cluster,
  ranges: readonly (readonly [first: number, last: number])[],
  remove: boolean,
): Reply {
  const chosen = new Set<number>();
  for (const [first, last] of ranges) {
    for (let slot = first; slot <= last; slot++) {
      if (remove && cluster.slots[slot] === null) return new ErrorReply(`ERR Slot ${slot} is already unassigned`);
      if (!remove && cluster.slots[slot] !== null) return new ErrorReply(`ERR Slot ${slot} is already busy`);
      if (chosen.has(slot)) return new ErrorReply(`ERR Slot ${slot} specified multiple times`);
      chosen.add(slot);
    }
  }
  for (const slot of chosen) {
    cluster.importing.delete(slot);
    if (remove) cluster.unassign(slot);
    else cluster.assign(slot, cluster.myself);
  }
  cluster.changed();
  return OK;
}

export function listedSlots(argv: readonly Bytes[]): [number, number][] | ErrorReply {
  const slots: [number, number][] = [];
  for (let i = 2; i < argv.length; i++) {
    const slot = slotAt(argv, i);
    if (isError(slot)) return slot;
    slots.push([slot, slot]);
  }
  return slots;
}

export function slotRanges(argv: readonly Bytes[], fullName: string): [number, number][] | ErrorReply {
  if (argv.length % 2 === 1) return wrongArity(fullName);
  const ranges: [number, number][] = [];
  for (let i = 2; i < argv.length; i += 2) {
    const [first, last] = [slotAt(argv, i), slotAt(argv, i + 1)];
    if (isError(first)) return first;
    if (isError(last)) return last;
    if (first > last) {
      return new ErrorReply(`ERR start slot number ${first} is greater than end slot number ${last}`);
    }
    ranges.push([first, last]);
  }
  return ranges;
}

// -----------------------------------------------------------------------------------------------------------------
// SETSLOT.

type Move =
  | { readonly how: "migrating" | "importing" | "node"; readonly node: ClusterNode }
  | { readonly how: "stable"; readonly node: null };

interface SetSlot {
  readonly slot: number;
  readonly move: Move;
  readonly timeoutMs: number;
}

function parseSetSlot(ctx: Context, cluster: Cluster, argv: readonly Bytes[]): SetSlot | ErrorReply {
  const { myself } = cluster;
  if (myself.isReplica && !ctx.session.fromPrimary) return new ErrorReply("ERR Please use SETSLOT only with masters.");
  const slot = slotAt(argv, 2);
  if (isError(slot)) return slot;
  const how = wordAt(argv, 3);
  const node = argv.length >= 5 ? cluster.nodes.get(textAt(argv, 4)) : undefined;
  const unknown = new ErrorReply(`ERR I don't know about node ${argv.length >= 5 ? textAt(argv, 4) : ""}`);
  const notPrimary = new ErrorReply("ERR Target node is not a master");
  let move: Move;
  if (how === "MIGRATING" && argv.length >= 5) {
    if (myself.isPrimary && cluster.slots[slot] !== myself) {
      return new ErrorReply(`ERR I'm not the owner of hash slot ${slot}`);
    }
    if (node === undefined) return unknown;
    if (node.isReplica) return notPrimary;
    move = { how: "migrating", node };
  } else if (how === "IMPORTING" && argv.length >= 5) {
    if (cluster.slots[slot] === myself) return new ErrorReply(`ERR I'm already the owner of hash slot ${slot}`);
    if (node === undefined) return unknown;
    if (node.isReplica) return notPrimary;
    move = { how: "importing", node };
  } else if (how === "STABLE") {
    move = { how: "stable", node: null };
  } else if (how === "NODE" && argv.length >= 5) {
    if (node === undefined) return new ErrorReply(`ERR Unknown node ${textAt(argv, 4)}`);
    if (node.isReplica) return notPrimary;
    if (cluster.slots[slot] === myself && node !== myself && cluster.keysIn(slot) > 0) {
      return new ErrorReply(
        `ERR Can't assign hashslot ${slot} to a different node while I still hold keys for this hash slot.`,
      );
    }
    move = { how: "node", node };
  } else {
    return new ErrorReply("ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
  }
  let timeoutMs = SETSLOT_TIMEOUT_MS;
  for (let i = move.how === "stable" ? 4 : 5; i < argv.length; i++) {
    if (wordAt(argv, i) !== "TIMEOUT") continue;
    if (i + 1 >= argv.length) return new ErrorReply("ERR Missing timeout value");
    const given = integerAt(argv, i + 1);
    if (isError(given)) return new ErrorReply("ERR timeout is not an integer or out of range");
    if (given < 0) return new ErrorReply("ERR timeout is negative");
    timeoutMs = given;
  }
  return { slot, move, timeoutMs };
}

const NOT_REPLICATED = new ErrorReply("NOREPLICAS Not enough good replicas to write.");

/** The replicas hear of it first: what a primary has confirmed must survive it. */
export function setSlot(ctx: Context, cluster: Cluster, argv: readonly Bytes[]): Reply {
  const parsed = parseSetSlot(ctx, cluster, argv);
  if (isError(parsed)) return parsed;
  const { slot, move, timeoutMs } = parsed;
  const { engine } = ctx;
  const { replication } = engine;
  const replicas = [...replication.replicas].filter(({ phase, version }) => phase === "online" && version !== "");
  if (cluster.myself.isPrimary && replicas.length > 0 && ctx.mayBlock) {
    // It is told at the end of this call: whoever has more than what has been told by now has that too.
    const before = replication.offset;
    ctx.dirty++;
    const poll = () => {
      if (replication.countAcks(before + 1) < replicas.length) return null;
      apply(cluster, slot, move);
      return OK;
    };
    engine.blocking.parkUntil(ctx.session, ctx.command, argv, timeoutMs, poll, () => NOT_REPLICATED);
    replication.requestAcks();
    return BLOCKED;
  }
  apply(cluster, slot, move);
  return OK;
}

function apply(cluster: Cluster, slot: number, { how, node }: Move): void {
  if (how === "migrating") {
    cluster.log(`Migrating slot ${slot} to node ${node.title}`);
    cluster.migrating.set(slot, node);
  } else if (how === "importing") {
    cluster.log(`Importing slot ${slot} from node ${node.title}`);
    cluster.importing.set(slot, node);
  } else if (how === "stable") {
    cluster.log(`Marking slot ${slot} stable`);
    cluster.migrating.delete(slot);
    cluster.importing.delete(slot);
  } else give(cluster, slot, node);
  cluster.changed();
}

function give(cluster: Cluster, slot: number, node: ClusterNode): void {
  const { myself, engine } = cluster;
  cluster.log(`Assigning slot ${slot} to node ${node.title} in shard ${node.shardId}`);
  if (cluster.keysIn(slot) === 0) cluster.migrating.delete(slot);
  const head = myself.head;
  const wasMine = cluster.slots[slot] === head;
  cluster.unassign(slot);
  cluster.assign(slot, node);
  if (wasMine && head.slotCount === 0 && node !== head) {
    if (engine.parameters.flag("cluster-allow-replica-migration")) {
      cluster.log(
        `Lost my last slot during slot migration. Reconfiguring myself as a replica of ${node.title} in shard ${node.shardId}`,
      );
      cluster.follow(node);
    } else if (myself.isPrimary) {
      cluster.log(
        `My last slot was migrated to node ${node.title} in shard ${node.shardId}. I am now an empty primary.`,
      );
    }
  }
  if ((node === myself || node === myself.primary) && cluster.importing.delete(slot) && node === myself) {
    if (cluster.bumpEpoch()) cluster.log(`ConfigEpoch updated after importing slot ${slot}`);
    cluster.host?.announce();
  }
}

// -----------------------------------------------------------------------------------------------------------------
// SLOT-STATS.

const METRICS: readonly SlotMetric[] = ["key-count", "cpu-usec", "network-bytes-in", "network-bytes-out"];

function statsOf(cluster: Cluster, slot: number): Reply {
  const metrics = cluster.stats.enabled ? METRICS : METRICS.slice(0, 1);
  return [slot, new MapReply(metrics.flatMap(metric => [metric, cluster.stats.of(slot, metric)]))];
}

export function slotStats(cluster: Cluster, argv: readonly Bytes[]): Reply {
  const own = (slot: number) => cluster.slots[slot] === cluster.myself.head;
  const word = wordAt(argv, 2);
  if (word === "SLOTSRANGE" && argv.length === 5) {
    const [first, last] = [slotAt(argv, 3), slotAt(argv, 4)];
    if (isError(first)) return first;
    if (isError(last)) return last;
    if (first > last) return new ErrorReply(`ERR Start slot number ${first} is greater than end slot number ${last}`);
    const rows: Reply[] = [];
    for (let slot = first; slot <= last; slot++) if (own(slot)) rows.push(statsOf(cluster, slot));
    return rows;
  }
  if (word !== "ORDERBY" || argv.length < 4) return unknownSubcommand("cluster", textAt(argv, 1));
  const metric = METRICS.find(one => one === textAt(argv, 3).toLowerCase());
  if (metric === undefined || (metric !== "key-count" && !cluster.stats.enabled)) {
    return new ErrorReply("ERR Unrecognized sort metric for ORDERBY.");
  }
  const order = parseOrder(argv);
  if (isError(order)) return order;
  const rows: [slot: number, value: number][] = [];
  for (let slot = 0; slot < SLOT_COUNT; slot++) if (own(slot)) rows.push([slot, cluster.stats.of(slot, metric)]);
  rows.sort((a, b) => (order.descending ? b[1] - a[1] : a[1] - b[1]) || a[0] - b[0]);
  return rows.slice(0, order.limit).map(([slot]) => statsOf(cluster, slot));
}

function parseOrder(argv: readonly Bytes[]): { limit: number; descending: boolean } | ErrorReply {
  let limit: number | null = null;
  let descending: boolean | null = null;
  for (let i = 4; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const again = new ErrorReply("ERR Multiple filters of the same type are disallowed.");
    if (word === "LIMIT" && i + 1 < argv.length) {
      const given = integerAt(argv, ++i);
      if (isError(given) || given < 1 || given > SLOT_COUNT) {
        return new ErrorReply("ERR Limit has to lie in between 1 and 16384 (maximum number of slots).");
      }
      if (limit !== null) return again;
      limit = given;
    } else if (word === "ASC" || word === "DESC") {
      if (descending !== null) return again;
      descending = word === "DESC";
    } else return SYNTAX;
  }
  return { limit: limit ?? SLOT_COUNT, descending: descending ?? true };
}
