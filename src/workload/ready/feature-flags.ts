// One bit per user and flag: «per-user feature flags in megabytes instead of gigabytes».

import type { ReadyWorkload } from "./ready.ts";

export const featureFlags: ReadyWorkload = {
  name: "feature-flags",
  summary: "bitmaps: a bit per user and flag, looked up, set, and counted now and then",
  source: "seed: bitmaps for per-user feature flags; shares, 50 flags and a million users are assumed",
  workload: {
    commands: {
      "GETBIT {key} {int:0..999999}": "97%",
      "SETBIT {key} {int:0..999999} {int:0..1}": "2.9%",
      "BITCOUNT {key}": "0.1%",
    },
    rate: "1k/s",
    keys: { count: 50, popularity: "zipf(0.9)", prefix: "flag:" },
    holds: { bitmap: { bits: "1M", set: "10%" } },
    preload: "100%",
  },
};
