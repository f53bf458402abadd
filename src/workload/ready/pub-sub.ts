// Events to whoever listens: chat rooms, prices, invalidations. Every message goes out as often as its channel has listeners.

import type { ReadyWorkload } from "./ready.ts";

export const pubSub: ReadyWorkload = {
  name: "pub-sub",
  summary: "messages to twenty channels, each copied to fifty subscribers",
  source: "seed: pub/sub and event-driven updates; rates and numbers are assumed",
  workload: {
    pattern: { publish: { subscribers: 1000 } },
    rate: "100/s",
    keys: { count: 20, popularity: "uniform", prefix: "channel:" },
    values: "300B",
  },
};
