// Moving slots between shards while the cluster serves: by which method, and what is told of it.

import type { Cluster, Shard } from "../cluster.ts";
import type { MigrationConfig } from "../config/scaling.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import { AtomicMigration } from "./atomic.ts";
import type { SlotRoute } from "./plan.ts";
import { SlotBySlot } from "./slot-by-slot.ts";

/** What has been moved so far. */
export interface MigrationProgress {
  /** Slots that are to move. */
  readonly slots: number;
  movedSlots: number;
  keys: number;
  bytes: number;
  /** Longest time that an engine thread stood still for one batch, or that writes waited for one hand-over. */
  longestBlockNs: number;
  longestPauseNs: number;
  /** Slots that stay because an item in them is too large. */
  keptSlots: number;
  /** Attempts that had to be begun anew: a node died, a buffer overflowed. */
  restarts: number;
  /** Why it was given up; what had been moved stays moved. */
  failed: string | null;
}

/** Moves slots along the routes; `done` is told when all is over. */
export function migrateSlots(
  cluster: Cluster,
  routes: readonly SlotRoute[],
  config: MigrationConfig,
  cause: number | null,
  done: (progress: MigrationProgress) => void,
): MigrationProgress {
  const progress: MigrationProgress = {
    slots: routes.reduce((sum, route) => sum + route.slots.length, 0),
    movedSlots: 0,
    keys: 0,
    bytes: 0,
    longestBlockNs: 0,
    longestPauseNs: 0,
    keptSlots: 0,
    restarts: 0,
    failed: null,
  };
  const Method = config.method === "atomic" ? AtomicMigration : SlotBySlot;
  new Method(cluster, routes, config, progress, cause, () => done(progress)).start();
  return progress;
}

/** Time of so many round trips between two zones. */
export function roundTripsNs(latency: Latency, count: number, a: number, b: number): number {
  let ns = 0;
  for (let i = 0; i < count; i++) ns += latency.oneWayNs(a, b) + latency.oneWayNs(b, a);
  return ns;
}

/** A shard has a primary that runs. */
export function isLed(shard: Shard): boolean {
  return !shard.failed && shard.primary.state === "up";
}

/** Both ends of a route have a primary that runs, and these reach each other. The operator reaches everybody (assumed). */
export function isReady({ shards, latency }: Cluster, { from, to }: SlotRoute): boolean {
  const [source, target] = [shards[from], shards[to]];
  return isLed(source) && isLed(target) && connects(latency, source.primary, target.primary);
}

export function connects({ faults }: Latency, one: Node, other: Node): boolean {
  return faults === null || faults.connects(one.id, other.id);
}
