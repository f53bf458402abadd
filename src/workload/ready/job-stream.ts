// Jobs in streams, worked off by consumer groups: added, read by whoever is free, acknowledged when done.

import type { ReadyWorkload } from "./ready.ts";

export const jobStream: ReadyWorkload = {
  name: "job-stream",
  summary: "jobs in four streams, worked off and acknowledged by sixteen consumers of a group",
  source: "seed: streams with consumer groups; numbers and 5 ms of work a job are assumed",
  workload: {
    pattern: { "job-stream": { group: "workers", consumers: 16, count: 10, work: "exponential(5ms)" } },
    rate: "1k/s",
    keys: { count: 4, popularity: "uniform", prefix: "jobs:" },
    values: "500B",
    holds: { stream: { entries: 0, groups: ["workers"] } },
    preload: "100%",
  },
};
