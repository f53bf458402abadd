import { describe, expect, it } from "vitest";
import { pass, talk } from "../harness.ts";

/** `k` with 100 s to live, `n` without end, both in database 0; `k` also in database 1. */
function prepared(profile = "redis-7.0", parameters: Record<string, string> = {}) {
  const say = talk({ profile, parameters });
  say("SELECT 1");
  say("SET k other");
  say("SELECT 0");
  say("SET k v EX 100");
  say("SET n 5");
  return say;
}

const RANGE = "-ERR value is out of range, value must between -2147483648 and 2147483647";
const NO_INTEGER = "-ERR value is not an integer or out of range";

describe("keys whatever their value", () => {
  it.each([
    ["DEL k n none k", ":2"],
    ["UNLINK k", ":1"],
    ["EXISTS k k none", ":2"],
    ["TOUCH k none", ":1"],
    ["TYPE k", "+string"],
    ["TYPE none", "+none"],
    ["RENAME k n", "+OK"],
    ["RENAME k k", "+OK"],
    ["RENAME none k", "-ERR no such key"],
    ["RENAME none none", "-ERR no such key"],
    ["RENAMENX k n", ":0"],
    ["RENAMENX k k", ":0"],
    ["RENAMENX k new", ":1"],
    ["COPY k new", ":1"],
    ["COPY k n", ":0"],
    ["COPY k n REPLACE", ":1"],
    ["COPY k k", "-ERR source and destination objects are the same"],
    ["COPY k k DB 0", "-ERR source and destination objects are the same"],
    ["COPY k k DB 1", ":0"],
    ["COPY k k DB 1 replace", ":1"],
    ["COPY none k", ":0"],
    ["COPY k new DB 16", "-ERR DB index is out of range"],
    ["COPY k new DB x", NO_INTEGER],
    ["COPY k new DB 99999999999", RANGE],
    ["COPY k new DB", "-ERR syntax error"],
    ["COPY k new NX", "-ERR syntax error"],
    ["MOVE k 1", ":0"],
    ["MOVE n 1", ":1"],
    ["MOVE none 1", ":0"],
    ["MOVE n 0", "-ERR source and destination objects are the same"],
    ["MOVE n 16", "-ERR DB index is out of range"],
    ["MOVE n -99999999999", RANGE],
    ["MOVE n x", NO_INTEGER],
    ["SWAPDB 0 1", "+OK"],
    ["SWAPDB 0 0", "+OK"],
    ["SWAPDB x 1", "-ERR invalid first DB index"],
    ["SWAPDB 0 99999999999", "-ERR invalid second DB index"],
    ["SWAPDB 0 16", "-ERR DB index is out of range"],
    ["SELECT 16", "-ERR DB index is out of range"],
    ["SELECT -1", "-ERR DB index is out of range"],
    ["SELECT x", NO_INTEGER],
    ["SELECT 99999999999", RANGE],
    ["OBJECT ENCODING k", "$embstr"],
    ["OBJECT ENCODING none", "(nil)"],
    ["OBJECT REFCOUNT n", ":2147483647"],
    ["OBJECT REFCOUNT k", ":1"],
    ["OBJECT IDLETIME k", ":0"],
    [
      "OBJECT FREQ k",
      "-ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
    ],
    ["OBJECT NOSUCH k", "-ERR unknown subcommand 'NOSUCH'. Try OBJECT HELP."],
  ])("%s answers %s", (line, reply) => {
    expect(prepared()(line)).toBe(reply);
  });

  it.each([
    ["RENAME k new", "new", 100_000],
    ["RENAME k n", "n", 100_000],
    ["RENAME n k", "k", -1],
    ["COPY k new", "new", 100_000],
    ["COPY n k REPLACE", "k", -1],
    ["COPY k new", "k", 100_000],
  ])("%s leaves %s with %d ms to live", (line, key, ttl) => {
    const say = prepared();
    say(line);
    expect(say("PTTL", key)).toBe(`:${ttl}`);
  });

  it("MOVE key db takes value and expiry along", () => {
    const say = prepared();
    say("RENAME k mine");
    say("MOVE mine 1");
    expect(say("EXISTS mine")).toBe(":0");
    say("SELECT 1");
    expect(say("GET mine")).toBe("$v");
    expect(say("PTTL mine")).toBe(":100000");
  });

  it("COPY key new makes a value of its own, also of one that grows in place", () => {
    const say = prepared();
    say("APPEND k w");
    say("COPY k new");
    say("APPEND k x");
    expect(say("GET new")).toBe("$vw");
    expect(say("GET k")).toBe("$vwx");
  });

  it("SWAPDB a b exchanges what sessions see, and what they have selected stays their number", () => {
    const say = prepared();
    say("SWAPDB 0 1");
    expect(say("GET k")).toBe("$other");
    expect(say("DBSIZE")).toBe(":1");
    say("SELECT 1");
    expect(say("GET n")).toBe("$5");
    expect(say("PTTL k")).toBe(":100000");
    expect(String(say("INFO keyspace"))).toContain("db0:keys=1,expires=0");
  });

  it("an expired key is not there for any of them", () => {
    for (const [line, reply] of [
      ["DEL k", ":0"],
      ["EXISTS k", ":0"],
      ["RENAME k x", "-ERR no such key"],
      ["RENAMENX n k", ":1"],
      ["COPY n k", ":1"],
      ["COPY k x", ":0"],
      ["MOVE k 2", ":0"],
      ["TYPE k", "+none"],
      ["OBJECT ENCODING k", "(nil)"],
      ["PERSIST k", ":0"],
      ["EXPIRE k 10", ":0"],
    ]) {
      const say = prepared();
      pass(say.engine, 100_001);
      expect(say(line), line).toBe(reply);
      expect(say.engine.stats.expiredKeys, line).toBe(1);
    }
  });

  it("MEMORY USAGE and DEBUG OBJECT see a key that has expired and is still there", () => {
    const say = prepared();
    say.engine.allowProtected = true;
    pass(say.engine, 100_001);
    expect(say("MEMORY USAGE k")).not.toBe("(nil)");
    expect(say("DEBUG OBJECT k")).toMatch(/^\+Value at:0x0 refcount:1 encoding:embstr/u);
    expect(say.engine.stats.expiredKeys).toBe(0);
  });

  it("RANDOMKEY answers every key in time, a living one, and none of an empty database", () => {
    const say = talk();
    expect(say("RANDOMKEY")).toBe("(nil)");
    for (let i = 0; i < 20; i++) say("SET", `k${i}`, "v");
    const seen = new Set(Array.from({ length: 2_000 }, () => say("RANDOMKEY")));
    expect(seen.size).toBe(20);
  });

  it("RANDOMKEY on a primary goes on past any number of expired keys", () => {
    const say = talk();
    for (let i = 0; i < 1_000; i++) say("SET", `dead${i}`, "v", "PX", "1");
    say("SET alive v");
    pass(say.engine, 5);
    expect(say("RANDOMKEY")).toBe("$alive");
  });
});

