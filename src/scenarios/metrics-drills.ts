// Metrics of what drills did: how long clients suffered, for whom the cache was there, which writes were lost, what a save
// took.

import type { DrillReport } from "../drills/drill.ts";
import type { Metric } from "./metric.ts";

/** The longest of the drills' stretches from the start to the end of the named phase; null when none has it. */
function longestUntil(drills: readonly DrillReport[], phase: string): number | null {
  const lengths = drills.flatMap(drill =>
    drill.phases.filter(one => one.name === phase).map(one => one.endNs - drill.startNs),
  );
  return lengths.length === 0 ? null : Math.max(...lengths);
}

/** All values that drills have under a figure. */
function figures(drills: readonly DrillReport[], name: string): number[] {
  return drills.flatMap(drill => drill.figures[name] ?? []);
}

/** The highest; null when no drill has it. */
function highestOf(drills: readonly DrillReport[], name: string, factor: number): number | null {
  const values = figures(drills, name);
  return values.length === 0 ? null : Math.max(...values) * factor;
}

export const DRILL_METRICS: readonly Metric[] = [
  {
    name: "refused",
    summary: "drills and changes of auto scaling that were refused: by a quota, because of another change …",
    unit: "count",
    perWorkload: false,
    read: ({ drills }) => drills.filter(({ refused }) => refused !== null).length,
  },
  {
    name: "writesDelayed",
    summary: "longest time for which a forkless save made writes wait, in all",
    unit: "duration",
    perWorkload: false,
    read: ({ drills }) => highestOf(drills, "writesDelayedMs", 1e6),
  },
  {
    name: "writeOutage",
    summary: "longest time from a drill's start until a write to the shard succeeded again",
    unit: "duration",
    perWorkload: false,
    read: ({ drills }) => longestUntil(drills, "first write"),
  },
  {
    name: "recovery",
    summary: "longest time from a drill's start until clients saw no more errors",
    unit: "duration",
    perWorkload: false,
    read: ({ drills }) => longestUntil(drills, "errors over"),
  },
  {
    name: "lostWrites",
    summary: "changes that promotions lost, in the drill that lost most: a loss is seen by every drill that lasts",
    unit: "count",
    perWorkload: false,
    read: ({ drills }) => highestOf(drills, "lostWrites", 1),
  },
  {
    name: "copied",
    summary: "memory that a save duplicated, as a share of the data set",
    unit: "share",
    perWorkload: false,
    read: ({ drills }) => highestOf(drills, "copiedSharePercent", 0.01),
  },
  {
    name: "forkPause",
    summary: "longest pause of a fork",
    unit: "duration",
    perWorkload: false,
    read: ({ drills }) => highestOf(drills, "forkMs", 1e6),
  },
  {
    name: "availability",
    summary: "lowest share of a client group's requests that were answered while a drill lasted",
    unit: "share",
    perWorkload: false,
    read: ({ drills }) => {
      const shares = drills.flatMap(({ figures }) =>
        Object.entries(figures).flatMap(([name, value]) => (/availabilityPercent$/iu.test(name) ? [value / 100] : [])),
      );
      return shares.length === 0 ? null : Math.min(...shares);
    },
  },
  {
    name: "acknowledgedWrites",
    summary: "writes that were acknowledged while a drill lasted, in the drill with most",
    unit: "count",
    perWorkload: false,
    read: ({ drills }) => highestOf(drills, "acknowledgedWrites", 1),
  },
  {
    name: "lostAcknowledgedWrites",
    summary: "writes that had been acknowledged and that no primary has any more",
    unit: "count",
    perWorkload: false,
    read: ({ drills }) => highestOf(drills, "lostAcknowledgedWrites", 1),
  },
];
