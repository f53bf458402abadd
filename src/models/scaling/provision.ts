// Until ordered nodes stand: `cluster.scaling.provisioning`. AWS names no figure ("depends on node type and data"); the
// default is that of a replacement node (assumed).

import { constant } from "../../sim/distributions/constant.ts";
import type { Distribution } from "../../sim/distributions/distribution.ts";
import { uniform } from "../../sim/distributions/uniform.ts";
import { NS_PER_MINUTE, NS_PER_SECOND } from "../../units.ts";
import type { Cluster } from "../cluster.ts";
import type { ScalingConfig } from "../config/scaling.ts";

export const PROVISIONING_SETTING = "cluster.scaling.provisioning";

export const DEFAULT_SCALING: ScalingConfig = {
  provisioningNs: uniform(3 * NS_PER_MINUTE, 8 * NS_PER_MINUTE),
  handOverNs: constant(0),
  drainNs: 30 * NS_PER_SECOND,
  migration: { method: "slot-by-slot", batch: 10, parallel: 1 },
};

/** The cluster's settings for changes of its shape. */
export function scalingOf(cluster: Cluster): ScalingConfig {
  return cluster.config.scaling ?? DEFAULT_SCALING;
}

/** A time drawn from a setting. */
export function drawNs(cluster: Cluster, length: Distribution, name: string): number {
  return Math.max(1, Math.round(length.sample(cluster.sim.random(`scaling/${name}`))));
}

/** Runs when the nodes that are ordered now stand. */
export function whenProvisioned(cluster: Cluster, run: () => void): void {
  cluster.sim.after(drawNs(cluster, scalingOf(cluster).provisioningNs, "provisioning"), "scaling/provisioning", run);
}
