// The table of ready workloads. A new one is one file and one line here; the scenario's grammar and the documentation follow.

import { cardinality } from "./cardinality.ts";
import { featureFlags } from "./feature-flags.ts";
import { jobStream } from "./job-stream.ts";
import { leaderboard } from "./leaderboard.ts";
import { pageCache } from "./page-cache.ts";
import { pubSub } from "./pub-sub.ts";
import { rateLimiter } from "./rate-limiter.ts";
import type { ReadyWorkload } from "./ready.ts";
import { sessionStore } from "./session-store.ts";

export const READY_WORKLOADS: readonly ReadyWorkload[] = [
  sessionStore,
  rateLimiter,
  leaderboard,
  featureFlags,
  cardinality,
  jobStream,
  pubSub,
  pageCache,
];

export function readyWorkload(name: string): ReadyWorkload | undefined {
  return READY_WORKLOADS.find(one => one.name === name);
}
