// Another node type or engine version for the whole cluster, as a manoeuvre of its own (replace-nodes.ts).

import type { Cluster } from "../cluster.ts";
import type { VariantChange } from "../config.ts";
import { begin, type ManoeuvreReport } from "./manoeuvre.ts";
import { replaceNodes } from "./replace-nodes.ts";

export function replaceAll(
  cluster: Cluster,
  change: VariantChange,
  what: string,
  report: ManoeuvreReport,
  done: () => void,
): void {
  // What was changed before stays: a node type survives an upgrade.
  const { node, profile, variant, shards, replicasPerShard } = cluster.config;
  const manoeuvre = begin(cluster, what, report, done, variant === undefined ? "this cluster has one form only" : null);
  if (manoeuvre === null || variant === undefined) return;
  report.target = "cluster";
  const made = variant({ node: node.type, engine: profile.name, ...change });
  replaceNodes(cluster, { ...made, shards, replicasPerShard }, manoeuvre, () => manoeuvre.end());
}
