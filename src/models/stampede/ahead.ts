// Refresh-ahead: a value that is read in the last part of its life is made anew in the background, once per instance, and the
// reader gets the old one, which is still good. Keys that are asked for often enough never end.

import { CachedValue } from "../caching/cached-value.ts";
import type { PatternWorld } from "../caching/pattern.ts";
import type { Loading, Protection } from "./protection.ts";

export function refreshAhead(factor: number, loading: Loading, world: PatternWorld): Protection {
  return {
    needsEnvelope: true,
    graceSeconds: 0,
    missed: (request, degraded) => loading.load(request, degraded),
    found(request, value) {
      if (!(value instanceof CachedValue)) return false;
      if (value.freshUntilNs - world.nowNs > (1 - factor) * value.freshForNs) return false;
      loading.refresh(request);
      loading.serve(request, value);
      return true;
    },
  };
}
