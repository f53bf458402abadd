// Hit rates of the engine against those of redis-server 7.0.15 on the same request sequences (shared/truth): every policy,
// several memory limits each, real and synthetic traces. Both sides draw samples at random, so they agree up to the noise of
// a run: its standard deviation is 0.02 to 0.08 percentage points (truth/hitrate.json, noise).

import { type HitRateCell, noTruth, replayCell, virtualCells } from "../oracle/truth.ts";
import type { Row, Subject } from "./row.ts";

function nameOf({ workload, policy, fraction, variant, conf }: HitRateCell): string {
  const special = [variant, ...Object.entries(conf ?? {}).map(([key, value]) => `${key}=${value}`)].filter(Boolean);
  const limit = fraction === 0 ? "no limit" : `${100 * fraction} % of the data`;
  return [workload, policy, limit, ...special].join(", ");
}

/** One replay; the mean of two where the victims themselves are drawn, which is noisier. */
function measure(cell: HitRateCell): Row {
  const seeds = cell.policy.endsWith("random") ? [1, 2] : [1];
  let ours = 0;
  for (const seed of seeds) {
    const { hits, gets } = replayCell(cell, seed);
    if (gets !== cell.gets) throw new Error(`${nameOf(cell)}: ${gets} GETs replayed, the server got ${cell.gets}`);
    ours += hits / gets / seeds.length;
  }
  return {
    what: nameOf(cell),
    predicted: 100 * ours,
    reference: 100 * cell.hit_ratio,
    unit: "%",
    bound: 0.25,
    kind: "absolute",
  };
}

export const hitRate: Subject = {
  title: "Hit rates of a real server",
  about:
    "The engine and redis-server 7.0.15 fed with the same requests under the sequence's own clock: two real traces " +
    "(cache2k-orm-busy, cloudphysics-io) and four synthetic ones, every eviction policy, measured 2026-11.",
  missing: noTruth,
  rows: () =>
    virtualCells()
      .sort((a, b) => a.workload.localeCompare(b.workload))
      .map(measure),
};
