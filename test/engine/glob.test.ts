import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { globMatch } from "../../src/engine/glob.ts";
import { talk } from "./harness.ts";
import { type Client, noServer, type RealServer, startServer } from "./real-server.ts";

/** Written to be obviously right, not fast: every way to share a text that is not empty among the stars. */
function naive(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") {
    for (let taken = 0; taken <= text.length; taken++) if (naive(pattern.slice(1), text.slice(taken))) return true;
    return false;
  }
  if (text === "") return false;
  if (pattern[0] === "?") return naive(pattern.slice(1), text.slice(1));
  const byte = text[0];
  const found = /^\[(\^?)((?:[^\]\\]|\\[\s\S])*)\]/u.exec(pattern);
  if (pattern[0] === "[" && found !== null) {
    return inClass(found[2], byte) === (found[1] === "") && naive(pattern.slice(found[0].length), text.slice(1));
  }
  const escaped = pattern[0] === "\\" && pattern.length > 1;
  return pattern[escaped ? 1 : 0] === byte && naive(pattern.slice(escaped ? 2 : 1), text.slice(1));
}

function inClass(members: string, byte: string): boolean {
  const items = members.match(/\\[\s\S]|[\s\S]-[\s\S]|[\s\S]/gu) ?? [];
  return items.some(item => {
    if (item[0] === "\\" && item.length === 2) return item[1] === byte;
    if (item.length < 3) return item === byte;
    const [low, high] = [item[0], item[2]].sort();
    return byte >= low && byte <= high;
  });
}

const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "-", "]"), maxLength: 7 });
/** Patterns without broken classes, which the naive matcher does not know. */
const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", "c", "-") },
  { weight: 3, arbitrary: fc.constant("*") },
  { weight: 2, arbitrary: fc.constant("?") },
  { weight: 1, arbitrary: fc.constantFrom("\\*", "\\a", "\\?", "\\[", "\\\\") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("[ab]", "[^a]", "[a-c]", "[c-a]", "[^b-c]", "[\\]a]", "[\\-b]", "[]", "[^]"),
  },
);
const pattern = fc.array(part, { maxLength: 7 }).map(parts => parts.join(""));

describe("globMatch(pattern, text)", () => {
  it("answers as a matcher that tries everything", () => {
    fc.assert(
      fc.property(pattern, text, (one, other) => {
        expect(globMatch(one, other)).toBe(other === "" ? one === "" : naive(one, other));
      }),
      { seed: 1, numRuns: 20_000 },
    );
  });

  it("gives up where the server does: at a thousand stars apart", () => {
    expect([
      globMatch("*?".repeat(1_000), "a".repeat(5_000)),
      globMatch("*?".repeat(1_001), "a".repeat(5_000)),
    ]).toEqual([true, false]);
    expect(globMatch(`${"*".repeat(5_000)}a`, "ba")).toBe(true);
  });

  it.each([
    ["h?llo", "hello", true],
    ["h*llo", "hllo", true],
    ["h*llo", "heeeello", true],
    ["h[ae]llo", "hillo", false],
    ["h[^e]llo", "hello", false],
    ["h[a-b]llo", "hbllo", true],
    ["*", "", false],
    ["a*", "a", true],
    ["?", "", false],
    ["", "", true],
    ["a\\", "a\\", true],
    ["[a", "a", true],
    ["[a-", "-", true],
    ["[^", "x", true],
    ["[", "[", false],
    ["a*b*c", "abcbcbc", true],
    ["a/*", "a/b/c", true],
  ])("globMatch(%j, %j) is %j", (one, other, expected) => {
    expect(globMatch(one, other)).toBe(expected);
  });

  it("ignores case when asked", () => {
    expect(globMatch("LFU-*", "lfu-decay-time", true)).toBe(true);
    expect(globMatch("LFU-*", "lfu-decay-time")).toBe(false);
  });

  it("takes time that grows with pattern times text, not exponentially, over many stars", () => {
    const stars = "a*".repeat(2_000);
    expect(globMatch(`${stars}b`, "a".repeat(5_000))).toBe(false);
  });
});

if (noServer !== null) console.log(`KEYS is not compared: ${noServer}`);

describe.skipIf(noServer !== null)("KEYS pattern of redis-server", () => {
  let server: RealServer;
  let client: Client;

  beforeAll(async () => {
    server = await startServer();
    client = await server.connect();
  });

  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  it("answers the same keys for patterns with broken classes, escapes and any bytes", async () => {
    const unit = fc.constantFrom("a", "b", "c", "-", "]", "[", "^", "\\", "*", "?", "\x80", "\xff");
    const [seed, numRuns] = [7, 3_000];
    const names = [...new Set(fc.sample(fc.string({ unit, maxLength: 4 }), { seed, numRuns: 150 }))];
    const patterns = fc.sample(fc.string({ unit, maxLength: 8 }), { seed, numRuns });
    await client.pipeline(names.map(name => ["SET", name, ""]));
    const replies = await client.pipeline(patterns.map(one => ["KEYS", one]));
    const ours = talk();
    for (const name of names) ours("SET", name, "");
    const wrong = patterns.flatMap((one, i) => {
      const real = [...replies[i]].sort();
      const mine = [...ours("KEYS", one)].sort();
      return JSON.stringify(real) === JSON.stringify(mine) ? [] : [{ pattern: one, real, mine }];
    });
    expect(wrong).toEqual([]);
  });
});
