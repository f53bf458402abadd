// From the scenario's drills to a plan. What each of them needs of the cluster, it says itself.

import { engineOfProfile } from "../catalog/engines.ts";
import { nodeType } from "../catalog/nodes.ts";
import type { DrillFacts } from "../drills/drill.ts";
import { DRILLS, drillNamed, type PlannedDrill } from "../drills/index.ts";
import type { VariantChange } from "../models/config.ts";
import { formatDurationNs, NS_PER_DAY } from "../units.ts";
import { ANY_NODE, variantOf } from "./build-cluster.ts";
import { canDrill } from "./build-memcached.ts";
import { asksOrigin } from "./build-pattern.ts";
import type { Report } from "./build-report.ts";
import { movesAtomically } from "./build-scaling.ts";
import type { Scenario } from "./schema.ts";

export function planDrills(scenario: Scenario, failover: "managed" | "upstream", report: Report): PlannedDrill[] {
  const { cluster, zones, duration } = scenario;
  const facts = {
    mode: cluster.mode,
    zones,
    failover,
    multiAz: cluster.multiAz ?? (cluster.replicas > 0 && zones > 1),
    node: cluster.node ?? ANY_NODE,
    engine: cluster.engine,
    clients: scenario.clients.map(({ name }) => name),
    auth: {
      token: cluster.auth?.token ?? false,
      passwords: (cluster.auth?.users ?? []).flatMap(({ name, proof }) => (proof === "password" ? [name] : [])),
    },
    atomicSlots: movesAtomically(cluster.engine),
    workloads: scenario.workload.map(one => ({
      name: one.name,
      asksOrigin: asksOrigin(one),
      isTrace: one.trace !== undefined,
      isOpen: one.rate !== undefined,
      keys: one.keys?.count ?? 0,
    })),
    data: scenario.data.map(one => one.key),
    against(change: VariantChange) {
      const against: string[] = [];
      const node = nodeType(change.node ?? cluster.node ?? ANY_NODE);
      const product = engineOfProfile(change.engine ?? cluster.engine);
      if (!(node.engines as readonly string[]).includes(product)) against.push(`${node.type} does not run ${product}`);
      else variantOf(scenario, change, (name, message) => against.push(`parameter ${name}: ${message}`));
      return against;
    },
  };
  const inOrder = [...(scenario.drills as readonly Entry[])].sort((a, b) => a.at - b.at);
  const nameAt = (entry: object) =>
    Object.keys(entry).find(key => key !== "at" && Object(entry)[key] !== undefined) ?? "";
  const planned = scenario.drills.flatMap((entry, i): PlannedDrill[] => {
    const { at, ...rest } = entry as { at: number } & Record<string, unknown>;
    const names = Object.keys(rest).filter(name => rest[name] !== undefined);
    const known = DRILLS.map(drill => drill.name).join(", ");
    if (names.length !== 1) {
      report(
        ["drills", i],
        names.length === 0 ? `needs one of the drills ${known}` : `names ${names.join(" and ")}: one drill per entry`,
      );
      return [];
    }
    if (at >= duration) {
      const end = formatDurationNs(duration);
      report(["drills", i, "at"], `${formatDurationNs(at)} lies beyond the end of the run, which is after ${end}`);
    }
    const [name] = names;
    if (!canDrill(cluster, name)) return [];
    const options = rest[name];
    const before = inOrder.filter(other => other.at < at);
    const then = { ...facts, ...shapeAfter(cluster, before), earlier: before.map(nameAt) };
    for (const { path, message } of drillNamed(name)?.problems?.(options, then) ?? []) {
      report(["drills", i, name, ...path], message);
    }
    return [{ atNs: at, name, options }];
  });
  return [...planned, ...dailyBackups(scenario)];
}

/** A drill as it is written: an instant, and its options by its name. */
type Entry = { readonly at: number } & {
  readonly [name: string]: { readonly shards?: number; readonly to?: number } | undefined;
};

/** The shape of the cluster once these drills, in their order, have done what they are told. */
function shapeAfter(
  cluster: Scenario["cluster"],
  drills: readonly Entry[],
): Pick<DrillFacts, "shards" | "replicas" | "lastShard"> {
  let { shards, replicas } = cluster;
  let lastShard = shards;
  for (const drill of drills) {
    const added = drill["scale-out"]?.shards ?? 0;
    if (drill.restore !== undefined) {
      shards = drill.restore.shards ?? shards;
      lastShard += shards;
    }
    shards += added - (drill["scale-in"]?.shards ?? 0);
    lastShard += added;
    replicas = drill["change-replicas"]?.to ?? replicas;
  }
  return { shards, replicas, lastShard };
}

/** One a day in its window, of a replica where there is one; ElastiCache keeps `backups` of them. */
function dailyBackups({ cluster, duration }: Scenario): PlannedDrill[] {
  const { backupWindow, backups } = cluster;
  if (backupWindow === undefined || backups === 0) return [];
  const planned: PlannedDrill[] = [];
  for (let atNs = backupWindow; atNs < duration; atNs += NS_PER_DAY) {
    planned.push({ atNs, name: "snapshot", options: { from: "replica" } });
  }
  return planned;
}
