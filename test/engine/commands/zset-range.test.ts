import { describe, expect, it } from "vitest";
import { type Talk, talk } from "../harness.ts";

const ENCODINGS = { listpack: "128", skiplist: "0" } as const;

function words(reply: unknown): string {
  return (reply as string[]).map(word => word.slice(1)).join(" ");
}

for (const [encoding, entries] of Object.entries(ENCODINGS)) {
  const fresh = (): Talk => talk({ profile: "valkey-8.0", parameters: { "zset-max-listpack-entries": entries } });
  /** Members named after their scores. */
  const numbers = (): Talk => {
    const t = fresh();
    t("ZADD z -inf low 1 a 2 b 3 c 4 d 5 e +inf high");
    return t;
  };
  /** All scores equal. */
  const names = (): Talk => {
    const t = fresh();
    t("ZADD l 0 alpha 0 bar 0 cool 0 down 0 elephant 0 foo 0 great 0 hill 0 omega");
    return t;
  };

  describe(`ranges of sorted sets, ${encoding}`, () => {
    it("by rank, in both directions", () => {
      const t = numbers();
      expect(words(t("ZRANGE z 0 2"))).toBe("low a b");
      expect(words(t("ZRANGE z -2 100"))).toBe("e high");
      expect(words(t("ZRANGE z 1 2 WITHSCORES"))).toBe("a 1 b 2");
      expect(words(t("ZREVRANGE z 0 1"))).toBe("high e");
      expect(words(t("ZRANGE z 1 -5 REV"))).toBe("e d");
      for (const range of ["5 3", "7 9", "0 -8"]) expect(t(`ZRANGE z ${range}`)).toEqual([]);
      expect(t("ZRANGE none 0 -1")).toEqual([]);
    });

    it("by score, with exclusive ends and limits", () => {
      const t = numbers();
      expect(words(t("ZRANGEBYSCORE z -inf 2"))).toBe("low a b");
      expect(words(t("ZRANGEBYSCORE z (-inf (2"))).toBe("a");
      expect(words(t("ZREVRANGEBYSCORE z +inf (3"))).toBe("high e d");
      expect(words(t("ZRANGE z (4 1 BYSCORE REV WITHSCORES"))).toBe("c 3 b 2 a 1");
      expect(words(t("ZRANGEBYSCORE z 0 10 LIMIT 2 2"))).toBe("c d");
      expect(words(t("ZRANGEBYSCORE z 0 10 LIMIT 3 -1"))).toBe("d e");
      expect(words(t("ZREVRANGEBYSCORE z 10 0 LIMIT 1 3"))).toBe("d c b");
      for (const range of ["4 2", "(2 2", "2 (2", "(2 (2", "6 9"]) {
        expect(t(`ZRANGEBYSCORE z ${range}`)).toEqual([]);
        expect(t(`ZCOUNT z ${range}`)).toBe(":0");
        expect(t(`ZREMRANGEBYSCORE z ${range}`)).toBe(":0");
      }
      expect(t("ZCOUNT z (1 +inf")).toBe(":5");
    });

    it("by member, where scores are equal", () => {
      const t = names();
      expect(words(t("ZRANGEBYLEX l - [cool"))).toBe("alpha bar cool");
      expect(words(t("ZRANGEBYLEX l (cool (foo"))).toBe("down elephant");
      expect(words(t("ZREVRANGEBYLEX l + [great"))).toBe("omega hill great");
      expect(words(t("ZRANGE l (foo - BYLEX REV LIMIT 1 2"))).toBe("down cool");
      expect(t("ZLEXCOUNT l [bar (foo")).toBe(":4");
      for (const range of ["+ -", "(a [a", "[z [x"]) expect(t(`ZRANGEBYLEX l ${range}`)).toEqual([]);
      expect(t("ZREMRANGEBYLEX l (alpha [down")).toBe(":3");
      expect(words(t("ZRANGE l 0 -1"))).toBe("alpha elephant foo great hill omega");
    });

    it("removes ranges, and the key with the last member", () => {
      const t = numbers();
      expect(t("ZREMRANGEBYRANK z 0 1")).toBe(":2");
      expect(t("ZREMRANGEBYSCORE z (2 4")).toBe(":2");
      expect(words(t("ZRANGE z 0 -1"))).toBe("b e high");
      expect(t("ZREMRANGEBYRANK z 5 9")).toBe(":0");
      expect(t("ZREMRANGEBYRANK z 0 -1")).toBe(":3");
      expect(t("EXISTS z")).toBe(":0");
      expect(t.engine.dataBytes).toBe(0);
    });

    it("ZRANGESTORE stores what ZRANGE answers, over what was there", () => {
      const t = numbers();
      t("SET d x EX 100");
      expect(t("ZRANGESTORE d z 1 -2")).toBe(":5");
      expect(words(t("ZRANGE d 0 -1 WITHSCORES"))).toBe("a 1 b 2 c 3 d 4 e 5");
      expect(t("TTL d")).toBe(":-1");
      expect(t("OBJECT ENCODING d")).toBe(`$${encoding}`);
      expect(t("ZRANGESTORE d z 10 (2 BYSCORE REV LIMIT 0 2")).toBe(":2");
      expect(words(t("ZRANGE d 0 -1"))).toBe("d e");
      expect(t("ZRANGESTORE d z 9 9")).toBe(":0");
      expect(t("EXISTS d")).toBe(":0");
      expect(t("ZRANGESTORE d none 0 -1")).toBe(":0");
    });

    it("refuses ends and options that it cannot read", () => {
      const t = numbers();
      const float = "-ERR min or max is not a float";
      for (const range of ["str 1", "1 nan", "(x 1"]) {
        for (const name of ["ZRANGEBYSCORE", "ZCOUNT", "ZREMRANGEBYSCORE"]) expect(t(`${name} z ${range}`)).toBe(float);
      }
      const item = "-ERR min or max not valid string range item";
      for (const range of ["x -", "- x", "[a b", "+x -"]) {
        for (const name of ["ZRANGEBYLEX", "ZLEXCOUNT", "ZREMRANGEBYLEX"]) expect(t(`${name} z ${range}`)).toBe(item);
      }
      expect(t("ZRANGE z 0 x")).toBe("-ERR value is not an integer or out of range");
      expect(t("ZRANGE z 0 1 LIMIT 0 2")).toBe(
        "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
      );
      expect(t("ZRANGE z - + BYLEX WITHSCORES")).toBe(
        "-ERR syntax error, WITHSCORES not supported in combination with BYLEX",
      );
      for (const call of ["ZRANGE z 0 1 BYSCORE BYLEX", "ZREVRANGE z 0 1 REV", "ZRANGEBYSCORE z 0 1 LIMIT 1"]) {
        expect(t(call)).toBe("-ERR syntax error");
      }
      expect(t("ZRANGESTORE d z 0 1 WITHSCORES")).toBe("-ERR syntax error");
    });
  });
}

describe("LIMIT with a negative offset", () => {
  it("answers nothing, but for large sets of 8.0 and later, where it counts from the far end", () => {
    const ask = (profile: string, entries: string) => {
      const t = talk({ profile, parameters: { "zset-max-listpack-entries": entries } });
      t("ZADD z 1 a 2 b 3 c 4 d");
      return [t("ZRANGEBYSCORE z 1 3 LIMIT -2 9"), t("ZREVRANGEBYSCORE z 4 2 LIMIT -2 9")].map(words);
    };
    expect(ask("valkey-7.2", "0")).toEqual(["", ""]);
    expect(ask("valkey-8.0", "128")).toEqual(["", ""]);
    expect(ask("valkey-8.0", "0")).toEqual(["b c", "c b"]);
  });
});
