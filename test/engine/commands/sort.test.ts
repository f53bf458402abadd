import { describe, expect, it } from "vitest";
import { type Talk, talk } from "../harness.ts";

const valkey = () => talk({ profile: "valkey-8.0" });
const NOT_NUMBERS = "-ERR One or more scores can't be converted into double";

function bulk(...words: string[]): string[] {
  return words.map(word => `$${word}`);
}

/** A list of names with weights and records of theirs. */
function ranked(): Talk {
  const say = valkey();
  say("RPUSH l a b c d");
  say("MSET w_a 3 w_b 1 w_c 2 o_a A o_b B");
  for (const [name, weight] of Object.entries({ a: 1, b: 9, c: 5, d: 7 })) say(`HSET h_${name} w ${weight} n N${name}`);
  return say;
}

describe("SORT", () => {
  it.each([
    ["SORT n", bulk("-2", "0.5", "3", "10")],
    ["SORT n DESC", bulk("10", "3", "0.5", "-2")],
    ["SORT n ALPHA", bulk("-2", "0.5", "10", "3")],
    ["SORT n LIMIT 1 2", bulk("0.5", "3")],
    ["SORT n LIMIT -5 1", bulk("-2")],
    ["SORT n LIMIT 9 1", []],
    ["SORT n LIMIT 2 -1", bulk("3", "10")],
    ["SORT n BY nosort", bulk("3", "10", "-2", "0.5")],
    ["SORT n BY nosort DESC LIMIT 0 2", bulk("0.5", "-2")],
    ["SORT n GET #", bulk("-2", "0.5", "3", "10")],
    ["SORT none", []],
    ["SORT n LIMIT 1", "-ERR syntax error"],
    ["SORT n LIMIT 1 x", "-ERR value is not an integer or out of range"],
    ["SORT n FOO", "-ERR syntax error"],
    ["SORT_RO n STORE x", "-ERR syntax error"],
    ["SORT_RO n", bulk("-2", "0.5", "3", "10")],
    ["SORT s", "-WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["SORT words", NOT_NUMBERS],
    ["SORT z BY nosort DESC", bulk("y", "x")],
    ["SORT z ALPHA", bulk("x", "y")],
    ["SORT ints", bulk("1", "2", "10")],
  ])("%s answers %j", (line, reply) => {
    const say = valkey();
    say("RPUSH n 3 10 -2 0.5");
    say("RPUSH words one two");
    say("SET s v");
    say("ZADD z 1 x 2 y");
    say("SADD ints 10 2 1");
    expect(say(line)).toEqual(reply);
  });

  it("sorts by other keys and by fields of hashes; what is not there counts as zero, or comes first", () => {
    const say = ranked();
    expect(say("SORT l BY w_*")).toEqual(bulk("d", "b", "c", "a"));
    expect(say("SORT l BY h_*->w DESC")).toEqual(bulk("b", "d", "c", "a"));
    expect(say("SORT l BY o_* ALPHA LIMIT 2 2")).toEqual(bulk("a", "b"));
    expect(say("SORT l BY h_*->none")).toEqual(bulk("a", "b", "c", "d"));
    say("SET w_b nonsense");
    expect(say("SORT l BY w_*")).toBe(NOT_NUMBERS);
  });

  it("gets other keys and fields for each element", () => {
    const say = ranked();
    expect(say("SORT l BY w_* LIMIT 0 2 GET # GET h_*->n GET o_*")).toEqual([
      ...bulk("d", "Nd"),
      "(nil)",
      ...bulk("b", "Nb", "B"),
    ]);
    expect(say("SORT l BY nosort LIMIT 0 1 GET fixed GET h_* GET h_*->")).toEqual(["(nil)", "(nil)", "(nil)"]);
  });

  it("stores a list, in place of whatever was there; nothing deletes it", () => {
    const say = ranked();
    say("SET t x EX 100");
    expect(say("SORT l BY w_* GET o_* STORE t")).toBe(":4");
    expect(say("LRANGE t 0 -1")).toEqual(bulk("", "B", "", "A"));
    expect(say("OBJECT ENCODING t")).toBe("$listpack");
    expect(say("TTL t")).toBe(":-1");
    expect(say("SORT none STORE t")).toBe(":0");
    expect(say("EXISTS t")).toBe(":0");
    expect(say("SORT l ALPHA DESC STORE l")).toBe(":4");
    expect(say("LRANGE l 0 -1")).toEqual(bulk("d", "c", "b", "a"));
  });

  it("compares texts up to a zero, as the C library does, and what it stores whole", () => {
    const say = valkey();
    say("RPUSH l", "a\0z", "b", "a", "a\0b");
    expect(say("SORT l ALPHA")).toEqual(bulk("a\0z", "a", "a\0b", "b"));
    expect(say("SORT l ALPHA DESC")).toEqual(bulk("b", "a\0z", "a", "a\0b"));
    say("SORT l ALPHA STORE s");
    expect(say("LRANGE s 0 -1")).toEqual(bulk("a", "a\0b", "a\0z", "b"));
  });

  it("sorts a set that is to be stored even if told not to", () => {
    const say = valkey();
    say("SADD s z10 z2 a");
    say("SORT s BY nosort STORE t");
    expect(say("LRANGE t 0 -1")).toEqual(bulk("a", "z10", "z2"));
  });

  it("reads numbers as strtod does", () => {
    const say = valkey();
    say("RPUSH", "l", "0x10", " 7", "", "1e2", "-inf");
    expect(say("SORT l")).toEqual(bulk("-inf", "", " 7", "0x10", "1e2"));
    for (const odd of ["7 ", "1e400", "nan", "abc"]) {
      say("DEL l");
      say("RPUSH", "l", odd);
      expect(say("SORT l")).toBe(NOT_NUMBERS);
    }
  });

  it("in a cluster uses only patterns whose keys lie in the slot of the sorted key", () => {
    const say = talk({ profile: "valkey-8.0", parameters: { "cluster-enabled": "yes" } });
    say("RPUSH {x}l 2 1");
    expect(say("SORT {x}l BY w_*")).toMatch(/^-ERR BY option of SORT denied in Cluster mode/u);
    expect(say("SORT {x}l GET w_*")).toMatch(/^-ERR GET option of SORT denied in Cluster mode/u);
    expect(say("SORT {x}l BY {x}w_* GET {x}w_*")).toEqual(["(nil)", "(nil)"]);
    expect(say("SORT {x}l BY nosort")).toEqual(bulk("2", "1"));
  });

  it("takes the last STORE as its second key", () => {
    const say = valkey();
    expect(say("COMMAND GETKEYS SORT l BY store GET store STORE a LIMIT 1 2 STORE b")).toEqual(bulk("l", "b"));
    expect(say("COMMAND GETKEYS SORT l BY w_*")).toEqual(bulk("l"));
  });
});
