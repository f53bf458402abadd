// One shard that works much more than the others: even numbers of slots say nothing about load.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";
import { worstOf } from "./series.ts";

/** A thread that is not worth a word below this, in percent; and how many times the middle shard's load is lopsided. */
const BUSY = 5;
const LOPSIDED = 2;
/** Rows of one shard that make a stretch. */
const ROWS = 3;

export const hotShard: Rule = {
  id: "hot-shard",
  find: result => {
    const { nodes, series } = result;
    const primaries = nodes.filter(({ role }) => role === "primary");
    if (primaries.length < 2) return null;
    const cpu = primaries.map(
      ({ name }) =>
        series.columns.find(one => one.metric === "EngineCPUUtilization" && one.where === name)?.values ?? [],
    );
    const rows = primaries.map(() => 0);
    series.time.forEach((_, row) => {
      const values = cpu.map(one => one[row] ?? 0);
      const top = Math.max(...values);
      const others = values.filter((_value, i) => i !== values.indexOf(top)).sort((a, b) => a - b);
      if (top >= BUSY && top > LOPSIDED * others[Math.floor(others.length / 2)]) rows[values.indexOf(top)]++;
    });
    const hottest = rows.indexOf(Math.max(...rows));
    if (rows[hottest] < ROWS || rows[hottest] < series.time.length / 10) return null;
    const worst = worstOf(
      {
        ...result,
        series: { ...series, columns: series.columns.filter(one => one.where === primaries[hottest].name) },
      },
      "EngineCPUUtilization",
    );
    return {
      severity: "warning",
      title: "One shard has most of the work",
      evidence: `${primaries[hottest].name} works more than twice as much as the middle of the others in ${formatNumber(rows[hottest])} rows of ${formatNumber(series.time.length)}, up to ${formatNumber(worst?.value ?? 0)} % of its engine thread.`,
      remedy: "Reshard by load (reshard: { plan: by-load }), split hot keys, or read them from replicas.",
    };
  },
};
