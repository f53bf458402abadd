// Requests out of bytes: however the bytes are cut, the same requests; whatever they are, an answer or an error, never more
// memory than was sent.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError, RequestParser } from "../../../src/engine/resp/request-parser.ts";
import { encodeCommand } from "../../../src/engine/resp/writer.ts";
import { splitWords } from "../../../src/engine/words.ts";

function parser(authenticated = true, maxBulk = 512 * 1_048_576): RequestParser {
  return new RequestParser({ maxBulk: () => maxBulk, authenticated: () => authenticated });
}

/** Everything that comes out of these bytes, fed in the given pieces. */
function parseAll(pieces: readonly Buffer[], one = parser()): unknown[] {
  const out: unknown[] = [];
  for (const piece of pieces) {
    one.feed(piece);
    for (let next = one.next(); next !== null; next = one.next()) {
      out.push(next instanceof ProtocolError ? `! ${next.text}` : next);
      if (next instanceof ProtocolError) return out;
    }
  }
  return out;
}

const bytes = (text: string) => Buffer.from(text, "latin1");
const word = fc.string({ unit: "binary-ascii", maxLength: 40 });
const argument = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array).toString("latin1"));

describe("arrays of bulk strings", () => {
  it("come out whole however they are cut", () => {
    const requests = fc.array(fc.array(argument, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(requests, fc.array(fc.nat(400), { maxLength: 12 }), (all, cuts) => {
        const stream = bytes(all.map(encodeCommand).join(""));
        const at = [0, ...cuts.map(cut => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const pieces = at.slice(1).map((end, i) => stream.subarray(at[i], end));
        const one = parser();
        expect(parseAll(pieces, one)).toEqual(all);
        expect([one.unread, one.argumentBytes]).toEqual([0, 0]);
      }),
    );
  });

  it("hold nothing for what is claimed and has not come", () => {
    const one = parser();
    expect(parseAll([bytes("*2147483647\r\n$536870912\r\nabc")], one)).toEqual([]);
    expect(one.unread + one.argumentBytes).toBeLessThan(100);
  });

  it.each([
    ["*2147483648\r\n", "invalid multibulk length"],
    ["*x\r\n", "invalid multibulk length"],
    ["*1\r\n:1\r\n", "expected '$', got ':'"],
    ["*1\r\n$-1\r\n", "invalid bulk length"],
    ["*1\r\n$x\r\n", "invalid bulk length"],
    ["*1\r\n$536870913\r\n", "invalid bulk length"],
    [`*${"1".repeat(70_000)}`, "too big mbulk count string"],
    [`*1\r\n$${"1".repeat(70_000)}`, "too big bulk count string"],
    ["x".repeat(70_000), "too big inline request"],
    ['SET "a\r\n', "unbalanced quotes in request"],
    ['SET "a"b\r\n', "unbalanced quotes in request"],
  ])("%j breaks the protocol: %s", (text, error) => {
    expect(parseAll([bytes(text)])).toEqual([`! ${error}`]);
  });

  it.each([
    ["*11\r\n", "unauthenticated multibulk length"],
    ["*1\r\n$16385\r\n", "unauthenticated bulk length"],
  ])("%j is too much from somebody unknown", (text, error) => {
    expect(parseAll([bytes(text)], parser(false))).toEqual([`! ${error}`]);
    expect(parseAll([bytes(text)])).toEqual([]);
  });

  it("of no elements are nothing", () => {
    expect(parseAll([bytes("*0\r\n*-1\r\n\r\nPING\r\n")])).toEqual([["PING"]]);
  });
});

describe("any bytes", () => {
  it("give requests or an error, and end", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map(array => Buffer.from(array)),
      fc
        .constantFrom("*3\r\n", "$3\r\nGET\r\n", "*1\r\n$", "\r\n", '"', "PING\r\n", "*-7\r\n", "$0\r\n\r\n")
        .map(bytes),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const sent = pieces.reduce((sum, one) => sum + one.length, 0);
        const one = parser();
        parseAll(pieces, one);
        expect(one.unread + one.argumentBytes).toBeLessThanOrEqual(sent);
      }),
    );
  });
});

describe("inline requests", () => {
  it.each([
    ["  SET  key   value ", ["SET", "key", "value"]],
    ['SET k "a b\\n\\x41\\"c"', ["SET", "k", 'a b\nA"c']],
    ["SET k 'a \\'b\\' \\n'", ["SET", "k", "a 'b' \\n"]],
    ['SET k ""', ["SET", "k", ""]],
    ["", []],
  ])("%j are the words %j", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it("quoted as the server quotes read back as they were", () => {
    const quote = (text: string) =>
      `"${[...text].map(c => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")}"`;
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), words => {
        expect(splitWords(words.map(quote).join(" "))).toEqual(words);
      }),
    );
  });
});
