// DUMP and RESTORE: options, errors, expiries, what replicas are told.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOf } from "../../../src/engine/bytes.ts";
import { NOW_MS, pass, type Talk, talk } from "../harness.ts";
import { EVERY_FORM, resealed } from "../rdb/payloads.ts";

function payloadOf(ours: Talk, key: string): string {
  return String(ours("DUMP", key)).slice(1);
}

describe("DUMP", () => {
  it("is the bytes of a real server", () => {
    // Taken from redis-server 7.0.15 and valkey-server 8.0.1: SET key 10, HSET h f v.
    const seven = talk({ profile: "redis-7.0" });
    const eight = talk({ profile: "valkey-8.0" });
    for (const ours of [seven, eight]) {
      ours("SET", "key", "10");
      ours("HSET", "h", "f", "v");
    }
    const hex = (text: string) => Buffer.from(text, "latin1").toString("hex");
    expect(hex(payloadOf(seven, "key"))).toBe("00c00a0a006e9f57450eae63bb");
    expect(hex(payloadOf(eight, "key"))).toBe("00c00a0b000740ea36f3318a32");
    expect(hex(payloadOf(seven, "h"))).toBe("100d0d0000000200816602817602ff0a0020f13d442354089d");
    expect(hex(payloadOf(eight, "h"))).toBe("100d0d0000000200816602817602ff0b00492e8037decbe114");
  });

  it("nothing for a key that is not there or has expired", () => {
    const ours = talk();
    expect(ours("DUMP", "none")).toBe("(nil)");
    ours("SET", "k", "v", "PX", "5");
    pass(ours.engine, 10);
    expect(ours("DUMP", "k")).toBe("(nil)");
  });
});

describe.each(["redis-7.0", "valkey-7.2", "valkey-8.0", "valkey-9.0"])("RESTORE on %s", profile => {
  it("makes every form again", () => {
    const ours = talk({ profile });
    ours.engine.allowProtected = true;
    for (const [name, ...rest] of EVERY_FORM) ours(name, ...rest);
    for (const found of ours("KEYS", "*")) {
      const key = String(found).slice(1);
      const payload = payloadOf(ours, key);
      expect([key, ours("RESTORE", "copy", "0", payload, "REPLACE")]).toEqual([key, "+OK"]);
      const encoding = ours("OBJECT", "ENCODING", key);
      // What APPEND and PFADD have made can be stored shorter.
      if (encoding !== "$raw") expect([key, ours("OBJECT", "ENCODING", "copy")]).toEqual([key, encoding]);
      ours("PERSIST", key);
      expect(ours("DEBUG", "DIGEST-VALUE", "copy")).toEqual(ours("DEBUG", "DIGEST-VALUE", key));
      if (encoding !== "$hashtable") expect([key, payloadOf(ours, "copy")]).toEqual([key, payload]);
    }
  });
});

