import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { talk } from "../harness.ts";

const MAX = 9_223_372_036_854_775_807n;
const MIN = -9_223_372_036_854_775_808n;
const OVERFLOW = "-ERR increment or decrement would overflow";
const NO_INTEGER = "-ERR value is not an integer or out of range";
const NO_FLOAT = "-ERR value is not a valid float";
const NOT_FINITE = "-ERR increment would produce NaN or Infinity";

describe("counters", () => {
  it("INCRBY and DECRBY key n answer the exact sum of 64-bit integers, or refuse and change nothing", () => {
    const int64 = fc.oneof(
      fc.bigInt({ min: MIN, max: MAX }),
      fc.constantFrom(MIN, MAX, 0n).chain(edge => fc.bigInt({ min: edge - 3n, max: edge + 3n })),
    );
    fc.assert(
      fc.property(int64, int64, fc.boolean(), (value, by, down) => {
        const say = talk();
        say("SET", "k", String(value));
        const stored = value <= MAX && value >= MIN;
        const reply = say(down ? "DECRBY" : "INCRBY", "k", String(by));
        const sum = down ? value - by : value + by;
        if (by > MAX || by < MIN) expect(reply).toBe(NO_INTEGER);
        else if (down && by === MIN) expect(reply).toBe("-ERR decrement would overflow");
        else if (!stored) expect(reply).toBe(NO_INTEGER);
        else if (sum > MAX || sum < MIN) expect(reply).toBe(OVERFLOW);
        else {
          expect(reply).toBe(`:${sum}`);
          expect(say("GET k")).toBe(`$${sum}`);
          expect(say("OBJECT ENCODING k")).toBe("$int");
          return;
        }
        expect(say("GET k")).toBe(`$${value}`);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it.each([
    ["INCR none", ":1"],
    ["DECR none", ":-1"],
    ["INCR five", ":6"],
    ["INCR text", NO_INTEGER],
    ["INCR spaced", NO_INTEGER],
    ["INCR float", NO_INTEGER],
    ["INCRBY text x", NO_INTEGER],
    ["INCRBYFLOAT none 1.50", "$1.5"],
    ["INCRBYFLOAT five 1", "$6"],
    ["INCRBYFLOAT float 1.1", "$2.6"],
    ["INCRBYFLOAT float 0x1p3", "$9.5"],
    ["INCRBYFLOAT float -1.5", "$0"],
    ["INCRBYFLOAT text 1", NO_FLOAT],
    ["INCRBYFLOAT spaced 1", NO_FLOAT],
    ["INCRBYFLOAT float nan", NO_FLOAT],
    ["INCRBYFLOAT float inf", NOT_FINITE],
    ["INCRBYFLOAT inf 1", NOT_FINITE],
    ["INCRBYFLOAT inf -inf", NOT_FINITE],
    ["INCRBYFLOAT inf x", NO_FLOAT],
  ])("%s answers %s", (line, reply) => {
    const say = talk();
    say("MSET", "five", "5", "text", "abc", "spaced", " 5", "float", "1.5", "inf", "inf");
    expect(say(line)).toBe(reply);
  });

  it("INCR key makes a number of a grown string that reads as one", () => {
    const say = talk();
    say("APPEND k 1");
    say("APPEND k 0");
    expect(say("OBJECT ENCODING k")).toBe("$raw");
    expect(say("INCR k")).toBe(":11");
    expect(say("OBJECT ENCODING k")).toBe("$int");
  });

  it("INCRBYFLOAT key n keeps the expiry", () => {
    const say = talk();
    say("SET k 1 EX 100");
    say("INCRBYFLOAT k 0.5");
    expect(say("TTL k")).toBe(":100");
  });
});