describe("the age of a key", () => {
  /** Seconds since the last use after these calls, ten seconds after the key was made. */
  function idleAfter(...lines: string[]): unknown {
    const say = prepared();
    say.engine.cron(say.engine.nowMs + 10_000);
    for (const line of lines) say(line);
    return say("OBJECT IDLETIME k");
  }

  it.each(["EXISTS k", "TYPE k", "TTL k", "OBJECT ENCODING k", "MEMORY USAGE k", "KEYS *", "SCAN 0", "GET n"])(
    "is left alone by %s",
    line => {
      expect(idleAfter(line)).toBe(":10");
    },
  );

  it.each(["GET k", "TOUCH k", "STRLEN k", "EXPIRE k 10", "SET k v NX", "RENAMENX n k", "COPY n k"])(
    "ends with %s",
    line => {
      expect(idleAfter(line)).toBe(":0");
    },
  );

  it("is left alone while a child saves, and under CLIENT NO-TOUCH", () => {
    expect(idleAfter("CLIENT NO-TOUCH ON", "GET k")).toBe(":10");
    expect(idleAfter("CLIENT NO-TOUCH ON", "CLIENT NO-TOUCH OFF", "GET k")).toBe(":0");
    const say = prepared();
    say.engine.cron(say.engine.nowMs + 10_000);
    say.engine.childActive = true;
    say("GET k");
    expect(say("OBJECT IDLETIME k")).toBe(":10");
  });

  const lfu = { "maxmemory-policy": "allkeys-lfu", "lfu-log-factor": "0" };

  it("under LFU counts one per use; SET … GET and GETSET use the key twice", () => {
    for (const [lines, freq] of [
      [[], 5],
      [["GET k", "GET k"], 7],
      [["EXISTS k", "TYPE k"], 5],
      [["SET k w"], 6],
      [["SET k w GET"], 7],
      [["GETSET k w"], 7],
      [["INCR n", "COPY n k REPLACE"], 5],
    ] as const) {
      const say = prepared("redis-7.0", lfu);
      for (const line of lines) say(line);
      expect(say("OBJECT FREQ k"), lines.join(", ")).toBe(`:${freq}`);
    }
  });

  it("under LFU RENAME and MOVE keep the counter in 7.0, later versions start it anew", () => {
    for (const [profile, freq] of [
      ["redis-7.0", 8],
      ["redis-7.1", 8],
      ["valkey-7.2", 5],
      ["valkey-8.0", 5],
    ] as const) {
      const say = prepared(profile, lfu);
      say("GET k");
      say("GET k");
      say("RENAME k new"); // its own look-up counts
      expect(say("OBJECT FREQ new"), profile).toBe(`:${freq}`);
      say("MOVE new 5");
      say("SELECT 5");
      expect(say("OBJECT FREQ new"), profile).toBe(`:${freq === 8 ? 9 : 5}`);
    }
  });

  it("OBJECT IDLETIME is refused under LFU", () => {
    expect(prepared("redis-7.0", lfu)("OBJECT IDLETIME k")).toMatch(/^-ERR An LFU maxmemory policy is selected/u);
  });
});

describe("in cluster mode", () => {
  it.each([
    ["SELECT 1", "-ERR SELECT is not allowed in cluster mode"],
    ["SELECT 0", "+OK"],
    ["MOVE k 1", "-ERR MOVE is not allowed in cluster mode"],
    ["SWAPDB 0 1", "-ERR SWAPDB is not allowed in cluster mode"],
    ["COPY k new DB 1", "-ERR Copying to another database is not allowed in cluster mode"],
    ["COPY k {k}new", ":1"],
  ])("%s answers %s", (line, reply) => {
    const say = talk({ parameters: { "cluster-enabled": "yes" } });
    say("SET k v");
    expect(say(line)).toBe(reply);
  });
});
