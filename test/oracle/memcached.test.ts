// Hit rates of memcached 1.6.18 as measured (shared/truth): the sequences fed at the speed of the measurement, of one size
// and of many (where a class that needs memory has to wait for a page of another).

import { describe, expect, it } from "vitest";
import { replayMemcached } from "./replay-memcached.ts";
import { memcachedCells, noTruth } from "./truth.ts";

/** Two thirds of the cells, those of a sequence together: reading it takes most of the time. */
function chosen() {
  return memcachedCells()
    .filter(({ workload, m_mb }) => workload !== "z099-n50k-writes20" && !(workload === "z099-n100k-logn" && m_mb < 27))
    .sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

describe.skipIf(noTruth !== null)(`hit rates of memcached (${noTruth ?? "measured"})`, () => {
  it.each(noTruth === null ? chosen() : [])("$workload, $m_mb MB, $variant", cell => {
    const got = replayMemcached(cell);
    const [measured] = cell.reps;
    expect(got.pageBytes).toBe(measured.total_malloced);
    expect(Math.abs(got.items / measured.curr_items - 1)).toBeLessThan(0.01);
    // One run differs from the next by 0.0003; where nothing is evicted in time to be asked for again, by nothing.
    expect(Math.abs(got.hitRate - cell.hit_ratio)).toBeLessThan(0.0015);
  });
});
