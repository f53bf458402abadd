// Slots that move key by key, as every engine before Valkey 9 does it. An operator (valkey-cli, a control plane) drives it
// from outside, and what it waits for is mostly the network:
//
//   round trips per slot = 2 (SETSLOT importing, migrating) + 3 * ceil(keys / batch) + 1 + 2 (SETSLOT node, both ends)
//                          a batch: GETKEYSINSLOT, MIGRATE, and the transfer between the nodes; one look that finds nothing
//   time = round trips + what the nodes work (move-keys.ts)
//
// Published: 40 GB in 16 KB strings from 3 to 4 shards in 102 s, 213,000 round trips (valkey.io, 2025-10-29). The operator
// stands in the first zone (assumed). Items above 256 MB serialized are not moved, and their slot stays (AWS, online
// resharding). A target that refuses, without memory or without enough replicas, is asked again for 10 s, then the slot is rolled back and the migration given up
// (assumed). A failover in between is waited for; copies that the new source primary still has of keys that had moved are
// dropped, as an operator does who mends a cluster.
//
// Left out: buffers of a payload on both ends while it travels, the bus that spreads the change.

import { NONE } from "../../engine/dict.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../../units.ts";
import type { Cluster } from "../cluster.ts";
import type { MigrationConfig } from "../config/scaling.ts";
import { isReady, type MigrationProgress, roundTripsNs } from "./migration.ts";
import { deleteKeys, moveKeys } from "./move-keys.ts";
import type { SlotRoute } from "./plan.ts";
import { SlotKeys } from "./slot-keys.ts";
import { payloadBytes } from "./transfer.ts";

export const LARGEST_ITEM_BYTES = 256 * 2 ** 20;
const OPERATOR_ZONE = 0;
const LOOK_AGAIN_NS = 500 * NS_PER_MS;
const REFUSAL_WAIT_NS = NS_PER_SECOND;
const MOST_REFUSALS = 10;

export class SlotBySlot {
  private readonly queue: SlotRoute[];
  private running = 0;
  private refusals = 0;
  /** By shard number. */
  private readonly keys = new Map<number, SlotKeys>();

  constructor(
    private readonly cluster: Cluster,
    routes: readonly SlotRoute[],
    private readonly config: MigrationConfig,
    private readonly progress: MigrationProgress,
    private readonly cause: number | null,
    private readonly done: () => void,
  ) {
    this.queue = [...routes];
  }

  start(): void {
    this.running = Math.max(1, Math.min(this.config.parallel, this.queue.length));
    for (let i = this.running; i > 0; i--) this.nextRoute();
  }

  private nextRoute(): void {
    const route = this.progress.failed === null ? this.queue.shift() : undefined;
    if (route !== undefined) return this.nextSlot(route, 0);
    if (--this.running > 0) return;
    for (const list of this.keys.values()) list.end();
    this.done();
  }

  private later(ns: number, run: () => void): void {
    this.cluster.sim.after(Math.max(1, Math.round(ns)), "slots", run);
  }

  private nextSlot(route: SlotRoute, from: number): void {
    let at = from;
    if (!isReady(this.cluster, route)) return this.later(LOOK_AGAIN_NS, () => this.nextSlot(route, at));
    for (; at < route.slots.length && this.progress.failed === null; at++) {
      if (!this.hasLargeItem(route, route.slots[at])) break;
      this.progress.keptSlots++;
      const { name } = this.cluster.shards[route.from].primary;
      this.cluster.log.add(name, `slot ${route.slots[at]} stays: an item in it is above 256 MB`, this.cause);
    }
    if (at === route.slots.length || this.progress.failed !== null) return this.nextRoute();
    const slot = route.slots[at];
    this.later(this.operatorTrips(route, 1, 1), () => {
      this.cluster.slots.moving.set(slot, { slot, from: route.from, to: route.to });
      this.ask(route, at, 0);
    });
  }

  /** Round trips of the operator to both ends. */
  private operatorTrips({ from, to }: SlotRoute, toSource: number, toTarget: number): number {
    const { latency, shards } = this.cluster;
    return (
      roundTripsNs(latency, toSource, OPERATOR_ZONE, shards[from].primary.zone) +
      roundTripsNs(latency, toTarget, OPERATOR_ZONE, shards[to].primary.zone)
    );
  }

