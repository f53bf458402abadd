// Leaderboards: points come in, the top is shown, players look where they stand. A popular player is one that plays much.

import type { ReadyWorkload } from "./ready.ts";

export const leaderboard: ReadyWorkload = {
  name: "leaderboard",
  summary: "sorted sets of players: points added, the top ten, a player's rank",
  source: "seed: sorted sets for leaderboards; shares and ten boards of 10,000 players are assumed",
  workload: {
    commands: {
      "ZINCRBY {key} {int:1..50} player:{zipf:10k}": "60%",
      "ZREVRANGE {key} 0 9 WITHSCORES": "20%",
      "ZREVRANK {key} player:{zipf:10k}": "15%",
      "ZADD {key} GT {int:1..20000} player:{zipf:10k}": "5%",
    },
    rate: "1k/s",
    keys: { count: 10, popularity: "uniform", prefix: "board:" },
    holds: { zset: { members: "10k", prefix: "player:" } },
    preload: "100%",
  },
};
