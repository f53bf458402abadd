// A small comparison that runs wherever redis-server is installed: a sequence made here, fed to the real server at its
// own speed and to the engine. Only policies that do not look at the clock, so speed does not matter.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zipf } from "../../src/sim/distributions/zipf.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { type Client, infoFields, noServer, type RealServer, startServer } from "../engine/real-server.ts";
import { replay, type Sequence } from "./replay.ts";

const KEYS = 6_000;
const REQUESTS = 60_000;
const PIPELINE = 100;

/** GET and, on a miss, SET, as one step of the server. */
const SCRIPT =
  "if redis.call('GET', KEYS[1]) then return 1 end redis.call('SET', KEYS[1], string.rep('x', ARGV[1])) return 0";

function madeHere(): Sequence {
  const random = randomFrom("hitrate-local");
  const ranks = zipf(KEYS, 0.9);
  const sizes = Array.from({ length: KEYS }, () => 20 + random.below(400));
  const drawn = Array.from({ length: REQUESTS }, () => ranks.rank(random));
  return {
    // About the speed at which the server takes them: its cron rehashes meanwhile.
    timeMs: Float64Array.from(drawn, (_, i) => Math.floor(i / 100)),
    keys: drawn.map(rank => `page:${String(rank).padStart(6, "0")}`),
    isSet: new Uint8Array(REQUESTS),
    size: Float64Array.from(drawn, rank => sizes[rank]),
    ttl: new Float64Array(REQUESTS).fill(Number.NaN),
  };
}

if (noServer !== null) console.log(`hit rates are not compared with a server here: ${noServer}`);

describe.skipIf(noServer !== null)("hit rates of the redis-server here", () => {
  let server: RealServer;
  let client: Client;
  const sequence = madeHere();

  beforeAll(async () => {
    server = await startServer("--enable-debug-command", "yes", "--latency-tracking", "no");
    client = await server.connect();
  });

  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  async function feed(policy: string, budget: number): Promise<{ hits: number; oom: number; baseBytes: number }> {
    const [, , , sha] = await client.pipeline([
      ["CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", policy],
      ["FLUSHALL"],
      ["DEBUG", "REPLYBUFFER", "RESIZING", "0"],
      ["SCRIPT", "LOAD", SCRIPT],
    ]);
    const call = (i: number) => ["EVALSHA", String(sha).slice(1), "1", sequence.keys[i], String(sequence.size[i])];
    // One full pipeline first: what the client's buffers take is in the base, as it will be during the run.
    await client.pipeline(Array.from({ length: PIPELINE }, (_, i) => call(i)));
    await client.call("FLUSHALL");
    const baseBytes = Number(infoFields(await client.call("INFO", "memory")).get("used_memory"));
    await client.call("CONFIG", "SET", "maxmemory", String(baseBytes + budget));
    let hits = 0;
    let oom = 0;
    for (let at = 0; at < REQUESTS; at += PIPELINE) {
      const replies = await client.pipeline(Array.from({ length: PIPELINE }, (_, i) => call(at + i)));
      for (const reply of replies) {
        if (reply === ":1") hits++;
        else if (reply !== ":0") oom++;
      }
    }
    return { hits, oom, baseBytes };
  }

  // Which keys share a bucket decides who is drawn how often: with random victims a server's hits vary by 0.2 points
  // with the seed of its hash function. Without eviction every single answer is determined.
  it.each([
    ["allkeys-random", 300_000, 1],
    ["allkeys-random", 900_000, 1],
    ["noeviction", 600_000, 0.02],
  ])("%s with %d bytes for the keys answers as many hits, to %d percentage points", async (policy, budget, bound) => {
    const real = await feed(policy, budget);
    const limits = { policy, maxmemory: real.baseBytes + budget, baseBytes: real.baseBytes };
    const ours = [1, 2, 3, 4].map(seed => replay(sequence, { ...limits, seed }));
    const hits = ours.reduce((sum, one) => sum + one.hits, 0) / ours.length;
    const difference = ((hits - real.hits) / REQUESTS) * 100;
    console.log(`${policy} ${budget}: real ${real.hits}, ours ${hits}, ${difference.toFixed(2)} points`);
    expect(Math.abs(difference)).toBeLessThan(bound);
    expect(Math.abs(ours[0].oom - real.oom) / REQUESTS).toBeLessThan(bound / 100);
    expect(ours[0].evicted > 0).toBe(policy !== "noeviction");
  });
});
