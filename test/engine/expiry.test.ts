import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { NO_DATABASE } from "../../src/engine/propagation.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { NOW_MS, pass, type Talk, talk, talkTo, testEngine } from "./harness.ts";

const HZ = 10;

/** Share of the keys that have expired and are still there. */
function staleShare(engine: Engine): number {
  const db = engine.database(0);
  let dead = 0;
  db.forEachEntry(entry => {
    if (db.expiryOf(entry) < engine.nowMs) dead++;
  });
  return dead / db.size;
}

/**
 * Keys come at a steady rate and live for thirty seconds, so that 200,000 are alive at any time and 6,667 expire per
 * second. The share of dead ones at every full second.
 */
function steadyState(effort: string, seconds: number, profile = "redis-7.0"): number[] {
  const engine = testEngine({ profile, parameters: { "active-expire-effort": effort } });
  const session = engine.session(1);
  const random = randomFrom("expiry");
  const alive = 200_000;
  const lifeMs = 30_000;
  let made = 0;
  const set = (ttlMs: number) => engine.execute(session, ["set", `k${made++}`, "x", "PX", String(Math.ceil(ttlMs))]);
  while (made < alive) set(1 + random.next() * lifeMs);
  const shares: number[] = [];
  for (let tick = 1; tick <= seconds * HZ; tick++) {
    const due = alive + (tick * alive) / ((lifeMs / 1_000) * HZ);
    while (made < due) set(lifeMs);
    engine.cron(engine.nowMs + 1_000 / HZ);
    if (tick % HZ === 0) shares.push(staleShare(engine));
  }
  return shares;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The share of dead keys just ahead of the cursor in the steady state (models/physics.md, section 7): a batch of K keys holds K f
 * dead ones, and another one follows until a batch passes the stop rule, so that a cycle removes K f / P[Bin(K, f) passes].
 */
function shareAhead(effort: number, expiriesPerCycle: number): number {
  const batch = 20 + 5 * (effort - 1);
  const acceptable = 10 - (effort - 1);
  const removed = (f: number) => {
    let passes = 0;
    let probability = (1 - f) ** batch;
    for (let dead = 0; dead <= batch; dead++) {
      if (Math.floor((dead * 100) / batch) <= acceptable) passes += probability;
      probability *= (((batch - dead) / (dead + 1)) * f) / (1 - f);
    }
    return (batch * f) / passes;
  };
  let [low, high] = [0.001, 0.9];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (removed(middle) < expiriesPerCycle) low = middle;
    else high = middle;
  }
  return low;
}

