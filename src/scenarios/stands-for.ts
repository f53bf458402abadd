// What a count of the whole run is multiplied by, where the run stands for a longer time: requests that it stands for over those
// that were simulated. Time would weigh what leads to a window as if it had been measured.

import type { World } from "../models/world.ts";

export function standsFor({ config, recorder, traffic }: World): number {
  if (config.horizon === undefined) return 1;
  const simulated = traffic.reduce((sum, one) => sum + one.ended, 0);
  let stood = 0;
  for (const count of recorder.totals) stood += count;
  return simulated === 0 ? 1 : stood / simulated;
}

/** Counts of the whole run, scaled to what it stands for. */
export function scaledCounts<T extends Record<string, number>>(world: World, counts: T): T {
  const scale = standsFor(world);
  if (scale === 1) return counts;
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Math.round(count * scale)])) as T;
}
