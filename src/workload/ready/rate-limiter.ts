// A sliding-window log: one sorted set per caller holds the instants of its calls; a script forgets those that are too old,
// counts, and takes the call down if there is room. Time is the server's, so that callers' clocks do not matter; a member
// is the instant in microseconds and a number, or two calls of one microsecond would count once.

import type { ReadyWorkload } from "./ready.ts";

const SLIDING_WINDOW = `local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - window)
local used = redis.call('ZCARD', KEYS[1])
if used >= limit then return 0 end
redis.call('ZADD', KEYS[1], now, now .. ':' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return limit - used
`;

export const rateLimiter: ReadyWorkload = {
  name: "rate-limiter",
  summary: "a Lua sliding window per caller: 100 calls in 10 s, kept in a sorted set",
  source: "seed: rate limiting with sliding windows by Lua, noeviction; limit, window and skew are assumed",
  workload: {
    scripts: { "sliding-window": SLIDING_WINDOW },
    commands: { "EVALSHA {script:sliding-window} 1 {key} 100 10000 {random}": 1 },
    rate: "1k/s",
    keys: { count: "10k", popularity: "zipf(0.9)", prefix: "limit:" },
  },
};