  /** The source's keys, gathered anew when somebody else leads the shard. */
  private keysOf(route: SlotRoute): SlotKeys {
    const { shards, slots } = this.cluster;
    const { primary } = shards[route.from];
    const known = this.keys.get(route.from);
    if (known?.isOf(primary)) return known;
    known?.end();
    const made = new SlotKeys(primary, slots.slotsOf(route.from));
    this.keys.set(route.from, made);
    if (known !== undefined)
      for (const move of slots.moving.values()) if (move.from === route.from) this.dropStale(move);
    return made;
  }

  /** A new primary of the source may not have heard that a key had moved: the target's is the one that was served since. */
  private dropStale({ slot, from, to }: { slot: number; from: number; to: number }): void {
    const { shards } = this.cluster;
    const source = shards[from].primary;
    const there = shards[to].primary.engine.database(0);
    const stale = this.keys
      .get(from)!
      .peek(slot)
      .filter(key => there.find(key) !== NONE);
    deleteKeys(source, stale);
    this.progress.restarts++;
  }

  private hasLargeItem(route: SlotRoute, slot: number): boolean {
    const { node } = this.keysOf(route);
    const db = node.engine.database(0);
    return this.keysOf(route)
      .peek(slot)
      .some(key => {
        const entry = db.find(key);
        return entry !== NONE && payloadBytes(node, entry) > LARGEST_ITEM_BYTES;
      });
  }

  /** GETKEYSINSLOT, and MIGRATE on its way. */
  private ask(route: SlotRoute, at: number, afterNs: number): void {
    const { latency, shards } = this.cluster;
    const { zone } = shards[route.from].primary;
    const there = latency.oneWayNs(OPERATOR_ZONE, zone);
    this.later(afterNs + roundTripsNs(latency, 1, OPERATOR_ZONE, zone) + there, () => this.batch(route, at));
  }

  private batch(route: SlotRoute, at: number): void {
    const { cluster, progress, config } = this;
    const { sim, latency, shards } = cluster;
    if (!isReady(cluster, route)) return this.later(LOOK_AGAIN_NS, () => this.batch(route, at));
    const slot = route.slots[at];
    const source = shards[route.from].primary;
    const keys = this.keysOf(route).take(slot, config.batch);
    if (keys.length === 0) return this.close(route, at);
    const moved = moveKeys(source, shards[route.to].primary, keys, latency);
    progress.keys += moved.keys;
    progress.bytes += moved.bytes;
    progress.longestBlockNs = Math.max(progress.longestBlockNs, moved.blockedNs);
    const answered = moved.doneNs - sim.now + latency.oneWayNs(source.zone, OPERATOR_ZONE);
    if (moved.refused.length === 0) {
      this.refusals = 0;
      return this.ask(route, at, answered);
    }
    this.keysOf(route).giveBack(slot, moved.refused);
    if (++this.refusals < MOST_REFUSALS) return this.ask(route, at, answered + REFUSAL_WAIT_NS);
    this.rollBack(route, slot, moved.refusal);
  }

  private close(route: SlotRoute, at: number): void {
    const { cluster } = this;
    const slot = route.slots[at];
    this.later(this.operatorTrips(route, 1, 1), () => {
      // Somebody else leads by now, or what had expired came up again: look once more.
      if (!isReady(cluster, route)) return this.later(LOOK_AGAIN_NS, () => this.batch(route, at));
      const { primary } = cluster.shards[route.from];
      const known = this.keys.get(route.from);
      if (!known?.isOf(primary) || primary.engine.database(0).keysInSlot(slot) > 0) {
        if (known?.isOf(primary)) this.forget(route.from);
        return this.batch(route, at);
      }
      cluster.hearsay.handOver([slot], route.from, route.to);
      this.progress.movedSlots++;
      this.nextSlot(route, at + 1);
    });
  }

  private forget(shard: number): void {
    this.keys.get(shard)?.end();
    this.keys.delete(shard);
  }

  /** The target does not take the slot: what it has of it goes back, and the migration is over. */
  private rollBack(route: SlotRoute, slot: number, refusal: string | null): void {
    const { cluster, progress } = this;
    const { shards, latency, log, slots } = cluster;
    const source = shards[route.from].primary;
    const target = shards[route.to].primary;
    const there = new SlotKeys(target, [slot]);
    moveKeys(target, source, there.take(slot, Number.POSITIVE_INFINITY), latency);
    there.end();
    slots.moving.delete(slot);
    progress.failed = `${target.name} does not take slot ${slot}: ${refusal}`;
    log.add(source.name, `slot ${slot} is rolled back: ${progress.failed}`, this.cause);
    this.nextRoute();
  }
}
