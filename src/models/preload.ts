// How things stand when the run begins: the workloads' preloaded keys and the scenario's own, on every member of a shard.
// The same effect on each of them, without the stream and without time: nothing of it happens.

import type { Bytes } from "../engine/bytes.ts";
import { slotsOf } from "../engine/memory/table-bytes.ts";
import { ErrorReply } from "../engine/reply.ts";
import { keySlot } from "../engine/slots.ts";
import type { Simulation } from "../sim/simulation.ts";
import { fillCommands } from "../workload/stored.ts";
import { setCommand } from "./caching/pattern.ts";
import type { Cluster } from "./cluster.ts";
import type { WorldConfig } from "./config.ts";
import type { EventLog } from "./event-log.ts";
import { SampledMemory } from "./sampled-memory.ts";
import type { Traffic } from "./traffic.ts";

/** A key that stands in the cache before the run. */
export interface Preloaded {
  readonly key: string;
  readonly slot: number;
  readonly hash: number;
  readonly value: Bytes;
  readonly ttlSeconds: number | null;
}

export function preload(
  cluster: Cluster,
  traffic: readonly Traffic[],
  { data = [], horizon }: Pick<WorldConfig, "data" | "horizon">,
  sim: Simulation,
  log: EventLog,
): void {
  if (horizon !== undefined && horizon.keysPer > 1) sampleMemory(cluster, traffic, horizon.keysPer);
  const sessions = new Map(cluster.nodes.map(node => [node, node.engine.session(0, true)]));
  /** Commands that a node refused, by why: more keys than it may hold. */
  const refused = new Map<string, number>();
  let times = 0;
  const put = (slot: number, argv: readonly Bytes[], hash?: number) => {
    if (++times % FIT_EVERY === 0) for (const { ram } of cluster.nodes) ram.sampled?.fit();
    const { primary, replicas } = cluster.shards[cluster.shardOfSlot[slot]];
    for (const node of [primary, ...replicas]) {
      const { engine } = node;
      const { replicate } = engine;
      engine.replicate = null;
      const session = sessions.get(node)!;
      const reply = hash === undefined ? engine.execute(session, argv) : engine.execute(session, argv, slot, hash);
      engine.replicate = replicate;
      node.tiering?.settle(0);
      if (reply instanceof ErrorReply) refused.set(reply.text, (refused.get(reply.text) ?? 0) + 1);
    }
  };
  for (const one of traffic) {
    const { holds } = one.config;
    for (const { key, slot, hash, value, ttlSeconds } of shardByShard(one.preload(), cluster)) {
      if (holds == null) put(slot, setCommand(key, value, ttlSeconds), hash);
      else {
        for (const argv of fillCommands(key, holds, one.random("holds"))) put(slot, argv);
        if (ttlSeconds !== null) put(slot, ["pexpire", key, String(Math.max(1, Math.round(ttlSeconds * 1_000)))]);
      }
    }
  }
  for (const { key, stored } of data) {
    for (const argv of fillCommands(key, stored, sim.random(`data/${key}`))) put(keySlot(key), argv);
  }
  for (const [why, count] of refused) log.add("preload", `${count} commands were refused: ${why}`);
  for (const { engine } of cluster.nodes) engine.stats.reset();
}

/** Keys that are sorted by shard at a time: one node's tables fit a processor's cache, those of a large cluster do not. */
const SORTED = 16_384;

/** The same keys, in the same order on each shard. */
function* shardByShard(keys: Iterable<Preloaded>, cluster: Cluster): Generator<Preloaded> {
  if (cluster.shards.length === 1) return yield* keys;
  const waiting: Preloaded[][] = cluster.shards.map(() => []);
  let count = 0;
  const sorted = function* () {
    for (const some of waiting) {
      yield* some;
      some.length = 0;
    }
    count = 0;
  };
  for (const one of keys) {
    waiting[cluster.shardOfSlot[one.slot]].push(one);
    if (++count === SORTED) yield* sorted();
  }
  yield* sorted();
}

/** Bucket arrays grow with the keys, and limits of samples with them. */
const FIT_EVERY = 512;

/** Limits of nodes for a sample of the keys; the keys that stand for themselves are stored once, to see what they take. */
function sampleMemory(cluster: Cluster, traffic: readonly Traffic[], keysPer: number): void {
  const slots = slotsOf(cluster.shards.length, cluster.config.mode === "cluster");
  for (const one of traffic) {
    for (const { key, slot, hash, value, ttlSeconds } of one.hotKeys()) {
      const { primary, replicas } = cluster.shards[cluster.shardOfSlot[slot]];
      for (const { engine } of [primary, ...replicas]) {
        const { replicate } = engine;
        engine.replicate = null;
        engine.execute(engine.session(0, true), setCommand(key, value, ttlSeconds), slot, hash);
        engine.replicate = replicate;
      }
    }
  }
  for (const { engine, ram } of cluster.nodes) {
    ram.sampled = new SampledMemory(engine, slots, keysPer, engine.settings.maxmemory);
    ram.sampled.hotStored();
    engine.flushAll();
    ram.sampled.fit();
  }
}
