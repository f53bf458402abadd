import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bytes } from "../../src/engine/bytes.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type Collection, STRING } from "../../src/engine/keyspace.ts";
import { NO_DATABASE } from "../../src/engine/propagation.ts";
import { type StringValue, stringText } from "../../src/engine/values/string.ts";
import { dataSequence, KEYS, resolve } from "./differential-calls.ts";
import { NOW_MS, pass, type Talk, talk, talkTo, testEngine } from "./harness.ts";

/** Collects what replicas get: database number and words. */
function streamOf(say: Talk): (readonly [number, ...Bytes[]])[] {
  const stream: (readonly [number, ...Bytes[]])[] = [];
  say.engine.replicate = (db, argv) => stream.push([db, ...argv]);
  return stream;
}

/** Keys, types, values and expiries of every database. */
function dataOf(engine: Engine): unknown {
  return engine.databases.map(db => {
    const rows: unknown[][] = [];
    db?.forEachEntry(entry => {
      const stored = db.valueOf(entry);
      const isText = db.typeOf(entry) === STRING;
      const value = isText ? stringText(stored as StringValue) : (stored as Collection).elements;
      rows.push([db.keyOf(entry), db.typeOf(entry), value, db.expiryOf(entry)]);
    });
    return rows.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  });
}

/** A replica that applies the primary's stream as it comes, at the primary's time. */
function follow(primary: Engine): Engine {
  const replica = testEngine({ seed: "replica" });
  replica.role = "replica";
  const link = replica.session(1, true);
  primary.replicate = (db, argv) => {
    replica.setTime(primary.nowMs);
    // A transaction's frame: on a link without SELECT its calls run one by one.
    if (db === NO_DATABASE) return;
    link.db = db;
    replica.execute(link, argv);
  };
  return replica;
}

describe("what replicas receive", () => {
  it.each([
    ["SET k v", ["SET k v"]],
    ["SET k v EX 10", [`SET k v PXAT ${NOW_MS + 10_000}`]],
    ["SET new v NX PX 5", [`SET new v PXAT ${NOW_MS + 5}`]],
    ["SET k v KEEPTTL", ["SET k v KEEPTTL"]],
    ["SET k v GET", ["SET k v"]],
    ["SET k v XX get GET", ["SET k v XX"]],
    ["SET k v EXAT 1800000000 GET", ["SET k v PXAT 1800000000000"]],
    ["SET other v XX", []],
    ["SET k v NX", []],
    ["SETEX k 10 v", [`SET k v PXAT ${NOW_MS + 10_000}`]],
    ["PSETEX k 10 v", [`SET k v PXAT ${NOW_MS + 10}`]],
    ["GETSET k v", ["SET k v"]],
    ["GETDEL k", ["DEL k"]],
    ["GETDEL none", []],
    ["GETEX k", []],
    ["GETEX k EX 100", [`PEXPIREAT k ${NOW_MS + 100_000}`]],
    ["GETEX k PERSIST", ["PERSIST k"]],
    ["GETEX n PERSIST", []],
    ["GETEX k PXAT 1", ["DEL k"]],
    ["EXPIRE k 10", [`PEXPIREAT k ${NOW_MS + 10_000}`]],
    ["EXPIRE k 10 NX", []],
    ["PEXPIRE k 100000000 GT", [`PEXPIREAT k ${NOW_MS + 100_000_000} GT`]],
    ["EXPIREAT k 1800000000", ["PEXPIREAT k 1800000000000"]],
    ["EXPIRE k -1", ["DEL k"]],
    ["PERSIST k", ["PERSIST k"]],
    ["INCR n", ["INCR n"]],
    ["INCRBYFLOAT n 0.5", ["SET n 5.5 KEEPTTL"]],
    ["APPEND k x", ["APPEND k x"]],
    ["SETRANGE k 3 x", ["SETRANGE k 3 x"]],
    ["SETRANGE k 0", []],
    ["DEL k none", ["DEL k none"]],
    ["DEL none", []],
    ["UNLINK k", ["UNLINK k"]],
    ["MSET a 1 b 2", ["MSET a 1 b 2"]],
    ["MSETNX a 1 k 2", []],
    ["RENAME k k2", ["RENAME k k2"]],
    ["RENAMENX k n", []],
    ["COPY k k2 DB 3", ["COPY k k2 DB 3"]],
    ["MOVE k 3", ["MOVE k 3"]],
    ["SWAPDB 0 3", ["SWAPDB 0 3"]],
    ["FLUSHALL ASYNC", ["FLUSHALL ASYNC"]],
    ["FLUSHDB", ["FLUSHDB"]],
    ["GET k", []],
    ["INCR k", []],
    ["EXISTS k", []],
    ["CONFIG SET hz 20", []],
  ])("of %s is %j", (line, expected) => {
    const say = talk();
    say("SET k v PX 50000");
    say("SET n 5");
    const stream = streamOf(say);
    if (line === "SETRANGE k 0") say("SETRANGE", "k", "0", "");
    else say(line);
    expect(stream.map(([db, ...words]) => [db, words.join(" ")])).toEqual(expected.map(words => [0, words]));
  });

  it("follows the session's database, and a lazy expiry's own", () => {
    const say = talk();
    say("SELECT 4");
    say("SET k v PX 10");
    say("SELECT 0");
    say("SET k v");
    const stream = streamOf(say);
    pass(say.engine, 11);
    say("COPY k k DB 4");
    say("SWAPDB 0 4");
    say("SELECT 4");
    say("SET z 1");
    expect(stream).toEqual([
      [NO_DATABASE, "MULTI"],
      [4, "DEL", "k"],
      [0, "COPY", "k", "k", "DB", "4"],
      [NO_DATABASE, "EXEC"],
      [0, "SWAPDB", "0", "4"],
      [4, "SET", "z", "1"],
    ]);
  });

  it("says UNLINK for what expires and is freed lazily, DEL for GETDEL", () => {
    const say = talk({ profile: "valkey-8.0" });
    for (const key of ["a", "b", "c", "d"]) say("SET", key, "v", "PX", "10");
    const stream = streamOf(say);
    say("EXPIRE a -1");
    say("GETDEL d");
    pass(say.engine, 11);
    say("GET b");
    say.engine.cron(say.engine.nowMs + 100);
    expect(stream).toEqual([
      [0, "UNLINK", "a"],
      [0, "DEL", "d"],
      [0, "UNLINK", "b"],
      [0, "UNLINK", "c"],
    ]);
  });
});

