// What a save costs beside the data: pages copied because they were written while the child held them, and swap.

import type { ChartDefinition, Line } from "./chart.ts";
import { tellPeak } from "./finding.ts";
import { highest, parts } from "./source.ts";

export const fork: ChartDefinition = {
  title: "Copied pages and swap, highest node",
  plan(source) {
    const copied = highest(parts(source, "CopyOnWriteBytes").map(part => part.values));
    const swapped = highest(parts(source, "SwapUsage").map(part => part.values));
    const lines: Line[] = [];
    if (copied.some(value => (value ?? 0) > 0)) lines.push({ label: "copied on write", values: copied });
    if (swapped.some(value => (value ?? 0) > 0)) lines.push({ label: "in swap", values: swapped });
    if (lines.length === 0) return null;
    return {
      type: "lines",
      id: "fork",
      title: this.title,
      kind: "bytes",
      lines,
      limits: [],
      finding: `${tellPeak(source, "Copying on write", "Nothing is copied", "bytes", copied)}; ${tellPeak(source, "swap", "nothing is swapped", "bytes", swapped)}`,
    };
  },
};