describe("the active expiry cycle", () => {
  it.each([
    [1, 0.356],
    [10, 0.098],
  ])(
    "with effort %d first lets the dead reach the share that the stop rule's equation says, and keeps about half of it",
    (effort, f) => {
      const predicted = shareAhead(effort, 200_000 / 30 / HZ);
      expect(predicted).toBeCloseTo(f, 2);
      const shares = steadyState(String(effort), 35);
      expect(Math.max(...shares) / predicted).toBeGreaterThan(0.8);
      expect(Math.max(...shares) / predicted).toBeLessThan(1.05);
      const later = mean(shares.slice(20)) / predicted;
      expect(later).toBeGreaterThan(0.45);
      expect(later).toBeLessThan(0.7);
    },
  );

  // models/physics.md, section 7, measured on redis-server 7.0.15: first peak 0.338, mean 0.219; effort 10: 0.058.
  it("lets the share of dead keys rise to 0.30–0.36 before it deletes, and keeps a mean of 0.17–0.23 later", () => {
    const shares = steadyState("1", 70);
    const first = shares.slice(0, 25);
    expect(Math.max(...first)).toBeGreaterThan(0.3);
    expect(Math.max(...first)).toBeLessThan(0.36);
    expect(Math.max(...shares)).toBeLessThan(0.36);
    expect(mean(shares.slice(30))).toBeGreaterThan(0.17);
    expect(mean(shares.slice(30))).toBeLessThan(0.23);
    // A saw-tooth: after the first peak it falls to less than half of it.
    expect(Math.min(...shares.slice(15, 35))).toBeLessThan(0.14);
  });

  it("with effort 10 keeps the share near 0.05", () => {
    const shares = steadyState("10", 25);
    expect(Math.max(...shares)).toBeLessThan(0.1);
    expect(mean(shares.slice(10))).toBeGreaterThan(0.04);
    expect(mean(shares.slice(10))).toBeLessThan(0.065);
  });

  it("of 8.0, which walks in scan order, does the same", () => {
    const shares = steadyState("1", 25, "valkey-8.0");
    expect(Math.max(...shares)).toBeGreaterThan(0.28);
    expect(Math.max(...shares)).toBeLessThan(0.36);
  });

  /** An engine in which 50,000 keys have just expired. */
  function massExpiry(parameters: Record<string, string> = {}): Talk {
    const say = talk({ parameters });
    for (let i = 0; i < 50_000; i++) say("SET", `k${i}`, "x", "PX", "1000");
    say.engine.cron(NOW_MS + 100);
    pass(say.engine, 1_500);
    return say;
  }

  it.each([
    ["1", 25],
    ["10", 43],
  ])("with effort %s takes at most %d percent of the time between two cycles", (effort, percent) => {
    const { engine } = massExpiry({ "active-expire-effort": effort });
    const limitNs = (percent / 100) * (1e9 / HZ);
    const spentNs = engine.cron(engine.nowMs + 100);
    // The clock is read every 16 batches.
    const batch = (20 + 5 * (Number(effort) - 1)) * (engine.costs.expireKeyNs + engine.costs.sampleKeyNs);
    expect(spentNs).toBeGreaterThan(limitNs);
    expect(spentNs).toBeLessThan(limitNs + 17 * batch);
    expect(engine.expiry.behind).toBe(true);
    expect(engine.expiry.timeCapReached).toBe(1);
    let cycles = 1;
    while (engine.database(0).size > 0) {
      engine.cron(engine.nowMs + 100);
      expect(++cycles).toBeLessThan(20);
    }
    expect(engine.stats.expiredKeys).toBe(50_000);
    expect(engine.database(0).expires.size).toBe(0);
  });

  it("is followed by fast cycles of a millisecond while it is behind, two milliseconds apart", () => {
    const { engine } = massExpiry();
    expect(engine.expiry.fast(engine.nowMs * 1_000)).toBe(0); // nothing has been cut short yet
    engine.cron(engine.nowMs + 100);
    const nowUs = engine.nowMs * 1_000;
    const spentNs = engine.expiry.fast(nowUs);
    expect(spentNs).toBeGreaterThan(1_000_000);
    expect(spentNs).toBeLessThan(1_700_000);
    expect(engine.expiry.fast(nowUs + 1_999)).toBe(0);
    expect(engine.expiry.fast(nowUs + 2_000)).toBeGreaterThan(0);
  });

  it("hz sets how often it runs and how long it may, so that the throughput stays", () => {
    const removedIn = (hz: number) => {
      const { engine } = massExpiry({ hz: String(hz) });
      for (let i = 0; i < hz / 5; i++) engine.cron(engine.nowMs + 1_000 / hz);
      return engine.stats.expiredKeys;
    };
    const [slow, fast] = [removedIn(10), removedIn(100)];
    expect(slow).toBeGreaterThan(25_000);
    expect(Math.abs(fast / slow - 1)).toBeLessThan(0.25);
  });

  it("does not run on a replica, while loading, and when DEBUG SET-ACTIVE-EXPIRE 0 has turned it off", () => {
    for (const hinder of [
      (engine: Engine) => (engine.role = "replica"),
      (engine: Engine) => (engine.isLoading = true),
      (engine: Engine) => (engine.activeExpireEnabled = false),
    ]) {
      const { engine } = massExpiry();
      hinder(engine);
      engine.cron(engine.nowMs + 100);
      expect(engine.database(0).size).toBe(50_000);
    }
    const say = massExpiry();
    say.engine.allowProtected = true;
    expect(say("DEBUG SET-ACTIVE-EXPIRE 0")).toBe("+OK");
    say.engine.cron(say.engine.nowMs + 100);
    expect(say.engine.stats.expiredKeys).toBe(0);
    say("DEBUG SET-ACTIVE-EXPIRE 1");
    say.engine.cron(say.engine.nowMs + 100);
    expect(say.engine.stats.expiredKeys).toBeGreaterThan(0);
  });

  it("goes through all databases and leaves living keys alone", () => {
    const say = talk();
    for (const db of [0, 3, 15]) {
      say(`SELECT ${db}`);
      for (let i = 0; i < 100; i++) {
        say("SET", `dead${i}`, "x", "PX", "1000");
        say("SET", `alive${i}`, "x", "EX", "1000");
        say("SET", `eternal${i}`, "x");
      }
    }
    pass(say.engine, 2_000);
    for (let tick = 0; tick < 200; tick++) say.engine.cron(say.engine.nowMs + 100);
    for (const db of [0, 3, 15]) {
      const left: string[] = [];
      say.engine.database(db).forEachEntry(entry => left.push(say.engine.database(db).keyOf(entry)));
      expect(left.filter(key => key.startsWith("alive") || key.startsWith("eternal"))).toHaveLength(200);
      // The stop rule leaves some dead ones behind, but few.
      expect(left.length).toBeLessThan(230);
    }
  });
});

describe("expiry on touch", () => {
  it("GET key finds a key until its very millisecond, and deletes it one later", () => {
    const say = talk();
    say("SET k v PX 100");
    pass(say.engine, 100);
    expect(say("GET k")).toBe("$v");
    expect(say("PTTL k")).toBe(":0");
    pass(say.engine, 1);
    expect(say("DBSIZE")).toBe(":1");
    expect(say("GET k")).toBe("(nil)");
    expect(say("DBSIZE")).toBe(":0");
    expect(say.engine.stats.expiredKeys).toBe(1);
  });

  it("a deleted expired key is told to listeners, and to replicas before the call that met it, as one transaction", () => {
    const engine = testEngine();
    const say = talkTo(engine);
    say("SET k v PX 100");
    pass(engine, 101);
    const told: unknown[] = [];
    engine.replicate = (db, argv) => told.push([db, ...argv]);
    engine.onKeyspaceEvent = (kind, event, key) => told.push(`${kind} ${event} ${key}`);
    say("SET k w");
    expect(told).toEqual([
      "x expired k",
      "$ set k",
      [NO_DATABASE, "MULTI"],
      [0, "DEL", "k"],
      [0, "SET", "k", "w"],
      [NO_DATABASE, "EXEC"],
    ]);
  });
});
