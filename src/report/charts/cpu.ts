// How busy the engine threads are: lines for a few nodes, else a heat map in which a hot shard stands out.

import { formatNumber } from "../../units.ts";
import { type ChartDefinition, LINES_MAX, limitsOf } from "./chart.ts";
import { courseOf, when } from "./finding.ts";
import { type Part, parts, type Source } from "./source.ts";

/** The node whose highest period is the highest of all. */
export function tellHottest(source: Source, nodes: readonly Part[]): string {
  const courses = nodes.flatMap(node => {
    const course = courseOf(source, node.values);
    return course === null ? [] : [{ node, course }];
  });
  const [first, second] = courses.sort((a, b) => b.course.high.value - a.course.high.value);
  if (first === undefined) return "No values after the warm-up";
  const others = second === undefined ? "" : `; the next node peaks at ${formatNumber(second.course.high.value)} %`;
  return `${first.node.name} is the hottest: ${formatNumber(first.course.high.value)} %${when(source, first.course.high.row)}${others}`;
}

/** Up to so many rows, the nodes of a shard stand together; beyond, primaries come first, so that a hot one stands out. */
const TOGETHER_MAX = 20;

function inOrder({ result }: Source, nodes: readonly Part[]): readonly Part[] {
  if (nodes.length <= TOGETHER_MAX) return nodes;
  const primaries = new Set(result.nodes.filter(node => node.role === "primary").map(node => node.name));
  return [...nodes.filter(node => primaries.has(node.name)), ...nodes.filter(node => !primaries.has(node.name))];
}

export const cpu: ChartDefinition = {
  title: "Engine CPU",
  plan(source) {
    const nodes = parts(source, "EngineCPUUtilization");
    if (nodes.length === 0) return null;
    const common = { id: "cpu", title: this.title, kind: "percent", finding: tellHottest(source, nodes) } as const;
    if (nodes.length > LINES_MAX) return { type: "heat", ...common, rows: inOrder(source, nodes) };
    return {
      type: "lines",
      ...common,
      lines: nodes,
      limits: limitsOf(source.result, ["engineCpu"], share => share * 100),
    };
  },
};
