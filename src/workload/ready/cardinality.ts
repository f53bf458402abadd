// How many different visitors: a HyperLogLog per page, 12 KB and no more however many there were.

import type { ReadyWorkload } from "./ready.ts";

export const cardinality: ReadyWorkload = {
  name: "cardinality",
  summary: "unique visitors per page by HyperLogLog: added with every view, counted for reports",
  source: "seed: cardinality estimation in 12 KB; shares and a thousand pages are assumed",
  workload: {
    commands: { "PFADD {key} visitor:{int:1..10000000}": "95%", "PFCOUNT {key}": "5%" },
    rate: "1k/s",
    keys: { count: 1000, popularity: "zipf(0.9)", prefix: "visitors:" },
    holds: { hyperloglog: { elements: "5k" } },
    preload: "100%",
  },
};
