import { describe, expect, it } from "vitest";
import { POLICIES, POLICY_NAMES } from "../../../src/engine/eviction/policies.ts";
import { type Talk, talk } from "../harness.ts";

const BUDGET = 100_000;
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.";

/** An engine with room for so many bytes beyond its base. */
function limited(policy: string, parameters: Record<string, string> = {}, budget = BUDGET): Talk {
  const say = talk({ parameters: { "maxmemory-policy": policy, "latency-tracking": "no", ...parameters } });
  say(`CONFIG SET maxmemory ${say.engine.baseBytes + budget}`);
  return say;
}

/** Lets no more in than there is: each new key must push others out. */
function full(say: Talk): void {
  say(`CONFIG SET maxmemory ${say.engine.usedMemory}`);
}

/** Sets so many keys; their names. */
function fill(say: Talk, count: number, prefix: string, ttl?: (i: number) => number): string[] {
  const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  names.forEach((name, i) => {
    if (ttl === undefined) say("SET", name, "x".repeat(100));
    else say("SET", name, "x".repeat(100), "EX", String(ttl(i)));
  });
  return names;
}

function present(say: Talk, names: readonly string[]): string[] {
  const db = say.engine.database(0);
  return names.filter(name => db.find(name) >= 0);
}

describe("eviction", () => {
  it.each(POLICIES.filter(policy => policy.ranking !== "none"))(
    "$name keeps memory below maxmemory but for what the last call added",
    ({ name }) => {
      const say = limited(name);
      let worst = 0;
      for (let i = 0; i < 3_000; i++) {
        const before = say.engine.usedMemory;
        expect(say("SET", `key${i}`, "x".repeat(i % 300), "EX", "1000")).toBe("+OK");
        if (i % 100 === 0) say.engine.cron(say.engine.nowMs + 100);
        const added = say.engine.usedMemory - Math.min(before, say.engine.settings.maxmemory);
        worst = Math.max(worst, say.engine.memoryToFree());
        expect(say.engine.memoryToFree()).toBeLessThanOrEqual(Math.max(0, added));
      }
      expect(say.engine.stats.evictedKeys).toBeGreaterThan(1_000);
      expect(worst).toBeLessThan(10_000);
    },
  );

  it.each(POLICIES.filter(policy => policy.volatileOnly))(
    "$name takes keys with an expiry only, and refuses writes when none is left",
    ({ name }) => {
      const say = limited(name);
      const eternal = fill(say, 200, "eternal");
      fill(say, 1_000, "volatile", i => 100 + i);
      expect(present(say, eternal)).toHaveLength(200);
      expect(say.engine.stats.evictedKeys).toBeGreaterThan(300);
      const replies = fill(say, 1_000, "more").map(key => say("SET", key, "x".repeat(100)));
      expect(replies.at(-1)).toBe(OOM);
      expect(say.engine.database(0).expires.size).toBe(0);
      expect(present(say, eternal)).toHaveLength(200);
    },
  );

  it("noeviction refuses what may need memory, and lets reads and deletions through", () => {
    const say = limited("noeviction");
    fill(say, 1_000, "key");
    expect(say.engine.stats.evictedKeys).toBe(0);
    for (const line of ["SET k v", "APPEND key1 x", "INCR n", "SETRANGE key1 0 x", "COPY key1 key2000"]) {
      expect(say(line), line).toBe(OOM);
    }
    expect(say("GET key1")).toBe(`$${"x".repeat(100)}`);
    expect(say("EXPIRE key1 100")).toBe(":1");
    expect(say("DEL key1 key2")).toBe(":2");
    expect(say("GETDEL key3")).toBe(`$${"x".repeat(100)}`);
  });

  it("allkeys-lru spares what was used lately", () => {
    const say = limited("allkeys-lru", { "maxmemory-samples": "10" });
    const names = fill(say, 300, "key");
    full(say);
    for (let second = 0; second < 10; second++) {
      say.engine.cron(say.engine.nowMs + 1_000);
      for (const name of names.slice(0, 150)) say("GET", name);
    }
    fill(say, 120, "new");
    const kept = present(say, names);
    expect(kept.filter(name => names.indexOf(name) < 150).length).toBeGreaterThan(145);
    expect(kept.length).toBeLessThan(220);
  });

  it("allkeys-lfu spares what is used often, also against what was used later", () => {
    const say = limited("allkeys-lfu", { "maxmemory-samples": "10", "lfu-log-factor": "1" });
    const names = fill(say, 300, "key");
    full(say);
    for (let round = 0; round < 60; round++) for (const name of names.slice(0, 150)) say("GET", name);
    say.engine.cron(say.engine.nowMs + 1_000);
    for (const name of names.slice(150)) say("GET", name);
    fill(say, 120, "new");
    expect(present(say, names.slice(0, 150)).length).toBeGreaterThan(145);
    expect(present(say, names).length).toBeLessThan(300);
  });

  it("volatile-ttl takes what would expire first", () => {
    const say = limited("volatile-ttl", { "maxmemory-samples": "10" });
    const names = fill(say, 300, "key", i => 1_000 + i);
    full(say);
    fill(say, 120, "new", () => 100_000);
    const kept = present(say, names);
    const meanIndex = kept.reduce((sum, name) => sum + names.indexOf(name), 0) / kept.length;
    expect(kept.length).toBeLessThan(250);
    expect(meanIndex).toBeGreaterThan(149.5 + (300 - kept.length) / 2 - 15);
  });

  it.each(["allkeys-lru", "allkeys-random", "volatile-ttl"])("%s takes from every database", policy => {
    const say = limited(policy);
    for (const db of [0, 1, 2]) {
      say(`SELECT ${db}`);
      fill(say, 150, "key", i => 100 + i);
    }
    say("SELECT 5");
    fill(say, 150, "key", i => 100 + i);
    full(say);
    fill(say, 300, "new", i => 100 + i);
    for (const db of [0, 1, 2]) expect(say.engine.database(db).size).toBeLessThan(150);
  });

  it("goes on after a key in the pool was deleted, renamed, persisted or moved away", () => {
    for (const policy of POLICY_NAMES.filter(name => name !== "noeviction")) {
      const say = limited(policy);
      for (let i = 0; i < 1_500; i++) {
        say("SET", `key${i % 400}`, "x".repeat(i % 200), "EX", "1000");
        say("DEL", `key${(i * 7) % 400}`);
        say("RENAME", `key${(i * 11) % 400}`, `key${(i * 13) % 400}`);
        if (i % 5 === 0) say("MOVE", `key${(i * 3) % 400}`, "1");
        if (i % 50 === 0) say("SWAPDB 0 1");
      }
      expect(say.engine.memoryToFree()).toBeLessThan(2_000);
    }
  });
});

