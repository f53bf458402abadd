// Durable writes: what a scenario says of them as numbers, and what they need. AWS, «Durability in ElastiCache», 2026: Valkey 9,
// cluster mode, TLS, a replica in another zone, certain families; not with data tiering.

import type { NodeType } from "../catalog/nodes.ts";
import type { DurabilityConfig } from "../models/config.ts";
import { lognormalByPercentiles } from "../sim/distributions/lognormal.ts";
import { MIB, NS_PER_MS } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";
import { partOf } from "./written.ts";

const FAMILIES: ReadonlySet<string> = new Set(["m6g", "r6g", "m7g", "r7g", "c7gn", "m8g", "r8g", "c8gn"]);

/** Assumed: the middle and the end of «single-digit milliseconds». */
const DEFAULT_LATENCY = lognormalByPercentiles(3 * NS_PER_MS, 8 * NS_PER_MS);

export function durabilityConfig({ durability }: Scenario["cluster"]): DurabilityConfig | undefined {
  const { mode, latency, bandwidth } = durability;
  if (mode === "none") return undefined;
  return { mode, latencyNs: latency ?? DEFAULT_LATENCY, bytesPerSecond: bandwidth ?? 100 * MIB };
}

export function checkDurability(
  { cluster, zones }: Scenario,
  node: NodeType,
  product: string,
  written: unknown,
  report: Report,
): void {
  const { mode, bandwidth } = cluster.durability;
  const given = partOf(written, "cluster", "durability");
  if (mode === "none") {
    for (const key of ["latency", "bandwidth"]) {
      if (given[key] !== undefined)
        report(["cluster", "durability", key], "has no effect without «mode: sync» or «async»");
    }
    return;
  }
  if (bandwidth === 0) report(["cluster", "durability", "bandwidth"], "lets nothing through");
  if (cluster.management === "self-managed") {
    const message = `«${mode}» is ElastiCache's; self-managed servers have the append-only file: «parameters: { appendonly: yes }»`;
    return report(["cluster", "durability", "mode"], message);
  }
  const lacks = [
    product === "valkey" && Number.parseFloat(cluster.engine.replace("valkey-", "")) >= 9 ? null : "valkey-9.0",
    cluster.mode === "cluster" ? null : "mode: cluster",
    cluster.tls ? null : "tls: true",
    cluster.replicas > 0 && zones > 1 && cluster.multiAz !== false ? null : "a replica in another zone",
    FAMILIES.has(node.family) ? null : `a node of ${[...FAMILIES].join(", ")}`,
  ].filter(one => one !== null);
  if (lacks.length > 0) report(["cluster", "durability", "mode"], `«${mode}» needs ${lacks.join(", ")}`);
}
