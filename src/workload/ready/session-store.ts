// Sessions: read with every page, which begins their time anew, written now and then, ended by logging out.

import type { ReadyWorkload } from "./ready.ts";

export const sessionStore: ReadyWorkload = {
  name: "session-store",
  summary: "sessions of users: read and prolonged (GETEX), written, ended; none may be evicted",
  source: "seed: noeviction for session stores; shares, sizes and half an hour are assumed",
  workload: {
    commands: { "GETEX {key} EX {ttl}": "90%", "SET {key} {value} EX {ttl}": "9%", "DEL {key}": "1%" },
    rate: "1k/s",
    keys: { count: "100k", popularity: "zipf(0.6)", prefix: "session:" },
    values: "lognormal(mean=1.2KiB, sigma=0.6)",
    ttl: "30m",
    preload: "80%",
  },
};
