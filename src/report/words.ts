// Sentences that terminal and HTML share.

import type { Check, Result } from "../result.ts";
import { formatDurationNs, formatNumber, formatPercent, formatUsd } from "../units.ts";

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
  const parts = [
    `${shards} ${shards === 1 ? "shard" : "shards"} × ${replicas} ${replicas === 1 ? "replica" : "replicas"}`,
    cluster.node ?? "",
    cluster.engine ?? "",
    String(scenario.resolved.region ?? "us-east-1"),
  ];
  if (cluster.tls === true) parts.push("TLS");
  return parts.filter(part => part !== "").join(", ");
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
