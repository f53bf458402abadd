// The Memcached store behind Valkey's face: what the caching patterns send does there what it should, in Memcached's terms.

import { expect, it } from "vitest";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { MemcachedEngine } from "../../../src/engine/memcached/engine.ts";
import { COLD, HOT, WARM } from "../../../src/engine/memcached/lru.ts";
import { modernSettings } from "../../../src/engine/memcached/settings.ts";
import { MEMCACHED_PROFILE } from "../../../src/engine/profile.ts";
import { ErrorReply, OK } from "../../../src/engine/reply.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { Talk } from "./talk.ts";

function engine(): MemcachedEngine {
  return new MemcachedEngine({
    profile: MEMCACHED_PROFILE,
    random: randomFrom("memcached"),
    nowMs: 1_800_000_000_000,
    memcached: modernSettings(),
  });
}

it("SET NX adds, a time is whole seconds rounded up, GETEX begins it anew, and the rest is an error", () => {
  const one = engine();
  const session = one.session(1);
  const value = new VirtualBytes(100, 7);
  expect(one.execute(session, ["set", "lock", "1", "NX", "PX", "1500"])).toBe(OK);
  expect(one.execute(session, ["set", "lock", "2", "NX", "PX", "1500"])).toBeNull();
  expect(one.execute(session, ["set", "k", value, "PX", "1500"])).toBe(OK);
  one.setTime(one.nowMs + 1_900);
  expect(one.execute(session, ["get", "k"])).toBe(value);
  expect(one.execute(session, ["getex", "k", "PX", "5000"])).toBe(value);
  one.setTime(one.nowMs + 3_000);
  expect(one.execute(session, ["get", "k"])).toBe(value);
  one.setTime(one.nowMs + 3_000);
  expect(one.execute(session, ["get", "k"])).toBeNull();
  expect(one.execute(session, ["del", "k", "lock"])).toBe(0);
  expect(one.execute(session, ["lpush", "k", "1"])).toBeInstanceOf(ErrorReply);
  expect(one.execute(session, ["set", "large", new VirtualBytes(1_048_577, 1)])).toMatchObject({
    text: "SERVER_ERROR object too large for cache",
  });
  expect([one.stats.keyspaceHits, one.stats.keyspaceMisses]).toEqual([3, 1]);
});

it("words behind SET and GETEX that Memcached has nothing for are errors, and nothing is stored", () => {
  const one = engine();
  const session = one.session(1);
  for (const words of [
    ["XX"],
    ["GET"],
    ["KEEPTTL"],
    ["EXAT", "1900000000"],
    ["PXAT", "1900000000000"],
    ["ex", "5"],
    ["EX"],
    ["PX", "5", "NX", "XX"],
  ]) {
    expect(one.execute(session, ["set", "k", "v", ...words])).toBeInstanceOf(ErrorReply);
  }
  expect(one.execute(session, ["set", "k"])).toBeInstanceOf(ErrorReply);
  expect(one.store.index.size).toBe(0);
  expect(one.execute(session, ["set", "k", "v", "PX", "60000", "NX"])).toBe(OK);
  for (const words of [[], ["PERSIST"], ["EXAT", "1900000000"], ["PX"], ["PX", "5", "NX"]]) {
    expect(one.execute(session, ["getex", "k", ...words])).toBeInstanceOf(ErrorReply);
  }
  one.setTime(one.nowMs + 50_000);
  expect(one.execute(session, ["get", "k"])).toBe("v");
});

it("what is asked for twice moves to WARM, the rest to COLD, and memory is taken from COLD", () => {
  const talk = new Talk({ maxBytes: 2 * 1_048_576 });
  for (let i = 0; i < 2_000; i++) talk.ask(`set k${i} 0 0 500\r\n${"x".repeat(500)}\r\n`);
  for (let i = 0; i < 20; i++) talk.ask(`get k${i}\r\nget k${i}\r\n`);
  talk.store.setTime(talk.store.nowMs + 5_000);
  const { lru, classes } = talk.store;
  const own = classes.classOf(48 + 8 + 3 + 502);
  expect(lru.counts[own | WARM]).toBeGreaterThanOrEqual(15);
  expect(lru.counts[own | COLD]).toBeGreaterThan(1_000);
  expect(lru.bytes[own | HOT]).toBeLessThan(0.25 * talk.store.bytes);
  for (let i = 2_000; i < 6_000; i++) talk.ask(`set k${i} 0 0 500\r\n${"x".repeat(500)}\r\n`);
  expect(talk.stats().get("evictions")).not.toBe("0");
  // They outlive two thousand younger ones.
  expect(talk.ask("get k0 k1 k2\r\n").match(/VALUE/gu)).toHaveLength(3);
});

it("pages of a class that has emptied go to the one that evicts, through the pool", () => {
  const talk = new Talk({ maxBytes: 8 * 1_048_576 });
  for (let i = 0; i < 8_000; i++) talk.ask(`set a${i} 0 0 900\r\n${"x".repeat(900)}\r\n`);
  for (let i = 0; i < 8_000; i++) talk.ask(`delete a${i}\r\n`);
  for (let second = 0; second < 40; second++) talk.store.setTime(talk.store.nowMs + 1_000);
  for (let i = 0; i < 60_000; i++) talk.ask(`set b${i} 0 0 50\r\n${"y".repeat(50)}\r\n`);
  expect(Number(talk.stats().get("slabs_moved"))).toBeGreaterThanOrEqual(3);
  expect(talk.store.slabs.allocated).toBeLessThanOrEqual(8 * 1_048_576);
  expect(talk.store.slabs.pages[talk.store.classes.classOf(48 + 8 + 7 + 52)].length).toBeGreaterThanOrEqual(3);
});
