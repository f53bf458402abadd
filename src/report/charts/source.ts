// The series of a result as charts want them: by metric, over all nodes or shards, per second where they were counted.

import type { DrillResult, Result } from "../../result.ts";
import type { Cell } from "./spec.ts";

export type Values = readonly Cell[];

export interface Part {
  /** As the result calls it. */
  readonly name: string;
  /** As a legend calls it. */
  readonly label: string;
  readonly values: Values;
}

export interface Source {
  readonly result: Result;
  /** End of each row, in seconds. */
  readonly time: readonly number[];
  /** Rows after the warm-up in which no drill was under way; all rows when there are none such. */
  readonly calm: readonly number[];
  /** Rows after the warm-up; all rows when there are none such. */
  readonly measured: readonly number[];
  /** Where sentences count time from: null for the start of the run. */
  readonly origin: number | null;
}

export function readSource(result: Result): Source {
  const { time, disturbed } = result.series;
  const rows = time.map((_, row) => row);
  const upset = new Set(disturbed);
  const measured = rows.filter(row => startOf(time, row) >= result.window.fromSeconds - 1e-9);
  const calm = measured.filter(row => !upset.has(row));
  const all = measured.length > 0 ? measured : rows;
  return { result, time, calm: calm.length > 0 ? calm : all, measured: all, origin: null };
}

/** When a row begins. */
export function startOf(time: readonly number[], row: number): number {
  return row === 0 ? 0 : time[row - 1];
}

function valuesOf(source: Source, values: Values): Values {
  return source.time.map((_, row) => {
    const value = values[row] ?? null;
    return value !== null && Number.isFinite(value) ? value : null;
  });
}

export function hasValues(values: Values): boolean {
  return values.some(value => value !== null);
}

/** A metric of the whole; null when the result has no value of it. */
export function whole(source: Source, metric: string): Values | null {
  const column = source.result.series.columns.find(one => one.metric === metric && one.where === "");
  if (column === undefined) return null;
  const values = valuesOf(source, column.values);
  return hasValues(values) ? values : null;
}

/** A metric of everything that has values of it: nodes, client groups, the origin. */
export function parts(source: Source, metric: string): Part[] {
  const columns = source.result.series.columns.filter(one => one.metric === metric && one.where !== "");
  const labels = shortNames(columns.map(one => one.where));
  return columns
    .map(({ where, values }, i) => ({ name: where, label: labels[i], values: valuesOf(source, values) }))
    .filter(part => hasValues(part.values));
}

/** Names without the beginning that all share: cache-0001-001 → 0001-001. */
export function shortNames(names: readonly string[]): string[] {
  if (new Set(names).size < 2) return [...names];
  let shared = names[0].lastIndexOf("-") + 1;
  while (shared > 0 && !names.every(one => one.length > shared && one.startsWith(names[0].slice(0, shared)))) {
    shared = names[0].lastIndexOf("-", shared - 2) + 1;
  }
  return names.map(one => one.slice(shared));
}

/** Row by row: one value from those that are there. */
function combine(list: readonly Values[], step: (left: number, right: number) => number): Cell[] {
  if (list.length === 0) return [];
  return list[0].map((_, row) => {
    let result: Cell = null;
    for (const values of list) {
      const value = values[row];
      if (value !== null) result = result === null ? value : step(result, value);
    }
    return result;
  });
}

export function sum(list: readonly Values[]): Cell[] {
  return combine(list, (left, right) => left + right);
}

export function highest(list: readonly Values[]): Cell[] {
  return combine(list, Math.max);
}

/** Counts of a period as a rate, times `factor`. */
export function perSecond({ time }: Source, values: Values, factor = 1): Cell[] {
  return values.map((value, row) => (value === null ? null : (value * factor) / (time[row] - startOf(time, row))));
}

/** The highest of each shard's nodes. */
export function perShard(source: Source, metric: string): Part[] {
  const shardOf = new Map(source.result.nodes.map(node => [node.name, node.shard]));
  const shards = new Map<number, Values[]>();
  for (const part of parts(source, metric)) {
    const shard = shardOf.get(part.name);
    if (shard !== undefined) shards.set(shard, [...(shards.get(shard) ?? []), part.values]);
  }
  return [...shards]
    .sort(([a], [b]) => a - b)
    .map(([shard, list]) => ({ name: `shard ${shard}`, label: `shard ${shard}`, values: highest(list) }));
}

/** When a drill was over, or the end of the run. */
export function drillEnd(drill: DrillResult, result: Result): number {
  return Math.max(drill.startSeconds, drill.endSeconds ?? result.simulatedSeconds);
}

/** The drill that was under way in a row. */
export function drillIn({ result, time }: Source, row: number): DrillResult | undefined {
  return result.drills.find(
    drill => drill.refused === null && drill.startSeconds <= time[row] && drillEnd(drill, result) > startOf(time, row),
  );
}
