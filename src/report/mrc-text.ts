// A hit-rate curve in the terminal: the answer in the first line, then the sizes.

import type { MrcDocument, MrcResultPoint } from "../result/mrc.ts";
import { formatBytes, formatCount, formatPercent, formatUsd } from "../units.ts";
import { table } from "./table.ts";

/** What a point is judged by: the first policy, or LRU without one. */
function hitRateAt(point: MrcResultPoint): number {
  return point.policies[0]?.hitRate ?? point.lru;
}

export function judgedBy({ points }: MrcDocument): string {
  return points[0]?.policies[0]?.policy ?? "LRU";
}

export function mrcAnswer(curve: MrcDocument): string {
  const best = curve.best === null ? null : curve.points[curve.best];
  if (best === null) {
    const last = curve.points.at(-1)!;
    return `${formatBytes(curve.allBytes)} hold all ${formatCount(curve.keys)} keys and hit ${formatPercent(hitRateAt(last))} under ${judgedBy(curve)}`;
  }
  return (
    `Cheapest: ${formatBytes(best.bytes)} for keys, ${best.shards} × ${curve.node} with ${curve.replicas} replicas, ` +
    `hit rate ${formatPercent(hitRateAt(best))} under ${judgedBy(curve)}, ${formatUsd(best.monthlyUsd!)} a month ` +
    `(memory ${formatUsd(best.memoryUsd!)}, misses ${formatUsd(best.missesUsd!)})`
  );
}

export function mrcMethod(curve: MrcDocument): string {
  const { method, rate, keysUsed, keys } = curve;
  return method === "exact"
    ? "exact: every key, LRU by stack distance, policies by the engine's own code"
    : `SHARDS at ${formatPercent(rate)}: ${formatCount(keysUsed)} of ${formatCount(keys)} keys, the most popular ones whole`;
}

export function renderMrcText(curve: MrcDocument): string {
  const priced = curve.best !== null;
  const header = ["memory", "of all", "LRU", ...(curve.points[0]?.policies ?? []).map(one => one.policy)];
  if (priced) header.push("nodes", "memory $", "misses $", "$/month", "");
  const rows = curve.points.map((point, i) => {
    const row = [
      formatBytes(point.bytes),
      formatPercent(point.ofAll),
      formatPercent(point.lru),
      ...point.policies.map(one => formatPercent(one.hitRate)),
    ];
    if (priced) {
      row.push(
        String(point.shards! * (1 + curve.replicas)),
        formatUsd(point.memoryUsd!),
        formatUsd(point.missesUsd!),
        formatUsd(point.monthlyUsd!),
        i === curve.best ? "← cheapest" : "",
      );
    }
    return row;
  });
  return `${mrcAnswer(curve)}\n\n${table(header, rows)}\n${formatCount(curve.requests)} requests, ${formatCount(curve.reads)} of them reads; ${mrcMethod(curve)}\n`;
}
