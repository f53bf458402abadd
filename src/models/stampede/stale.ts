// Stale-while-revalidate (as RFC 5861 has it for HTTP): a value past its time stays for `grace`, is given to whoever asks, and
// the first who sees it has it made anew in the background, once per instance. What is not asked for within the grace ends.

import { CachedValue } from "../caching/cached-value.ts";
import type { PatternWorld } from "../caching/pattern.ts";
import type { Loading, Protection } from "./protection.ts";

export function staleWhileRevalidate(graceSeconds: number, loading: Loading, world: PatternWorld): Protection {
  return {
    needsEnvelope: true,
    graceSeconds,
    missed: (request, degraded) => loading.load(request, degraded),
    found(request, value) {
      if (!(value instanceof CachedValue) || world.nowNs < value.freshUntilNs) return false;
      world.counters.pastTime++;
      loading.refresh(request);
      loading.serve(request, value);
      return true;
    },
  };
}
