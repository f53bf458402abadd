// Sentences that terminal and HTML share.

import type { Check, Result } from "../result.ts";
import { formatCount, formatDurationNs, formatNumber, formatPercent, formatUsd } from "../units.ts";

interface ClusterWords {
  deployment?: string;
  engine?: string;
  node?: string;
  shards?: number;
  replicas?: number;
  mode?: string;
  tls?: boolean;
}

/** "3 shards x 1 replica, cache.r7g.large, valkey-8.0, us-east-1". */
export function describeCluster({ scenario }: Result): string {
  const cluster = (scenario.resolved.cluster ?? {}) as ClusterWords;
  if (cluster.deployment === "serverless") {
    return ["serverless", cluster.engine ?? "", String(scenario.resolved.region ?? "us-east-1")].join(", ");
  }
  const shards = cluster.shards ?? 1;
  const replicas = cluster.replicas ?? 1;
  // Memcached's nodes are no shards, and have no replicas.
  const isFlat = cluster.engine?.startsWith("memcached") === true;
  const parts = [
    isFlat
      ? `${shards} ${shards === 1 ? "node" : "nodes"}`
      : `${shards} ${shards === 1 ? "shard" : "shards"} × ${replicas} ${replicas === 1 ? "replica" : "replicas"}`,
    cluster.node ?? "",
    cluster.engine ?? "",
    String(scenario.resolved.region ?? "us-east-1"),
  ];
  if (cluster.tls === true) parts.push("TLS");
  return parts.filter(part => part !== "").join(", ");
}

/** How much of it was simulated; null: everything. */
export function describeFidelity({ fidelity, simulatedSeconds }: Result): string | null {
  if (fidelity === undefined) return null;
  const { keysPer, keys, windows } = fidelity;
  const parts: string[] = [];
  if (keys !== null) {
    parts.push(
      `sampled(1/${keysPer}): ${formatCount(keys.simulated)} of ${formatCount(keys.all)} keys, the ${formatCount(keys.whole)} most popular ones whole`,
    );
  }
  if (windows !== null) {
    const { count, lengthSeconds, cycleSeconds, cycles } = windows;
    const often = cycles === 1 ? "" : `, ${formatCount(cycles)} times over`;
    parts.push(
      `${count} windows of ${formatDurationNs(lengthSeconds * 1e9)} for ${formatDurationNs(cycleSeconds * 1e9)}${often}`,
    );
  }
  const simulated = formatDurationNs(fidelity.simulatedSeconds * 1e9);
  return `${parts.join("; ")}; ${simulated} of full load stand for ${formatDurationNs(simulatedSeconds * 1e9)}, counts are scaled`;
}

/** What that adds to the error of the main figures. */
export function describeErrors({ fidelity }: Result): string | null {
  if (fidelity === undefined) return null;
  const { hitRate, p50Us, p99Us } = fidelity.errors;
  const known = [
    hitRate === null ? null : `hit rate ± ${formatNumber(100 * hitRate)} points`,
    p50Us === null ? null : `p50 ± ${formatDurationNs(p50Us * 1_000)}`,
    p99Us === null ? null : `p99 ± ${formatDurationNs(p99Us * 1_000)}`,
  ].filter(one => one !== null);
  if (known.length === 0) return "too little was simulated to tell the error";
  return `${known.join(", ")} (${formatPercent(fidelity.confidence)})`;
}

function inUnit(unit: string, value: number): string {
  switch (unit) {
    case "ns":
      return formatDurationNs(value);
    case "share":
      return formatPercent(value);
    case "USD":
      return formatUsd(value);
    case "1/s":
      return `${formatNumber(value)}/s`;
    default:
      return formatNumber(value);
  }
}

export function describeMeasured(check: Check): string {
  return check.measured === null ? "nothing to measure" : inUnit(check.unit, check.measured);
}

export function describeLimit(check: Check): string {
  return inUnit(check.unit, check.limit);
}

/** Distance to the limit; one that is many times the limit is said in multiples. */
export function describeMargin(margin: number): string {
  return Math.abs(margin) >= 10 ? `${formatNumber(margin)} times the limit` : `${formatNumber(margin * 100)} %`;
}

/** The sentence that everything opens or ends with. */
export function verdictSentence(result: Result): string {
  const { checks, saturation } = result;
  if (result.partial) {
    return `INTERRUPTED after ${formatDurationNs(result.simulatedSeconds * 1e9)} of simulated time: partial result.`;
  }
  const failed = checks.filter(check => check.status !== "pass");
  const load = saturation === "stable" ? "" : ` The system is ${saturation}.`;
  if (checks.length === 0) return `DONE: nothing was expected, so nothing was checked.${load}`;
  if (failed.length === 0) {
    return `HOLDS: ${checks.length === 1 ? "the check passes" : `all ${checks.length} checks pass`}.${load}`;
  }
  const [worst] = [...failed].sort((a, b) => (a.margin ?? 0) - (b.margin ?? 0));
  const by = worst.margin === null ? "" : ` by ${describeMargin(Math.abs(worst.margin))}`;
  const detail =
    worst.status === "no-data"
      ? "had nothing to measure"
      : `is ${describeMeasured(worst)}, off its limit ${describeLimit(worst)}${by}`;
  const failing = checks.length === 1 ? "the check fails" : `${failed.length} of ${checks.length} checks fail`;
  return `DOES NOT HOLD: ${failing}; «${worst.text}» ${detail}.${load}`;
}
