// From `cluster.autoScaling` to its configuration, and what of it ElastiCache does not offer.

import { limit } from "../catalog/limits.ts";
import type { NodeType } from "../catalog/nodes.ts";
import type { AutoScalingConfig, PolicyConfig } from "../models/config.ts";
import { beyondQuotas } from "../models/scaling/quotas.ts";
import { formatDurationNs } from "../units.ts";
import { quotasOf } from "./build-quotas.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

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
  checkCapacity(cluster, autoScaling, report);
  autoScaling.schedule.forEach(({ at, of, min, max }, i) => {
    const here = [...path, "schedule", i];
    if (autoScaling[of] === undefined) report([...here, "of"], `has no effect: there is no policy for ${of}`);
    if (min > max) report([...here, "min"], `${min} is more than max, ${max}`);
    if (at >= duration)
      report([...here, "at"], `lies beyond the end of the run, which is after ${formatDurationNs(duration)}`);
  });
}

/**
 * Limits that no cluster can have, and least capacities that the account would not get, those of the schedule too. A greatest one
 * beyond the account's quotas is no mistake: whether it is ever wanted shows in the run, where it is then refused.
 */
function checkCapacity(cluster: Scenario["cluster"], { shards, replicas, schedule }: Keys, report: Report): void {
  const path = ["cluster", "autoScaling"];
  const quota = limit("nodes-per-cluster");
  const mostOfAll = quota.adjustableTo ?? quota.value;
  const now = {
    shards: shards ?? { min: cluster.shards, max: cluster.shards },
    replicas: replicas ?? { min: cluster.replicas, max: cluster.replicas },
  };
  const check = (here: Path, from: Path) => {
    const most = now.shards.max * (1 + now.replicas.max);
    if (most > mostOfAll) report(here, `may make ${most} nodes; a cluster has at most ${mostOfAll}`);
    const least = now.shards.min * (1 + now.replicas.min);
    const refusal = beyondQuotas(quotasOf(cluster), now.shards.min, least);
    if (most <= mostOfAll && refusal !== null) {
      const shape = `${now.shards.min} shards with ${now.replicas.min} replicas at least`;
      report(from, `asks for ${shape}, which would be refused: ${refusal} («cluster.quotas» says what it has)`);
    }
  };
  check(path, path);
  const inTime = schedule.map((action, index) => ({ ...action, index })).sort((a, b) => a.at - b.at);
  for (const { of, min, max, index } of inTime) {
    if ((of === "shards" ? shards : replicas) === undefined) continue;
    now[of] = { min, max };
    check([...path, "schedule", index, "max"], [...path, "schedule", index, "min"]);
  }
}