describe("a replica that applies the stream", () => {
  it("holds the same data after any calls, with keys that expire in between", () => {
    fc.assert(
      fc.property(dataSequence, fc.nat(), (calls, salt) => {
        const primary = testEngine();
        const replica = follow(primary);
        const say = talkTo(primary);
        calls.forEach((call, step) => {
          const [name, ...rest] = call.map(word => resolve(word, step, NOW_MS));
          say(name, ...rest);
          if ((step + salt) % 4 === 0) {
            say("PEXPIRE", KEYS[(step * 7 + salt) % KEYS.length], "2");
            pass(primary, 5);
          }
          if ((step + salt) % 16 === 0) primary.cron(primary.nowMs + 100);
          expect(dataOf(replica)).toEqual(dataOf(primary));
        });
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it.each(["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-ttl"])(
    "holds the same data while the primary evicts by %s and expires",
    policy => {
      const primary = testEngine({ parameters: { "maxmemory-policy": policy, "latency-tracking": "no" } });
      const replica = follow(primary);
      const say = talkTo(primary);
      say(`CONFIG SET maxmemory ${primary.baseBytes + 30_000}`);
      for (let i = 0; i < 5_000; i++) {
        say("SET", `key${(i * 7_919) % 1_000}`, "x".repeat(i % 150), "PX", String(100 + ((i * 37) % 3_000)));
        if (i % 3 === 0) say("GETEX", `key${(i * 5) % 1_000}`, "PX", "300");
        pass(primary, 1);
        if (i % 100 === 0) primary.cron(primary.nowMs);
      }
      expect(primary.stats.evictedKeys).toBeGreaterThan(300);
      expect(primary.stats.expiredKeys).toBeGreaterThan(0);
      expect(replica.stats.evictedKeys).toBe(0);
      expect(replica.stats.expiredKeys).toBe(0);
      expect(dataOf(replica)).toEqual(dataOf(primary));
    },
  );
});
