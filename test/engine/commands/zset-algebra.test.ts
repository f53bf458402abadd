import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Talk, talk } from "../harness.ts";

const ENCODINGS = { listpack: "128", skiplist: "0" } as const;

function words(reply: unknown): string {
  return (reply as string[]).map(word => word.slice(1)).join(" ");
}

for (const [encoding, entries] of Object.entries(ENCODINGS)) {
  const fresh = (): Talk => talk({ profile: "valkey-8.0", parameters: { "zset-max-listpack-entries": entries } });
  const loaded = (): Talk => {
    const t = fresh();
    t("ZADD a 1 a 2 b 3 c");
    t("ZADD b 1 b 2 c 3 d");
    t("SADD s a c");
    return t;
  };

  describe(`sorted sets with sorted sets, ${encoding}`, () => {
    it("unite, intersect and subtract", () => {
      const t = loaded();
      expect(words(t("ZUNION 2 a b WITHSCORES"))).toBe("a 1 b 3 d 3 c 5");
      expect(words(t("ZINTER 2 a b WITHSCORES"))).toBe("b 3 c 5");
      expect(words(t("ZDIFF 2 a b WITHSCORES"))).toBe("a 1");
      expect(words(t("ZUNION 2 a none"))).toBe("a b c");
      expect(t("ZINTER 2 a none")).toEqual([]);
      expect(words(t("ZDIFF 3 a none b"))).toBe("a");
      expect(t("ZDIFF 2 a a")).toEqual([]);
      expect(words(t("ZINTER 2 a a WITHSCORES"))).toBe("a 2 b 4 c 6");
    });

    it("weigh and aggregate scores", () => {
      const t = loaded();
      expect(words(t("ZUNION 2 a b WEIGHTS 2 3 WITHSCORES"))).toBe("a 2 b 7 d 9 c 12");
      expect(words(t("ZUNION 2 a b AGGREGATE MIN WITHSCORES"))).toBe("a 1 b 1 c 2 d 3");
      expect(words(t("ZINTER 2 a b AGGREGATE max WEIGHTS 1 10 WITHSCORES"))).toBe("b 10 c 20");
    });

    it("take plain sets for sorted sets of ones", () => {
      const t = loaded();
      expect(words(t("ZUNION 2 a s WITHSCORES"))).toBe("a 2 b 2 c 4");
      expect(words(t("ZINTER 2 s a WEIGHTS 10 1 WITHSCORES"))).toBe("a 11 c 13");
      expect(words(t("ZDIFF 2 a s WITHSCORES"))).toBe("b 2");
      expect(words(t("ZDIFF 2 s a"))).toBe("");
    });

    it("make nothing of infinities that cancel", () => {
      const t = fresh();
      t("ZADD a inf m");
      t("ZADD b -inf m");
      expect(words(t("ZUNION 2 a b WITHSCORES"))).toBe("m 0");
      expect(words(t("ZINTER 2 a b WITHSCORES"))).toBe("m 0");
      expect(words(t("ZUNION 1 a WEIGHTS 0 WITHSCORES"))).toBe("m 0");
    });

    it("store results over what was there, and delete for an empty one", () => {
      const t = loaded();
      t("SET d x EX 100");
      expect(t("ZUNIONSTORE d 2 a b")).toBe(":4");
      expect(t("OBJECT ENCODING d")).toBe(`$${encoding}`);
      expect(t("TTL d")).toBe(":-1");
      expect(t("ZINTERSTORE d 2 d b")).toBe(":3");
      expect(words(t("ZRANGE d 0 -1 WITHSCORES"))).toBe("b 4 d 6 c 7");
      expect(t("ZDIFFSTORE d 2 d a")).toBe(":1");
      expect(t("ZDIFFSTORE d 2 d b")).toBe(":0");
      expect(t("EXISTS d")).toBe(":0");
    });

    it("ZINTERCARD counts, up to a limit", () => {
      const t = loaded();
      expect(t("ZINTERCARD 2 a b")).toBe(":2");
      expect(t("ZINTERCARD 2 a b LIMIT 1")).toBe(":1");
      expect(t("ZINTERCARD 2 a b LIMIT 0")).toBe(":2");
      expect(t("ZINTERCARD 2 a none")).toBe(":0");
      expect(t("ZINTERCARD 1 a LIMIT -1")).toBe("-ERR LIMIT can't be negative");
      expect(t("ZINTERCARD 1 a WITHSCORES")).toBe("-ERR syntax error");
    });

    it("agree with the laws of sets", () => {
      const some = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 1 });
      fc.assert(
        fc.property(some, some, (left, right) => {
          const t = fresh();
          t("ZADD l", ...left.flatMap(name => ["1", name]));
          t("ZADD r", ...right.flatMap(name => ["1", name]));
          const size = (reply: unknown) => (reply as string[]).length;
          const inter = size(t("ZINTER 2 l r"));
          expect(size(t("ZUNION 2 l r"))).toBe(left.length + right.length - inter);
          expect(size(t("ZDIFF 2 l r"))).toBe(left.length - inter);
          expect(t("ZINTERCARD 2 l r")).toBe(`:${inter}`);
        }),
        { seed: 4, numRuns: 100 },
      );
    });
  });
}

describe("what they refuse", () => {
  it("is said as the server says it", () => {
    const t = talk({ profile: "valkey-8.0" });
    t("ZADD a 1 m");
    t("SET x y");
    for (const name of ["ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD"]) {
      expect(t(`${name} 0 a`)).toBe(`-ERR at least 1 input key is needed for '${name.toLowerCase()}' command`);
      expect(t(`${name} 2 a`)).toBe("-ERR syntax error");
      expect(t(`${name} x a`)).toBe("-ERR value is not an integer or out of range");
      expect(t(`${name} 1 x`)).toBe("-WRONGTYPE Operation against a key holding the wrong kind of value");
    }
    expect(t("ZUNIONSTORE d 0 a")).toBe("-ERR at least 1 input key is needed for 'zunionstore' command");
    expect(t("ZUNION 1 a WEIGHTS x")).toBe("-ERR weight value is not a float");
    for (const rest of ["WEIGHTS", "AGGREGATE", "AGGREGATE avg", "junk"]) {
      expect(t(`ZUNION 1 a ${rest}`)).toBe("-ERR syntax error");
    }
    for (const rest of ["WEIGHTS 1", "AGGREGATE sum"]) expect(t(`ZDIFF 1 a ${rest}`)).toBe("-ERR syntax error");
    expect(t("ZUNIONSTORE d 1 a WITHSCORES")).toBe("-ERR syntax error");
  });
});