describe("maxmemory-eviction-tenacity", () => {
  /** Keys taken by one call after the limit was lowered to almost nothing. */
  function takenAtOnce(tenacity: string): { taken: number; say: Talk; reply: unknown } {
    const say = limited("allkeys-random", { "maxmemory-eviction-tenacity": tenacity }, 10_000_000);
    fill(say, 5_000, "key");
    say(`CONFIG SET maxmemory ${say.engine.baseBytes + 100_000}`);
    const reply = say("SET one more");
    return { taken: say.engine.stats.evictedKeys, say, reply };
  }

  it.each([
    // 50 us per point up to ten, 1.8 us a key, the clock is read every 16 keys.
    ["0", 16],
    ["5", 144],
    ["10", 288],
  ])("%s lets one call take %d keys, then the call runs all the same", (tenacity, keys) => {
    const { taken, say, reply } = takenAtOnce(tenacity);
    expect(taken).toBe(keys);
    expect(reply).toBe("+OK");
    expect(say.engine.evictionRunning).toBe(true);
  });

  it("100 lets one call take whatever is needed", () => {
    const { taken, say } = takenAtOnce("100");
    expect(taken).toBeGreaterThan(4_000);
    expect(say.engine.memoryToFree()).toBeLessThanOrEqual(
      say.engine.database(0).bytesOf(say.engine.database(0).find("one")),
    );
    expect(say.engine.evictionRunning).toBe(false);
  });

  it("the cron goes on where the call stopped, and says how long it took", () => {
    const { say } = takenAtOnce("10");
    const spentNs = say.engine.cron(say.engine.nowMs + 100);
    expect(spentNs).toBe(288 * say.engine.costs.evictKeyNs);
    for (let i = 0; i < 40 && say.engine.evictionRunning; i++) say.engine.cron(say.engine.nowMs + 100);
    expect(say.engine.evictionRunning).toBe(false);
    expect(say.engine.memoryToFree()).toBeLessThanOrEqual(0);
  });
});

describe("who may evict", () => {
  it("a replica that ignores maxmemory neither evicts nor refuses; one that does not, does both", () => {
    const say = limited("allkeys-lru", { "replica-read-only": "no" });
    say.engine.role = "replica";
    fill(say, 1_000, "key");
    expect(say.engine.stats.evictedKeys).toBe(0);
    say("CONFIG SET replica-ignore-maxmemory no");
    say("SET one more");
    expect(say.engine.stats.evictedKeys).toBeGreaterThan(0);
  });

  it("nobody does while the data set is loading", () => {
    const say = limited("allkeys-lru");
    fill(say, 300, "key");
    say.engine.isLoading = true;
    const before = say.engine.stats.evictedKeys;
    say(`CONFIG SET maxmemory 1`);
    say("INFO");
    expect(say.engine.stats.evictedKeys).toBe(before);
  });

  it("an evicted key is told to replicas and listeners, as UNLINK when values are freed lazily", () => {
    const say = limited("allkeys-random");
    const told: string[] = [];
    say.engine.replicate = (db, argv) => told.push(`${db} ${argv.slice(0, 1).join(" ")}`);
    const events: string[] = [];
    say.engine.onKeyspaceEvent = (kind, event) => events.push(`${kind} ${event}`);
    fill(say, 1_000, "key");
    const evicted = say.engine.stats.evictedKeys;
    expect(told.filter(one => one === "0 DEL")).toHaveLength(evicted);
    expect(events.filter(one => one === "e evicted")).toHaveLength(evicted);
    say("CONFIG SET lazyfree-lazy-eviction yes");
    const before = say.engine.stats.evictedKeys;
    fill(say, 100, "more");
    expect(told.filter(one => one === "0 UNLINK")).toHaveLength(say.engine.stats.evictedKeys - before);
  });
});
