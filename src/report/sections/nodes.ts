// Every node with its role, fill and load.

import type { Result } from "../../result.ts";
import { formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { scaleFor } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";
import { inScale } from "./twin.ts";

type Node = Result["nodes"][number];

/** More rows than this are folded away. */
const OPEN_MAX = 24;

function columns(nodes: readonly Node[]): Column<Node>[] {
  const used = scaleFor("bytes", Math.max(0, ...nodes.map(node => node.peakUsedBytes)));
  const free = scaleFor("bytes", Math.max(0, ...nodes.map(node => node.minFreeableBytes)));
  return [
    { head: "node", words: true, cell: node => name(node.name) },
    { head: "shard", cell: node => formatNumber(node.shard) },
    { head: "role at the end", words: true, cell: node => node.role },
    { head: "zone", words: true, cell: node => name(node.zone) },
    {
      head: "state",
      words: true,
      cell: node => (node.state === "up" ? "up" : html`<b class="fail">${node.state}</b>`),
    },
    { head: "keys", cell: node => formatNumber(node.keys) },
    { head: "peak used", unit: used.unit, cell: node => inScale(node.peakUsedBytes, used) },
    {
      head: "of maxmemory",
      unit: "%",
      cell: node => (node.peakPercent === null ? "" : formatNumber(node.peakPercent)),
    },
    { head: "least free on host", unit: free.unit, cell: node => inScale(node.minFreeableBytes, free) },
    { head: "engine CPU mean", unit: "%", cell: node => formatNumber(node.engineCpuMeanPercent) },
    { head: "engine CPU max", unit: "%", cell: node => formatNumber(node.engineCpuMaxPercent) },
    { head: "evicted", cell: node => formatNumber(node.evictions) },
    { head: "expired", cell: node => formatNumber(node.expired) },
  ];
}

export const nodes: Section = {
  id: "nodes",
  title: "Nodes",
  render({ result: { nodes } }) {
    if (nodes.length === 0) return null;
    const table = dataTable("Nodes", columns(nodes), nodes);
    if (nodes.length <= OPEN_MAX) return table;
    return html`<details class="twin"><summary>${nodes.length} nodes</summary>${table}</details>`;
  },
};
