// From `cluster.scaling` and `cluster.placement` to their configuration, and what of them does not fit the cluster.

import type { PlacementConfig, ScalingConfig } from "../models/config.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";

/** Slots move as a whole from this version of Valkey on. */
const ATOMIC_SINCE = 9;
/** valkey-cli's --cluster-pipeline. */
const DEFAULT_BATCH = 10;

export function scalingConfig({ scaling, engine }: Scenario["cluster"]): ScalingConfig {
  return {
    provisioningNs: scaling.provisioning,
    handOverNs: scaling.handOver,
    drainNs: scaling.drain,
    migration: {
      method: scaling.migration ?? (movesAtomically(engine) ? "atomic" : "slot-by-slot"),
      batch: scaling.batch ?? DEFAULT_BATCH,
      parallel: scaling.parallel,
    },
  };
}

export function movesAtomically(engine: string): boolean {
  const [product, version] = engine.split("-");
  return product === "valkey" && Number.parseFloat(version) >= ATOMIC_SINCE;
}

export function placementConfig({ placement }: Scenario["cluster"]): PlacementConfig | undefined {
  if (placement === undefined) return undefined;
  return {
    preferred: placement.zones?.map(zone => zone - 1) ?? null,
    shards: placement.shards?.map(members => members.map(zone => zone - 1)) ?? [],
  };
}

export function checkScaling({ cluster, zones }: Scenario, report: Report): void {
  const { scaling, placement, engine } = cluster;
  const atomic = (scaling.migration ?? (movesAtomically(engine) ? "atomic" : "slot-by-slot")) === "atomic";
  if (scaling.migration === "atomic" && !movesAtomically(engine)) {
    report(["cluster", "scaling", "migration"], `${engine} moves slots key by key; atomic needs Valkey 9 or later`);
  }
  if (scaling.batch !== undefined && atomic) {
    report(["cluster", "scaling", "batch"], "has no effect: slots move as a whole here, not in batches of keys");
  }
  placement?.zones?.forEach((zone, i) => {
    if (zone > zones) report(["cluster", "placement", "zones", i], `there is no zone ${zone}: «zones:» is ${zones}`);
  });
  placement?.shards?.forEach((members, shard) => {
    const path = ["cluster", "placement", "shards", shard];
    if (shard >= cluster.shards) report(path, `there is no shard ${shard + 1}: the cluster has ${cluster.shards}`);
    if (members.length > 1 + cluster.replicas) {
      report(path, `names ${members.length} members: a shard has ${1 + cluster.replicas}`);
    }
    members.forEach((zone, member) => {
      if (zone > zones) report([...path, member], `there is no zone ${zone}: «zones:» is ${zones}`);
    });
  });
}
