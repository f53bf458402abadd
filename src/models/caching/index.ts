// The table of patterns. A new one is one file, one line here and one in the scenario's grammar.

import type { PatternConfig } from "../config.ts";
import type { Requests } from "../requests.ts";
import { CacheAside } from "./cache-aside.ts";
import type { Pattern, PatternWorld } from "./pattern.ts";
import { WriteBehind } from "./write-behind.ts";

/** Without writes of users, a write is one that a trace has recorded. */
const INVALIDATE = { copy: "invalidate", strict: false } as const;

/** The pattern of a workload that has an origin behind its cache. */
export function cachingPattern(
  config: Exclude<PatternConfig, { kind: "commands" }>,
  world: PatternWorld,
  requests: Requests,
): Pattern {
  switch (config.kind) {
    case "cache-aside":
      return new CacheAside(world, requests, config, config.write ?? INVALIDATE);
    case "write-behind":
      return new WriteBehind(world, requests, config, config.behind);
  }
}
