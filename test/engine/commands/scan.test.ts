import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pass, type Talk, talk } from "../harness.ts";
import type { Wire } from "../wire.ts";

/** All keys that a full iteration shows, with repetitions; something may happen after each step. */
function scanAll(say: Talk, rest: string, between: (step: number) => void = () => {}): string[] {
  const seen: string[] = [];
  let cursor = "0";
  let step = 0;
  do {
    const [next, keys] = say(`SCAN ${cursor}${rest}`) as readonly [string, readonly Wire[]];
    seen.push(...keys.map(key => String(key).slice(1)));
    cursor = next.slice(1);
    between(step++);
    expect(step).toBeLessThan(20_000);
  } while (cursor !== "0");
  return seen;
}

describe("SCAN", () => {
  it("shows every key that stays throughout, while others come and go between the steps", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(5),
        (count, step, churn) => {
          const say = talk();
          for (let i = 0; i < count; i++) say("SET", `stays${i}`, "v");
          let made = 0;
          const seen = scanAll(say, ` COUNT ${step}`, round => {
            for (let i = 0; i < churn * 20; i++) say("SET", `comes${made++}`, "v");
            if (round % 3 === 2) for (let i = 0; i < made; i++) say("DEL", `comes${i}`);
            if (round % 3 === 2) made = 0;
            if (round < 50) say.engine.cron(say.engine.nowMs + 100);
            if (round > 200) churn = 0;
          });
          for (let i = 0; i < count; i++) expect(seen).toContain(`stays${i}`);
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  it("COUNT sets about how many keys a step shows", () => {
    const say = talk();
    for (let i = 0; i < 1_000; i++) say("SET", `k${i}`, "v");
    say.engine.cron(say.engine.nowMs + 100);
    for (const count of [10, 100, 1_000]) {
      const [, keys] = say(`SCAN 0 COUNT ${count}`) as readonly [string, readonly Wire[]];
      expect(keys.length).toBeGreaterThanOrEqual(Math.min(count, 1_000));
      expect(keys.length).toBeLessThan(count + 12);
    }
    expect(new Set(scanAll(say, "")).size).toBe(1_000);
  });

  it("MATCH pattern and TYPE name show what fits, and TYPE counts look-ups before 8.0", () => {
    for (const [profile, hits] of [
      ["redis-7.0", 20],
      ["valkey-8.0", 0],
    ] as const) {
      const say = talk({ profile });
      for (let i = 0; i < 20; i++) say("SET", `k${i}`, "v");
      expect(scanAll(say, " MATCH k1?").sort()).toEqual(Array.from({ length: 10 }, (_, i) => `k1${i}`));
      expect(scanAll(say, " MATCH none")).toEqual([]);
      expect(scanAll(say, " TYPE list")).toEqual([]);
      expect(say.engine.stats.keyspaceHits, profile).toBe(hits);
      expect(scanAll(say, " TYPE STRING")).toHaveLength(20);
    }
  });

  it("deletes the expired keys it meets, without showing them", () => {
    const say = talk();
    for (let i = 0; i < 50; i++) say("SET", `dead${i}`, "v", "PX", "10");
    for (let i = 0; i < 50; i++) say("SET", `alive${i}`, "v");
    pass(say.engine, 11);
    expect(new Set(scanAll(say, "")).size).toBe(50);
    expect(say("DBSIZE")).toBe(":50");
    expect(say.engine.stats.expiredKeys).toBe(50);
  });

  const INVALID = "-ERR invalid cursor";
  it.each([
    ["SCAN x", INVALID],
    ["SCAN 1x", INVALID],
    ["SCAN -", INVALID],
    ["SCAN 18446744073709551616", INVALID],
    ["SCAN 0 COUNT 0", "-ERR syntax error"],
    ["SCAN 0 COUNT -1", "-ERR syntax error"],
    ["SCAN 0 COUNT x", "-ERR value is not an integer or out of range"],
    ["SCAN 0 COUNT", "-ERR syntax error"],
    ["SCAN 0 NOSUCH 1", "-ERR syntax error"],
    ["SCAN x NOSUCH", INVALID],
  ])("%s answers %s", (line, reply) => {
    for (const profile of ["redis-7.0", "valkey-8.0"]) expect(talk({ profile })(line)).toBe(reply);
  });

  it.each([
    // What strtoul reads: a sign, or nothing at all. 8.0 wants digits, and knows its types.
    ["SCAN", [""], ["$0", ["$k"]], INVALID],
    ["SCAN", ["+0"], ["$0", ["$k"]], INVALID],
    ["SCAN", ["0", "TYPE", "nosuch"], ["$0", []], "-ERR unknown type name 'nosuch'"],
  ])("%s %j answers %j before 8.0 and %j since", (name, rest, before, since) => {
    for (const [profile, reply] of [
      ["redis-7.0", before],
      ["valkey-7.2", before],
      ["valkey-8.0", since],
    ] as const) {
      const say = talk({ profile });
      say("SET k v");
      expect(say(name, ...rest), profile).toEqual(reply);
    }
  });

  it("takes any 64-bit cursor: only the bits of the table's size count", () => {
    const say = talk();
    for (let i = 0; i < 100; i++) say("SET", `k${i}`, "v");
    say.engine.cron(say.engine.nowMs + 100);
    const shown = say("SCAN 37 COUNT 1");
    expect(say("SCAN", String((1n << 40n) + 37n), "COUNT", "1")).toEqual(shown);
    expect(say("SCAN", String((1n << 64n) - 128n + 37n), "COUNT", "1")).toEqual(shown);
  });
});

describe("KEYS pattern", () => {
  it("answers the living keys that match", () => {
    const say = talk();
    say("MSET one 1 two 2 three 3");
    say("SET dead v PX 10");
    pass(say.engine, 11);
    expect([...say("KEYS *")].sort()).toEqual(["$one", "$three", "$two"]);
    expect([...say("KEYS t*")].sort()).toEqual(["$three", "$two"]);
    expect(say("KEYS [^t]??")).toEqual(["$one"]);
    expect(say("DBSIZE")).toBe(":4");
  });
});
