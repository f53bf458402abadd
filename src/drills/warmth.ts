// Following a cache from cold to warm: the hit rate each second, what the origin has to answer meanwhile, and when the hit
// rate is back where it was. It watches from outside and changes nothing.

import { HIT, MISS } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { DrillContext } from "./drill.ts";

/** What counts as warm again, of the hit rate before. */
const WARM = 0.95;
const LOOK_NS = NS_PER_SECOND;
/** Seconds that are looked at together: single ones are noisy. */
const SMOOTHED = 3;
/** Seconds before the start that say what warm means; the last period that was closed, where periods are longer. */
const BEFORE = 30;

interface Counts {
  readonly hits: number;
  readonly misses: number;
  readonly origin: number;
}

function read({ recorder, origin }: World): Counts {
  return { hits: recorder.totals[HIT], misses: recorder.totals[MISS], origin: origin.requests };
}

function hitRateBefore({ recorder, sim }: World): number | null {
  if (recorder.periods.length === 0) return shareOf(recorder.totals[HIT], recorder.totals[MISS]);
  let hits = 0;
  let misses = 0;
  const last = recorder.periods.at(-1);
  for (const period of recorder.periods) {
    if (period !== last && period.startNs < sim.now - BEFORE * NS_PER_SECOND) continue;
    for (const { outcomes } of period.rows) {
      hits += outcomes[HIT];
      misses += outcomes[MISS];
    }
  }
  return shareOf(hits, misses);
}

function shareOf(hits: number, misses: number): number | null {
  return hits + misses === 0 ? null : hits / (hits + misses);
}

/** Begins to follow; the drill is finished when the cache is warm. Without look-ups before there is nothing to wait for. */
export function followWarmth({ world, report, finish }: DrillContext): void {
  const { sim } = world;
  const startNs = sim.now;
  const before = hitRateBefore(world);
  if (before === null) {
    sim.after(LOOK_NS, "warmth", finish);
    return;
  }
  const { figures, phases } = report;
  figures.hitRateBeforePercent = 100 * before;
  const seconds: Counts[] = [read(world)];
  let halfNs: number | null = null;
  const look = () => {
    seconds.push(read(world));
    const now = seconds[seconds.length - 1];
    const second = seconds[seconds.length - 2];
    const earlier = seconds[Math.max(0, seconds.length - 1 - SMOOTHED)];
    figures.peakOriginPerSecond = Math.max(figures.peakOriginPerSecond ?? 0, now.origin - second.origin);
    const lookups = now.hits + now.misses - earlier.hits - earlier.misses;
    const rate = lookups === 0 ? null : (now.hits - earlier.hits) / lookups;
    if (rate !== null) {
      figures.lowestHitRatePercent = Math.min(figures.lowestHitRatePercent ?? 100, 100 * rate);
      if (halfNs === null && rate >= before / 2) halfNs = sim.now;
      if (rate >= WARM * before) {
        const boundBy = "misses that the origin answers per second, popularity of the keys";
        phases.push({ name: "half warm", startNs, endNs: halfNs ?? sim.now, boundBy });
        phases.push({ name: "warm", startNs, endNs: sim.now, boundBy });
        figures.secondsToWarm = (sim.now - startNs) / 1e9;
        return finish();
      }
    }
    sim.after(LOOK_NS, "warmth", look);
  };
  sim.after(LOOK_NS, "warmth", look);
}
