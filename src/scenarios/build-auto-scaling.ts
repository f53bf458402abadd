// From `cluster.autoScaling` to its configuration, and what of it ElastiCache does not offer.

import { limit } from "../catalog/limits.ts";
import type { NodeType } from "../catalog/nodes.ts";
import type { AutoScalingConfig, PolicyConfig } from "../models/config.ts";
import { formatDurationNs } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";

type Keys = NonNullable<Scenario["cluster"]["autoScaling"]>;

/** AWS, prerequisites of auto scaling (2025-26). */
const FAMILIES = ["r7g", "r6g", "r6gd", "r5", "m7g", "m6g", "m5", "c7gn"];
const SIZES = ["large", "xlarge", "2xlarge"];

export function autoScalingConfig({ autoScaling }: Scenario["cluster"]): AutoScalingConfig | undefined {
  if (autoScaling === undefined) return undefined;
  return {
    shards: policyConfig(autoScaling.shards),
    replicas: policyConfig(autoScaling.replicas),
    schedule: autoScaling.schedule.map(({ at, of, min, max }) => ({ atNs: at, of, min, max })),
  };
}

function policyConfig(keys: Keys["shards"] | Keys["replicas"]): PolicyConfig | null {
  if (keys === undefined) return null;
  return {
    metric: keys.metric as PolicyConfig["metric"],
    target: keys.target,
    min: keys.min,
    max: keys.max,
    scalesIn: keys.scaleIn,
    outCooldownNs: keys.outCooldown,
    inCooldownNs: keys.inCooldown,
    periodNs: keys.period,
    outPeriods: keys.outPeriods,
    inPeriods: keys.inPeriods,
  };
}

export function checkAutoScaling({ cluster, duration }: Scenario, node: NodeType, report: Report): void {
  const { autoScaling } = cluster;
  if (autoScaling === undefined) return;
  const path = ["cluster", "autoScaling"];
  if (cluster.management === "self-managed") {
    return report(path, "is ElastiCache's: nobody scales self-managed servers by themselves; «drills» scale them");
  }
  if (cluster.mode === "single")
    report(path, "needs «mode: cluster»: ElastiCache scales clusters with cluster mode enabled");
  if (!FAMILIES.includes(node.family) || !SIZES.includes(node.size)) {
    report(path, `is not offered for ${node.type}: sizes ${SIZES.join(", ")} of ${FAMILIES.join(", ")}`);
  }
  if (autoScaling.shards === undefined && autoScaling.replicas === undefined)
    report(path, "needs «shards:» or «replicas:»");
  for (const of of ["shards", "replicas"] as const) {
    const policy = autoScaling[of];
    if (policy === undefined) continue;
    if (policy.min > policy.max) report([...path, of, "min"], `${policy.min} is more than max, ${policy.max}`);
    if (of === "shards" && policy.min < 1) report([...path, of, "min"], "a cluster has at least one shard");
    if (policy.metric !== "EngineCPUUtilization" && node.family.endsWith("gd")) {
      report([...path, of, "metric"], `is not offered for ${node.type}: with data tiering memory is meant to be full`);
    }
  }
  const quota = limit("nodes-per-cluster");
  const most = (autoScaling.shards?.max ?? cluster.shards) * (1 + (autoScaling.replicas?.max ?? cluster.replicas));
  if (most > (quota.adjustableTo ?? quota.value)) {
    report(path, `may make ${most} nodes; a cluster has at most ${quota.adjustableTo ?? quota.value}`);
  }
  autoScaling.schedule.forEach(({ at, of, min, max }, i) => {
    const here = [...path, "schedule", i];
    if (autoScaling[of] === undefined) report([...here, "of"], `has no effect: there is no policy for ${of}`);
    if (min > max) report([...here, "min"], `${min} is more than max, ${max}`);
    if (at >= duration)
      report([...here, "at"], `lies beyond the end of the run, which is after ${formatDurationNs(duration)}`);
  });
}
