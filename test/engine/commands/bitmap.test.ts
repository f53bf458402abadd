import { describe, expect, it } from "vitest";
import { type Talk, talk } from "../harness.ts";

const valkey = () => talk({ profile: "valkey-8.0" });

function holding(text: string): Talk {
  const say = valkey();
  say("SET", "k", text);
  return say;
}

const BAD_OFFSET = "-ERR bit offset is not an integer or out of range";

describe("bits of strings", () => {
  it.each([
    ["SETBIT k 1 1", ":1"],
    ["SETBIT k 0 1", ":0"],
    ["SETBIT k 100 0", ":0"],
    ["SETBIT k 1 2", "-ERR bit is not an integer or out of range"],
    ["SETBIT k -1 1", BAD_OFFSET],
    ["SETBIT k 4294967296 1", BAD_OFFSET],
    ["SETBIT k #1 1", BAD_OFFSET],
    ["GETBIT k 1", ":1"],
    ["GETBIT k 1000", ":0"],
    ["GETBIT none 0", ":0"],
    ["BITCOUNT k", ":26"],
    ["BITCOUNT k 0 0", ":4"],
    ["BITCOUNT k 1", ":22"],
    ["BITCOUNT k -2 -1", ":7"],
    ["BITCOUNT k 5 30 BIT", ":17"],
    ["BITCOUNT k 5 30 NIBBLE", "-ERR syntax error"],
    ["BITCOUNT k 0 x", "-ERR value is not an integer or out of range"],
    ["BITCOUNT none 0 x", "-ERR value is not an integer or out of range"],
    ["BITCOUNT none", ":0"],
    ["BITPOS k 1", ":1"],
    ["BITPOS k 0", ":0"],
    ["BITPOS k 1 2 3 bit", ":2"],
    ["BITPOS k 2", "-ERR The bit argument must be 1 or 0."],
    ["BITPOS none 0", ":0"],
    ["BITPOS none 1", ":-1"],
    ["BITOP NOT t k none", "-ERR BITOP NOT must be called with a single source key."],
    ["BITOP NAND t k", "-ERR syntax error"],
    ["BITOP AND t none", ":0"],
    ["BITOP OR t k none", ":6"],
  ])("%s on 'foobar' answers %s", (line, reply) => {
    expect(holding("foobar")(line)).toBe(reply);
  });

  it("BITPOS 0 goes on behind the string unless the end is given", () => {
    const say = holding("\xff\xff");
    expect(say("BITPOS k 0")).toBe(":16");
    expect(say("BITPOS k 0 1")).toBe(":16");
    expect(say("BITPOS k 0 0 -1")).toBe(":-1");
    expect(say("BITPOS k 0 5")).toBe(":-1");
  });

  it("BITOP combines strings of different lengths as if zeros followed", () => {
    const say = holding("\xff\x0f");
    say("SET", "short", "\xaa");
    for (const [name, result] of [
      ["AND", "\xaa\x00"],
      ["OR", "\xff\x0f"],
      ["XOR", "\x55\x0f"],
    ]) {
      expect(say(`BITOP ${name} t k short`)).toBe(":2");
      expect(say("GET t")).toBe(`$${result}`);
    }
    say("BITOP NOT t k");
    expect(say("GET t")).toBe("$\x00\xf0");
    say("BITOP AND t none");
    expect(say("EXISTS t")).toBe(":0");
  });

  it("BITOP takes the expiry of its target away", () => {
    const say = holding("a");
    say("SET t x EX 100");
    say("BITOP OR t k");
    expect(say("TTL t")).toBe(":-1");
  });

  it("SETBIT is only replicated when it changes something", () => {
    const say = valkey();
    const stream: string[] = [];
    say.engine.replicate = (_db, argv) => stream.push(argv.join(" "));
    for (const line of ["SETBIT k 9 0", "SETBIT k 9 0", "SETBIT k 9 1", "SETBIT k 9 1"]) say(line);
    expect(stream).toEqual(["SETBIT k 9 0", "SETBIT k 9 1"]);
  });

  it("redis 7.0 looks for the key before it looks at the range", () => {
    const say = talk({ profile: "redis-7.0" });
    expect(say("BITCOUNT none 0 x")).toBe(":0");
    expect(say("BITPOS none 1 x")).toBe(":-1");
    say("SET k a");
    expect(say("BITCOUNT k 0")).toBe("-ERR syntax error");
  });

  it("fields: wrap, saturate, fail; by position or by number", () => {
    const say = valkey();
    expect(say("BITFIELD k SET u8 0 255 GET i8 0 INCRBY u8 0 10")).toEqual([":0", ":-1", ":9"]);
    expect(say("BITFIELD k OVERFLOW SAT INCRBY i8 #1 120 INCRBY i8 #1 120")).toEqual([":120", ":127"]);
    expect(say("BITFIELD k OVERFLOW FAIL INCRBY i8 #1 1 GET i8 8")).toEqual(["(nil)", ":127"]);
    expect(say("BITFIELD k SET i64 100 -9223372036854775808 GET i64 100")).toEqual([":0", ":-9223372036854775808"]);
    expect(say("BITFIELD k OVERFLOW WRAP INCRBY i64 100 -1")).toEqual([":9223372036854775807"]);
    expect(say("BITFIELD_RO k GET u63 101")).toEqual([":9223372036854775807"]);
    expect(say("BITFIELD none GET u8 0")).toEqual([":0"]);
    expect(say("BITFIELD none")).toEqual([]);
    expect(say("EXISTS none")).toBe(":0");
  });

  it.each([
    ["BITFIELD k GET u64 0", /^-ERR Invalid bitfield type/u],
    ["BITFIELD k GET x8 0", /^-ERR Invalid bitfield type/u],
    ["BITFIELD k GET u8 -1", /^-ERR bit offset is not/u],
    ["BITFIELD k OVERFLOW maybe", /^-ERR Invalid OVERFLOW type/u],
    ["BITFIELD k SET u8 0 x", /^-ERR value is not an integer/u],
    ["BITFIELD k GET u8", /^-ERR syntax error/u],
    ["BITFIELD_RO k SET u8 0 1", /^-ERR BITFIELD_RO only supports the GET subcommand/u],
    ["BITFIELD l GET u8 0", /^-WRONGTYPE/u],
    ["SETBIT l 0 1", /^-WRONGTYPE/u],
  ])("%s is refused", (line, error) => {
    const say = valkey();
    say("RPUSH l a");
    expect(say(line)).toMatch(error);
  });
});
