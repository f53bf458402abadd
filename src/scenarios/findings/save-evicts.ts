// Evictions that a snapshot brought: none before it, and some while it ran.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const saveEvicts: Rule = {
  id: "save-evicts",
  find: ({ series }) => {
    const column = (metric: string, where: string) =>
      series.columns.find(one => one.metric === metric && one.where === where)?.values ?? [];
    for (const { metric, where, values } of series.columns) {
      if (metric !== "SaveInProgress") continue;
      const evicted = column("Evictions", where);
      const first = values.findIndex(value => (value ?? 0) > 0);
      if (first === -1) continue;
      const before = evicted.slice(0, first).some(value => (value ?? 0) > 0);
      const during = evicted
        .filter((_, row) => (values[row] ?? 0) > 0)
        .reduce<number>((sum, value) => sum + (value ?? 0), 0);
      if (before || during === 0) continue;
      return {
        severity: "critical",
        title: "A snapshot made the node evict",
        evidence: `${where} evicted ${formatNumber(during)} keys while it saved, and none before: what writes duplicated left no room.`,
        remedy:
          "Keep memory lower before backups, reserved-memory-percent at 25 or more, snapshots from replicas in quiet hours.",
      };
    }
    return null;
  },
};