describe("RESTORE", () => {
  const ours = talk({ profile: "valkey-8.0" });
  ours.engine.allowProtected = true;
  ours("SET", "source", "value");
  const payload = payloadOf(ours, "source");

  it("says what is wrong, in the server's order", () => {
    const restore = (...rest: string[]) => ours("RESTORE", ...rest);
    ours("SET", "taken", "x");
    expect(restore("taken", "0", "...")).toBe("-BUSYKEY Target key name already exists.");
    expect(restore("taken", "0", "...", "junk")).toBe("-ERR syntax error");
    expect(restore("k", "x", payload)).toBe("-ERR value is not an integer or out of range");
    expect(restore("k", "-1", payload)).toBe("-ERR Invalid TTL value, must be >= 0");
    expect(restore("k", "0", payload, "IDLETIME", "-1")).toBe("-ERR Invalid IDLETIME value, must be >= 0");
    expect(restore("k", "0", payload, "IDLETIME", "x")).toBe("-ERR value is not an integer or out of range");
    expect(restore("k", "0", payload, "IDLETIME")).toBe("-ERR syntax error");
    expect(restore("k", "0", payload, "FREQ", "256")).toBe("-ERR Invalid FREQ value, must be >= 0 and <= 255");
    expect(restore("k", "0", payload, "FREQ", "1", "IDLETIME", "1")).toBe("-ERR syntax error");
    expect(restore("k", "0", "short")).toBe("-ERR DUMP payload version or checksum are wrong");
    expect(restore("k", "0", payload.replace("value", "valve"))).toBe(
      "-ERR DUMP payload version or checksum are wrong",
    );
    const newer = Buffer.from(payload, "latin1");
    newer.writeUInt16LE(12, newer.length - 10);
    expect(restore("k", "0", resealed(newer))).toBe("-ERR DUMP payload version or checksum are wrong");
    const unknown = Buffer.from(payload, "latin1");
    unknown[0] = 8;
    expect(restore("k", "0", resealed(unknown))).toBe("-ERR Bad data format");
    expect(ours("EXISTS", "k")).toBe(":0");
  });

  it("a wrong checksum is believed when told so", () => {
    const spoilt = payload.replace("value", "valve");
    ours("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "1");
    expect(ours("RESTORE", "believed", "0", spoilt)).toBe("+OK");
    ours("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "0");
    expect(ours("GET", "believed")).toBe("$valve");
  });

  it("takes an expiry from now on, or an instant", () => {
    expect(ours("RESTORE", "a", "5000", payload, "REPLACE")).toBe("+OK");
    expect(ours("PTTL", "a")).toBe(":5000");
    expect(ours("RESTORE", "b", String(NOW_MS + 3_000), payload, "ABSTTL")).toBe("+OK");
    expect(ours("PTTL", "b")).toBe(":3000");
  });

  it("what is dead on arrival only takes away what it would replace", () => {
    const keys = ours("DBSIZE");
    ours("SET", "c", "old");
    const events: string[] = [];
    ours.engine.onKeyspaceEvent = (_class, event, key) => events.push(`${event} ${key}`);
    expect(ours("RESTORE", "c", String(NOW_MS - 1), payload, "ABSTTL", "REPLACE")).toBe("+OK");
    expect(ours("RESTORE", "d", String(NOW_MS - 1), payload, "ABSTTL")).toBe("+OK");
    expect(ours("DBSIZE")).toBe(keys);
    expect(events).toEqual(["del c"]);
    ours.engine.onKeyspaceEvent = null;
  });

  it("sets the age that is given", () => {
    ours("RESTORE", "idle", "0", payload, "IDLETIME", "1000");
    expect(ours("OBJECT", "IDLETIME", "idle")).toBe(":1000");
    ours("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
    ours("RESTORE", "used", "0", payload, "FREQ", "100");
    expect(ours("OBJECT", "FREQ", "used")).toBe(":100");
    ours("RESTORE", "fresh", "0", payload);
    expect(ours("OBJECT", "FREQ", "fresh")).toBe(":5");
    ours("CONFIG", "SET", "maxmemory-policy", "noeviction");
  });

  it("tells replicas the instant, and of the dead only the deletion", () => {
    const told: string[][] = [];
    ours.engine.replicate = (_database, argv) => told.push(argv.map(textOf));
    ours("RESTORE", "r", "100", payload, "REPLACE", "IDLETIME", "7");
    ours("RESTORE", "r", "0", payload, "REPLACE");
    ours("CONFIG", "SET", "lazyfree-lazy-server-del", "no");
    ours("RESTORE", "r", String(NOW_MS - 1), payload, "ABSTTL", "REPLACE");
    ours("SET", "r", "x");
    ours("CONFIG", "SET", "lazyfree-lazy-server-del", "yes");
    ours("RESTORE", "r", String(NOW_MS - 1), payload, "ABSTTL", "REPLACE");
    ours("RESTORE", "r", String(NOW_MS - 1), payload, "ABSTTL", "REPLACE");
    ours.engine.replicate = null;
    expect(told).toEqual([
      ["RESTORE", "r", String(NOW_MS + 100), payload, "REPLACE", "IDLETIME", "7", "ABSTTL"],
      ["RESTORE", "r", "0", payload, "REPLACE"],
      ["DEL", "r"],
      ["SET", "r", "x"],
      ["UNLINK", "r"],
    ]);
  });

  it("wakes who waits for a list", () => {
    const waiting = talk({ profile: "valkey-8.0" });
    waiting("RPUSH", "l", "a");
    const list = payloadOf(waiting, "l");
    waiting("DEL", "l");
    const other = waiting.engine.session(2);
    const got: unknown[] = [];
    other.deliver = reply => got.push(reply);
    waiting.engine.execute(other, ["BLPOP", "l", "0"]);
    expect(waiting("RESTORE", "l", "0", list)).toBe("+OK");
    expect(got).toEqual([["l", "a"]]);
  });

  it("a payload of a newer engine is refused by an older one, and not the other way", () => {
    const old = talk({ profile: "redis-7.0" });
    old("SET", "k", "v");
    expect(old("RESTORE", "n", "0", payload)).toBe("-ERR DUMP payload version or checksum are wrong");
    expect(ours("RESTORE", "fromold", "0", payloadOf(old, "k"))).toBe("+OK");
    expect(ours("GET", "fromold")).toBe("$v");
  });

  it("any string at all comes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(40), (part, times) => {
        const text = Buffer.from(part).toString("latin1").repeat(times);
        ours("SET", "s", text);
        expect(ours("RESTORE", "t", "0", payloadOf(ours, "s"), "REPLACE")).toBe("+OK");
        expect(ours("GET", "t")).toBe(`$${text}`);
      }),
    );
  });
});
