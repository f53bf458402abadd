// One engine under independent requests: what the closed forms of hit rates are held against. GET, on a miss SET; Poisson
// arrivals, the cron every tenth of a second, the clock in milliseconds, as a node of the simulated world has it.

import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { engineProfile } from "../../../src/engine/profile.ts";
import { standardExponential } from "../../../src/sim/distributions/ziggurat.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import type { Popularity } from "../../../src/workload/keys.ts";

export interface SimulatedCache {
  readonly policy: string;
  readonly keys: number;
  readonly popularity: Popularity;
  /** Requests a second. */
  readonly rate: number;
  readonly ttlSeconds: number | null;
  /** Room for about so many keys. */
  readonly room: number;
  readonly requests: number;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly hitRate: number;
  /** Mean number of keys held, dead ones included. */
  readonly held: number;
  readonly evictions: number;
}

const CRON_MS = 100;
const EPOCH_MS = 1_700_000_000_000;

/** Runs the requests twice over: the first half fills the cache and is not counted. */
export function simulateCache(wanted: SimulatedCache): Measured {
  const engine = new Engine({
    profile: engineProfile("valkey-8.0")!,
    random: randomFrom("closed-forms/engine"),
    nowMs: EPOCH_MS,
    parameters: { "maxmemory-policy": wanted.policy, "latency-tracking": "no", ...wanted.parameters },
  });
  const session = engine.session(1);
  const value = new VirtualBytes(200, 0);
  const keys = Array.from({ length: wanted.keys }, (_, i) => `key:${String(i).padStart(8, "0")}`);
  const set = (key: string) =>
    engine.execute(
      session,
      wanted.ttlSeconds === null ? ["set", key, value] : ["set", key, value, "EX", String(wanted.ttlSeconds)],
    );
  set(keys[0]);
  const before = engine.usedMemory;
  set(keys[1]);
  const perKey = engine.usedMemory - before;
  engine.flushAll();
  const tables = (wanted.ttlSeconds === null ? 1 : 2) * 8 * 2 ** Math.ceil(Math.log2(wanted.room));
  engine.execute(session, [
    "config",
    "set",
    "maxmemory",
    String(engine.usedMemory + Math.round(wanted.room * perKey) + tables),
  ]);

  const random = randomFrom("closed-forms/requests");
  let ms = 0;
  let ticks = 0;
  let hits = 0;
  let held = 0;
  let looks = 0;
  let evictedBefore = 0;
  for (let i = 0; i < 2 * wanted.requests; i++) {
    const counted = i >= wanted.requests;
    if (i === wanted.requests) evictedBefore = engine.stats.evictedKeys;
    ms += (1_000 / wanted.rate) * standardExponential(random);
    while ((ticks + 1) * CRON_MS <= ms) {
      engine.cron(EPOCH_MS + ++ticks * CRON_MS);
      if (!counted) continue;
      held += engine.database(0).size;
      looks++;
    }
    engine.setTime(Math.max(engine.nowMs, EPOCH_MS + Math.floor(ms)));
    const key = keys[wanted.popularity(random)];
    if (engine.execute(session, ["get", key]) === null) set(key);
    else if (counted) hits++;
  }
  return {
    hitRate: hits / wanted.requests,
    held: held / looks,
    evictions: (engine.stats.evictedKeys - evictedBefore) / wanted.requests,
  };
}
