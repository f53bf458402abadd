// The table of protections against stampedes. A new one is one file and one line here and in the scenario's grammar.

import type { PatternWorld } from "../caching/pattern.ts";
import type { StampedeConfig } from "../config.ts";
import type { Requests } from "../requests.ts";
import { refreshAhead } from "./ahead.ts";
import { earlyRecompute } from "./early.ts";
import { lock } from "./lock.ts";
import { unprotected } from "./none.ts";
import type { Loading, Protection } from "./protection.ts";
import { singleFlight } from "./single-flight.ts";
import { staleWhileRevalidate } from "./stale.ts";

export function makeProtection(
  config: StampedeConfig,
  loading: Loading,
  world: PatternWorld,
  requests: Requests,
): Protection {
  switch (config.kind) {
    case "none":
      return unprotected(loading);
    case "lock":
      return lock(config, loading, world, requests);
    case "early":
      return earlyRecompute(config.beta, loading, world);
    case "stale-while-revalidate":
      return staleWhileRevalidate(config.graceSeconds, loading, world);
    case "refresh-ahead":
      return refreshAhead(config.factor, loading, world);
    case "single-flight":
      return singleFlight(loading, world, requests);
  }
}
