import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { talk } from "../harness.ts";
import type { Wire } from "../wire.ts";

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(byte => String.fromCharCode(byte)),
  maxLength: 20,
});

describe("substrings", () => {
  it("APPEND and SETRANGE in any order write like into an array of bytes", () => {
    const step = fc.tuple(fc.option(fc.nat(40), { nil: null }), bytes);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), steps => {
        const say = talk();
        let model = "";
        for (const [offset, part] of steps) {
          if (offset === null) model += part;
          else if (part !== "") {
            const padded = model.padEnd(offset + part.length, "\0");
            model = padded.slice(0, offset) + part + padded.slice(offset + part.length);
          }
          const reply = offset === null ? say("APPEND", "k", part) : say("SETRANGE", "k", String(offset), part);
          expect(reply).toBe(`:${model.length}`);
        }
        expect(say("STRLEN k")).toBe(`:${model.length}`);
        if (model !== "") expect(say("GET k")).toBe(`$${model}`);
      }),
      { seed: 1 },
    );
  });

  it("GETRANGE key first last answers a slice with both ends counted from either side", () => {
    const index = fc.oneof(fc.integer({ min: -25, max: 25 }), fc.constantFrom(-(2 ** 31), 2 ** 31));
    fc.assert(
      fc.property(bytes, index, index, (value, first, last) => {
        const say = talk();
        say("SET", "k", value);
        const clamp = (at: number) => (at < 0 ? Math.max(0, value.length + at) : at);
        const expected = first < 0 && last < 0 && first > last ? "" : value.slice(clamp(first), clamp(last) + 1);
        expect(say("GETRANGE", "k", String(first), String(last))).toBe(`$${expected}`);
        expect(say("SUBSTR", "k", String(first), String(last))).toBe(`$${expected}`);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it.each([
    ["GETRANGE k -9223372036854775807 -9223372036854775808", "$"],
    ["GETRANGE k 0 9223372036854775807", "$value"],
    ["GETRANGE k -9223372036854775808 9223372036854775807", "$value"],
    ["GETRANGE none 0 -1", "$"],
    ["GETRANGE k a 1", "-ERR value is not an integer or out of range"],
    ["SETRANGE k -1 x", "-ERR offset is out of range"],
    ["SETRANGE k a x", "-ERR value is not an integer or out of range"],
    ["SETRANGE k 7 x", ":8"],
    ["SETRANGE k 0 V", ":5"],
  ])("%s answers %s", (line, reply) => {
    const say = talk();
    say("SET k value");
    expect(say(line)).toBe(reply);
  });

  it("SETRANGE key n with nothing to write makes no key and no change", () => {
    const say = talk();
    expect(say("SETRANGE", "none", "5", "")).toBe(":0");
    expect(say("EXISTS none")).toBe(":0");
    say("SET k 12");
    expect(say("SETRANGE", "k", "5", "")).toBe(":2");
    expect(say("OBJECT ENCODING k")).toBe("$int");
  });

  it("APPEND key value doubles the room when it is used up, as MEMORY USAGE shows", () => {
    const say = talk({ profile: "valkey-8.0" });
    const usage = () => Number(String(say("MEMORY USAGE k")).slice(1));
    say("SET", "k", "x".repeat(100));
    const before = usage();
    say("APPEND k 12345678");
    expect(usage()).toBe(before); // 108 fit the class of 112
    say("APPEND k 9");
    expect(usage()).toBe(before + 224 - 112); // 109 ask for 218
    for (let i = 0; i < 100; i++) say("APPEND k x");
    expect(usage()).toBe(before + 224 - 112);
  });

  it("APPEND to a stored value grows at once in 7.0, which trims, and uses the spare room first in 8.0", () => {
    for (const [profile, grown] of [
      ["redis-7.0", 96],
      ["valkey-8.0", 56],
    ] as const) {
      const say = talk({ profile });
      say("SET", "k", "x".repeat(45));
      const before = Number(String(say("MEMORY USAGE k")).slice(1));
      say("APPEND k x");
      expect(Number(String(say("MEMORY USAGE k")).slice(1)) - before, profile).toBe(grown - 56);
    }
  });
});

/** Length of the longest common subsequence, by definition. */
function lcsLength(a: string, b: string): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const byte of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j];
      row[j] = byte === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row[b.length];
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const byte of whole) if (byte === part[at]) at++;
  return at === part.length;
}

describe("LCS a b", () => {
  it("answers a longest subsequence of both; LEN its length; IDX the matches that make it up", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 14 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const say = talk();
        say("SET", "a", a);
        say("SET", "b", b);
        const found = String(say("LCS a b")).slice(1);
        expect(found).toHaveLength(lcsLength(a, b));
        expect(isSubsequence(found, a) && isSubsequence(found, b)).toBe(true);
        expect(say("LCS a b LEN")).toBe(`:${found.length}`);
        const [, matches, , total] = say("LCS a b IDX WITHMATCHLEN");
        const at = (position: Wire) => Number(String(position).slice(1));
        const slice = (text: string, [from, to]: Wire) => text.slice(at(from), at(to) + 1);
        const pieces = [...matches].map(([inA, inB, length]) => {
          expect(slice(a, inA)).toBe(slice(b, inB));
          expect(slice(a, inA)).toHaveLength(at(length));
          return slice(a, inA);
        });
        expect(pieces.reverse().join("")).toBe(found);
        expect(total).toBe(`:${found.length}`);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it.each([
    ["LCS a b", "$mytext"],
    ["LCS a none", "$"],
    ["LCS a b LEN", ":6"],
    [
      "LCS a b IDX",
      [
        "$matches",
        [
          [
            [":4", ":7"],
            [":5", ":8"],
          ],
          [
            [":2", ":3"],
            [":0", ":1"],
          ],
        ],
        "$len",
        ":6",
      ],
    ],
    [
      "LCS a b IDX MINMATCHLEN 4",
      [
        "$matches",
        [
          [
            [":4", ":7"],
            [":5", ":8"],
          ],
        ],
        "$len",
        ":6",
      ],
    ],
    ["LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN", ["$matches", [[[":4", ":7"], [":5", ":8"], ":4"]], "$len", ":6"]],
    ["LCS a b LEN IDX", "-ERR If you want both the length and indexes, please just use IDX."],
    ["LCS a b MINMATCHLEN", "-ERR syntax error"],
    ["LCS a b MINMATCHLEN x", "-ERR value is not an integer or out of range"],
  ])("%s answers %j", (line, reply) => {
    const say = talk();
    say("MSET a ohmytext b mynewtext");
    expect(say(line)).toEqual(reply);
  });

  it("refuses a table larger than proto-max-bulk-len", () => {
    const say = talk({ parameters: { "proto-max-bulk-len": "1mb" } });
    say("MSET", "a", "x".repeat(600), "b", "y".repeat(600));
    expect(say("LCS a b LEN")).toBe("-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  });
});
