// Memory of the data: per node while that can be drawn, else the fullest node of each shard, else of the cluster. The line
// with copied pages is what a fork adds on top.

import { formatBytes, formatNumber } from "../../units.ts";
import { type ChartDefinition, LINES_MAX, type Limit, type Line, limitsOf } from "./chart.ts";
import { courseOf, when } from "./finding.ts";
import { hasValues, highest, parts, perShard, type Source, sum } from "./source.ts";

/** One line is kept free for the copied pages. */
const PER_PLOT = LINES_MAX - 1;

function usedLines(source: Source): Line[] {
  const nodes = parts(source, "BytesUsedForCache");
  if (nodes.length <= PER_PLOT) return nodes;
  const shards = perShard(source, "BytesUsedForCache");
  if (shards.length > 0 && shards.length <= PER_PLOT) return shards;
  return [{ label: "fullest node", values: highest(nodes.map(node => node.values)) }];
}

/** Used memory and copied pages of the node where they are most together; null while nothing is copied. */
function withCopies(source: Source): Line | null {
  const copied = new Map(parts(source, "CopyOnWriteBytes").map(part => [part.name, part.values]));
  const sums = parts(source, "BytesUsedForCache").flatMap(({ name, values }) => {
    const copies = copied.get(name);
    if (copies === undefined || !copies.some(value => value !== null && value > 0)) return [];
    return [sum([values, copies]).map((value, row) => ((copies[row] ?? 0) > 0 ? value : null))];
  });
  const values = highest(sums);
  return hasValues(values) ? { label: "with copied pages", values } : null;
}

function memoryLimits({ result }: Source): Limit[] {
  const maxmemory = Math.min(...result.nodes.map(node => node.maxmemoryBytes).filter(bytes => bytes > 0));
  if (!Number.isFinite(maxmemory)) return [];
  return [
    ...limitsOf(result, ["memory"], share => share * maxmemory),
    { value: maxmemory, label: `maxmemory ${formatBytes(maxmemory)}` },
  ];
}

export const memory: ChartDefinition = {
  title: "Memory used",
  plan(source) {
    const lines = usedLines(source);
    if (lines.length === 0) return null;
    const copies = withCopies(source);
    const course = courseOf(source, highest(lines.map(line => line.values)));
    const percent = source.result.summary.memory.peakPercent;
    const share = percent === null ? "" : `, ${formatNumber(percent)} % of its maxmemory`;
    const peak = course === null ? "No values after the warm-up" : `Memory peaks at ${formatBytes(course.high.value)}`;
    return {
      type: "lines",
      id: "memory",
      title: this.title,
      kind: "bytes",
      lines: copies === null ? lines : [...lines, copies],
      limits: memoryLimits(source),
      finding: course === null ? peak : `${peak}${when(source, course.high.row)}${share}`,
    };
  },
};
