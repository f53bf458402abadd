// Slots change hands within the shards that there are: to even numbers, by measured load, or as told.

import type { Cluster } from "../cluster.ts";
import type { MigrationConfig } from "../config/scaling.ts";
import { type MigrationProgress, migrateSlots } from "../slot-migration/migration.ts";
import { evenShares, planShares, type SlotRoute } from "../slot-migration/plan.ts";
import { begin, type Manoeuvre, type ManoeuvreReport } from "./manoeuvre.ts";
import { scalingOf } from "./provision.ts";

/** Moves slots along the routes as a manoeuvre of its own. */
export function reshard(
  cluster: Cluster,
  routes: readonly SlotRoute[],
  method: MigrationConfig["method"] | undefined,
  report: ManoeuvreReport,
  done: () => void,
): void {
  const nothing = routes.length === 0 ? "there is no slot to move" : null;
  const manoeuvre = begin(cluster, "resharding", report, done, nothing);
  if (manoeuvre === null) return;
  report.target = "cluster";
  move(cluster, manoeuvre, routes, method, () => manoeuvre.end());
}

/** The moves that make the numbers of slots even. */
export function evenRoutes(cluster: Cluster): SlotRoute[] {
  return planShares(cluster.slots.owner, evenShares(cluster.members.map(shard => shard.index)));
}

/** The part of a manoeuvre in which slots move; its figures go into the report. */
export function move(
  cluster: Cluster,
  manoeuvre: Manoeuvre,
  routes: readonly SlotRoute[],
  method: MigrationConfig["method"] | undefined,
  done: (progress: MigrationProgress) => void,
): void {
  const { migration } = scalingOf(cluster);
  const config = { ...migration, method: method ?? migration.method };
  const startNs = cluster.sim.now;
  migrateSlots(cluster, routes, config, manoeuvre.event, progress => {
    const { figures } = manoeuvre.report;
    figures.slots = progress.movedSlots;
    figures.movedKeys = progress.keys;
    figures.movedBytes = progress.bytes;
    figures.migrationSeconds = (cluster.sim.now - startNs) / 1e9;
    if (config.method === "atomic") figures.longestPauseMs = progress.longestPauseNs / 1e6;
    else figures.longestBlockMs = progress.longestBlockNs / 1e6;
    if (progress.keptSlots > 0) figures.keptSlots = progress.keptSlots;
    if (progress.restarts > 0) figures.restarts = progress.restarts;
    if (progress.failed !== null) manoeuvre.report.refused = progress.failed;
    manoeuvre.phase("slots move", startNs, BOUND[config.method]);
    done(progress);
  });
}

const BOUND = {
  "slot-by-slot": "round trips per batch of keys, then dump and restore per byte",
  atomic: "the child's pace per byte or cluster.replication.syncBandwidth, then two round trips",
} as const;
