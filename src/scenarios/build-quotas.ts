// What an account may have: quotas of the catalogue, which AWS raises on request, as far as a scenario's nodes and snapshots meet
// them. Self-managed servers have none.

import { limit } from "../catalog/limits.ts";
import type { QuotasConfig } from "../models/config.ts";
import { NS_PER_DAY } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";
import { partOf } from "./written.ts";

/** Manual backups of a node in 24 hours (AWS, backups; aws-facts.md, 4). */
const SNAPSHOTS_A_DAY = 20;

/** What changes of the cluster meet; undefined: there are no quotas. */
export function quotasOf({ management, quotas }: Scenario["cluster"]): QuotasConfig | undefined {
  return management === "elasticache" ? quotas : undefined;
}

export function checkQuotas(scenario: Scenario, written: unknown, report: Report): void {
  const { cluster } = scenario;
  const nodes = cluster.shards * (1 + cluster.replicas);
  const { adjustableTo, value } = limit("nodes-per-cluster");
  const most = Number(adjustableTo ?? value);
  const said = `${cluster.shards} shards with ${cluster.replicas} replicas are ${nodes} nodes`;
  if (nodes > most) {
    return report(["cluster", "shards"], `${said}; a cluster has at most ${most}`);
  }
  if (cluster.management !== "elasticache") {
    if (partOf(written, "cluster").quotas !== undefined)
      report(["cluster", "quotas"], "has no effect: they are AWS's, and self-managed servers have none");
    return;
  }
  const { nodesPerCluster, nodesPerRegion } = cluster.quotas;
  const remedy = (key: string, to: number) =>
    `fewer nodes, or ask AWS for an increase and say so: «quotas: { ${key}: ${to} }»`;
  if (nodes > nodesPerCluster) {
    report(
      ["cluster", "shards"],
      `${said}; the account's quota is ${nodesPerCluster} per cluster (AWS's default is ${value}, up to ${most} on request): ${remedy("nodesPerCluster", nodes)}`,
    );
  }
  if (nodes > nodesPerRegion) {
    report(
      ["cluster", "shards"],
      `${said}; the account's quota is ${nodesPerRegion} per Region: ${remedy("nodesPerRegion", nodes)}`,
    );
  }
  checkSnapshots(scenario, report);
}

/** So many snapshot drills within any day, and scheduled ones that are never kept or never come. */
function checkSnapshots({ cluster, drills, duration }: Scenario, report: Report): void {
  const at = drills.flatMap((entry, index) =>
    "snapshot" in entry && entry.snapshot !== undefined ? [{ index, at: entry.at as number }] : [],
  );
  for (const { index, at: end } of at) {
    const within = at.filter(other => other.at <= end && other.at > end - NS_PER_DAY).length;
    if (within > SNAPSHOTS_A_DAY) {
      report(
        ["drills", index, "snapshot"],
        `is number ${within} within 24 hours; ElastiCache takes ${SNAPSHOTS_A_DAY} manual backups of a node a day`,
      );
      break;
    }
  }
  if (cluster.backupWindow === undefined) return;
  if (cluster.backups === 0)
    report(["cluster", "backupWindow"], "has no effect: no backups are kept; «backups: 7» keeps a week's");
  if (cluster.backupWindow >= duration)
    report(["cluster", "backupWindow"], "opens after the end of the run: no backup is taken in it");
  if (cluster.backupWindow >= NS_PER_DAY)
    report(["cluster", "backupWindow"], "must lie within the first day: it opens every 24 hours");
}
