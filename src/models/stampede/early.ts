// Probabilistic early recomputation: a request that finds a value makes it anew, with a probability that grows as the value's
// end comes near: when now - delta * beta * ln(u) >= end, u uniform in (0, 1], delta the time that the last recomputation
// took. With beta = 1 one request in the mean does so shortly before the end, whatever the rate (A. Vattani, F.
// Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015). Keys that are not asked for
// again end as before.

import { CachedValue } from "../caching/cached-value.ts";
import type { PatternWorld } from "../caching/pattern.ts";
import type { Loading, Protection } from "./protection.ts";

export function earlyRecompute(beta: number, loading: Loading, world: PatternWorld): Protection {
  const random = world.random("early");
  return {
    needsEnvelope: true,
    graceSeconds: 0,
    missed: (request, degraded) => loading.load(request, degraded),
    found(request, value) {
      if (!(value instanceof CachedValue) || value.freshUntilNs === Number.POSITIVE_INFINITY) return false;
      const ahead = -value.recomputeNs * beta * Math.log(1 - random.next());
      if (world.nowNs + ahead < value.freshUntilNs) return false;
      world.counters.early++;
      loading.load(request, false);
      return true;
    },
  };
}
