// Rendered pages: cache-aside with a jittered time to live, and a lock so that a page is rendered once when it runs out.

import type { ReadyWorkload } from "./ready.ts";

export const pageCache: ReadyWorkload = {
  name: "page-cache",
  summary: "rendered pages by cache-aside: jittered TTL, a lock against stampedes",
  source: "seed: jittered TTLs with lock-based recomputation; sizes and the Zipf exponent are assumed",
  workload: {
    pattern: { "cache-aside": { ttl: "1h +-10%", stampede: { lock: {} } } },
    rate: "1k/s",
    keys: { count: "20k", popularity: "zipf(0.99)", prefix: "page:" },
    values: "lognormal(mean=20KiB, sigma=1)",
    preload: "100%",
  },
};
