import { describe, expect, it } from "vitest";
import { NOW_MS, pass, talk } from "../harness.ts";

const INVALID = (name: string) => `-ERR invalid expire time in '${name}' command`;
const MIN = "-9223372036854775808";
const MAX = "9223372036854775807";

/** `k` has 100 s to live, `n` no end. */
function prepared() {
  const say = talk();
  say("SET k v EX 100");
  say("SET n 5");
  return say;
}

describe("EXPIRE and its relatives", () => {
  it.each([
    ["EXPIRE k 10", ":1", 10_000],
    ["PEXPIRE k 10", ":1", 10],
    [`EXPIREAT k ${NOW_MS / 1_000 + 7}`, ":1", 7_000],
    [`PEXPIREAT k ${NOW_MS + 7}`, ":1", 7],
    ["EXPIRE none 10", ":0", 100_000],
    ["EXPIRE k 10 NX", ":0", 100_000],
    ["EXPIRE k 10 XX", ":1", 10_000],
    ["EXPIRE k 10 GT", ":0", 100_000],
    ["EXPIRE k 100 GT", ":0", 100_000],
    ["EXPIRE k 101 gt", ":1", 101_000],
    ["EXPIRE k 10 LT", ":1", 10_000],
    ["EXPIRE k 100 LT", ":0", 100_000],
    ["EXPIRE k 101 XX GT", ":1", 101_000],
    ["EXPIRE k 10 XX XX", ":1", 10_000],
    ["EXPIRE k 10 NX XX", "-ERR NX and XX, GT or LT options at the same time are not compatible", 100_000],
    ["EXPIRE k 10 NX GT", "-ERR NX and XX, GT or LT options at the same time are not compatible", 100_000],
    ["EXPIRE k 10 GT LT", "-ERR GT and LT options at the same time are not compatible", 100_000],
    ["EXPIRE k 10 Nonsense", "-ERR Unsupported option Nonsense", 100_000],
    ["EXPIRE k ten nonsense", "-ERR Unsupported option nonsense", 100_000],
    ["EXPIRE k ten", "-ERR value is not an integer or out of range", 100_000],
    ["EXPIRE none ten", "-ERR value is not an integer or out of range", 100_000],
    [`EXPIRE k ${MAX}`, INVALID("expire"), 100_000],
    [`EXPIRE k ${MIN}`, INVALID("expire"), 100_000],
    [`EXPIREAT k ${MAX}`, INVALID("expireat"), 100_000],
    [`PEXPIRE k ${MAX}`, INVALID("pexpire"), 100_000],
    ["EXPIRE k -1", ":1", -2],
    ["EXPIRE k 0", ":1", -2],
    [`PEXPIRE k ${MIN}`, ":1", -2],
    ["PEXPIREAT k 0", ":1", -2],
    ["EXPIRE k -1 GT", ":0", 100_000],
    ["EXPIRE k -1 LT", ":1", -2],
    ["PERSIST k", ":1", -1],
    ["PERSIST n", ":0", 100_000],
    ["PERSIST none", ":0", 100_000],
  ])("%s answers %s and leaves k with %d ms to live", (line, reply, ttl) => {
    const say = prepared();
    expect(say(line)).toBe(reply);
    expect(say("PTTL k")).toBe(`:${ttl}`);
    expect(say("EXISTS k")).toBe(ttl === -2 ? ":0" : ":1");
  });

  it.each([
    ["EXPIRE n 10 NX", ":1"],
    ["EXPIRE n 10 XX", ":0"],
    ["EXPIRE n 10 GT", ":0"],
    ["EXPIRE n 10 LT", ":1"],
  ])("%s answers %s for a key without end, which counts as infinite", (line, reply) => {
    expect(prepared()(line)).toBe(reply);
  });

  it.each([
    ["TTL k", ":100"],
    ["PTTL k", ":100000"],
    ["EXPIRETIME k", `:${NOW_MS / 1_000 + 100}`],
    ["PEXPIRETIME k", `:${NOW_MS + 100_000}`],
    ["TTL n", ":-1"],
    ["PEXPIRETIME n", ":-1"],
    ["TTL none", ":-2"],
    ["EXPIRETIME none", ":-2"],
  ])("%s answers %s", (line, reply) => {
    expect(prepared()(line)).toBe(reply);
  });

  it("TTL key rounds half seconds up", () => {
    const say = prepared();
    for (const [passed, ttl] of [
      [499, 100],
      [2, 99],
      [998, 99],
      [2, 98],
    ]) {
      pass(say.engine, passed);
      expect(say("TTL k")).toBe(`:${ttl}`);
    }
  });

  it("a key that EXPIRE deletes does not count as expired", () => {
    const say = prepared();
    say("EXPIRE k -1");
    expect(say.engine.stats.expiredKeys).toBe(0);
  });

  it("TTL and EXISTS count hits and misses", () => {
    const say = prepared();
    for (const line of ["TTL k", "TTL none", "EXISTS k none", "TYPE none", "OBJECT ENCODING k"]) say(line);
    expect([say.engine.stats.keyspaceHits, say.engine.stats.keyspaceMisses]).toEqual([3, 3]);
  });
});
