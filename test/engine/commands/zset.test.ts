import { describe, expect, it } from "vitest";
import { encodeReply } from "../../../src/engine/resp/writer.ts";
import { type Talk, type TestEngineOptions, talk } from "../harness.ts";
import { NIL, NIL_LIST } from "../wire.ts";

/** Small sets and large ones: everything holds for both. */
const ENCODINGS = { listpack: "128", skiplist: "0" } as const;

function valkey(options: TestEngineOptions = {}): Talk {
  return talk({ profile: "valkey-8.0", ...options });
}

/** What a RESP3 client gets. */
function resp3(t: Talk, line: string): string {
  t.session.resp = 3;
  const reply = encodeReply(t.engine.execute(t.session, line.split(" ")), 3);
  t.session.resp = 2;
  return reply.replaceAll("\r\n", " ").trim();
}

for (const [encoding, entries] of Object.entries(ENCODINGS)) {
  const fresh = () => valkey({ parameters: { "zset-max-listpack-entries": entries } });

  describe(`sorted sets, ${encoding}`, () => {
    it("ZADD adds and updates; CH counts both", () => {
      const t = fresh();
      expect(t("ZADD z 1 a 2 b 3 c")).toBe(":3");
      expect(t("OBJECT ENCODING z")).toBe(`$${encoding}`);
      expect(t("ZADD z 1 a 5 b 4 d")).toBe(":1");
      expect(t("ZADD z CH 1 a 6 b 7 e")).toBe(":2");
      expect(t("ZRANGE z 0 -1 WITHSCORES")).toEqual("$a $1 $c $3 $d $4 $b $6 $e $7".split(" "));
      expect(t("ZADD z 1 x 2 x")).toBe(":1");
      expect(t("ZSCORE z x")).toBe("$2");
    });

    it("NX, XX, GT and LT decide which members change", () => {
      const t = fresh();
      t("ZADD z 10 x 20 y 30 z");
      expect(t("ZADD z NX 1 x 5 new")).toBe(":1");
      expect(t("ZADD z XX CH 11 x 5 other")).toBe(":1");
      expect(t("ZADD z GT CH 5 x 25 y 1 small")).toBe(":2");
      expect(t("ZADD z LT CH 26 y 29 z 0 tiny")).toBe(":2");
      expect(t("ZRANGE z 0 -1 WITHSCORES")).toEqual("$tiny $0 $small $1 $new $5 $x $11 $y $25 $z $29".split(" "));
      expect(t("ZADD none XX 1 a")).toBe(":0");
      expect(t("EXISTS none")).toBe(":0");
    });

    it("INCR and ZINCRBY answer the new score, or nothing when a condition held it back", () => {
      const t = fresh();
      expect(t("ZADD z INCR 5 a")).toBe("$5");
      expect(t("ZADD z INCR -1.5 a")).toBe("$3.5");
      expect(t("ZADD z NX INCR 1 a")).toBe(NIL);
      expect(t("ZADD z XX INCR 1 b")).toBe(NIL);
      expect(t("ZADD z LT INCR 1 a")).toBe(NIL);
      expect(t("ZADD z GT INCR 1 a")).toBe("$4.5");
      expect(t("ZINCRBY z 0.5 a")).toBe("$5");
      expect(t("ZINCRBY z inf a")).toBe("$inf");
      expect(t("ZINCRBY z -inf a")).toBe("-ERR resulting score is not a number (NaN)");
      expect(t("ZSCORE z a")).toBe("$inf");
    });

    it("refuses what it cannot read before it changes anything", () => {
      const t = fresh();
      expect(t("ZADD z 1 a nan b")).toBe("-ERR value is not a valid float");
      expect(t("ZADD z 1 a 1e400 b")).toBe("-ERR value is not a valid float");
      expect(t("ZADD z 1 a 2")).toBe("-ERR syntax error");
      expect(t("ZADD z NX CH")).toBe("-ERR syntax error");
      expect(t("ZADD z NX XX 1 a")).toBe("-ERR XX and NX options at the same time are not compatible");
      const conflict = "-ERR GT, LT, and/or NX options at the same time are not compatible";
      for (const options of ["GT LT", "GT NX", "NX LT"]) expect(t(`ZADD z ${options} 1 a`)).toBe(conflict);
      expect(t("ZADD z INCR 1 a 2 b")).toBe("-ERR INCR option supports a single increment-element pair");
      expect(t("EXISTS z")).toBe(":0");
      t("SET s x");
      const wrong = "-WRONGTYPE Operation against a key holding the wrong kind of value";
      for (const call of ["ZADD s 1 a", "ZREM s a", "ZCARD s", "ZSCORE s a", "ZMSCORE s a", "ZRANK s a", "ZSCAN s 0"]) {
        expect(t(call)).toBe(wrong);
      }
    });

    it("ZREM takes members out, and the key with the last", () => {
      const t = fresh();
      t("ZADD z 1 a 2 b 3 c");
      expect(t("ZREM z a x c")).toBe(":2");
      expect(t("ZREM z b b")).toBe(":1");
      expect(t("EXISTS z")).toBe(":0");
      expect(t("ZREM z b")).toBe(":0");
      expect(t.engine.dataBytes).toBe(0);
    });

    it("ZSCORE, ZMSCORE and ZCARD answer for what is not there too", () => {
      const t = fresh();
      t("ZADD z 1.5 a -inf b");
      expect(t("ZMSCORE z a x b")).toEqual(["$1.5", NIL, "$-inf"]);
      expect(t("ZMSCORE none a b")).toEqual([NIL, NIL]);
      expect(t("ZSCORE none a")).toBe(NIL);
      expect(t("ZSCORE z x")).toBe(NIL);
      expect([t("ZCARD z"), t("ZCARD none")]).toEqual([":2", ":0"]);
    });

    it("ZRANK and ZREVRANK count from either end", () => {
      const t = fresh();
      t("ZADD z 10 x 20 y 20 z");
      expect([t("ZRANK z x"), t("ZRANK z z"), t("ZREVRANK z z"), t("ZREVRANK z x")]).toEqual([":0", ":2", ":0", ":2"]);
      expect(t("ZRANK z y WITHSCORE")).toEqual([":1", "$20"]);
      expect(t("ZREVRANK z x withscore")).toEqual([":2", "$10"]);
      expect([t("ZRANK z no"), t("ZRANK none x")]).toEqual([NIL, NIL]);
      expect([t("ZRANK z no WITHSCORE"), t("ZRANK none x WITHSCORE")]).toEqual([NIL_LIST, NIL_LIST]);
      expect(t("ZRANK z x WITHSCORES")).toBe("-ERR syntax error");
      expect(t("ZRANK z x WITHSCORE 1")).toBe("-ERR wrong number of arguments for 'zrank' command");
    });

    it("ZRANDMEMBER draws distinct members, or with repetition for a negative count", () => {
      const t = fresh();
      t("ZADD z 1 a 2 b 3 c 4 d");
      expect(["$a", "$b", "$c", "$d"]).toContain(t("ZRANDMEMBER z"));
      const three = t("ZRANDMEMBER z 3") as string[];
      expect(new Set(three).size).toBe(3);
      expect([...(t("ZRANDMEMBER z 10") as string[])].sort()).toEqual(["$a", "$b", "$c", "$d"]);
      expect(t("ZRANDMEMBER z -9")).toHaveLength(9);
      expect(t("ZRANDMEMBER z -9 WITHSCORES")).toHaveLength(18);
      expect(t("ZRANDMEMBER z 0")).toEqual([]);
      expect([t("ZRANDMEMBER none"), t("ZRANDMEMBER none 2")]).toEqual([NIL, []]);
      expect(t("ZRANDMEMBER z x")).toBe("-ERR value is not an integer or out of range");
      expect(t("ZRANDMEMBER z 1 junk")).toBe("-ERR syntax error");
      expect(t("ZRANDMEMBER z -9223372036854775808")).toBe(
        "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
      );
      expect(t("ZRANDMEMBER z -9223372036854775807 WITHSCORES")).toBe("-ERR value is out of range");
    });

    it("pairs are arrays of their own in RESP3, scores doubles", () => {
      const t = fresh();
      t("ZADD z 1.5 a inf b");
      expect(resp3(t, "ZSCORE z a")).toBe(",1.5");
      expect(resp3(t, "ZRANGE z 0 -1 WITHSCORES")).toBe("*2 *2 $1 a ,1.5 *2 $1 b ,inf");
      expect(resp3(t, "ZRANK z b WITHSCORE")).toBe("*2 :1 ,inf");
      expect(resp3(t, "ZRANK z x WITHSCORE")).toBe("_");
      expect(resp3(t, "ZRANDMEMBER z 5 WITHSCORES")).toMatch(/^\*2 \*2 \$1 [ab] ,/u);
      expect(resp3(t, "ZPOPMIN z")).toBe("*2 $1 a ,1.5");
      expect(resp3(t, "ZPOPMIN z 1")).toBe("*1 *2 $1 b ,inf");
    });

    it("ZSCAN answers members with scores, or without on request", () => {
      const t = fresh();
      t("ZADD z 1 a 2.5 b 3 cc");
      expect(t("ZSCAN z 0 COUNT 100 MATCH [ab]")).toEqual(["$0", expect.arrayContaining(["$a", "$1", "$b", "$2.5"])]);
      expect(t("ZSCAN z 0 COUNT 100 NOSCORES MATCH ??")).toEqual(["$0", ["$cc"]]);
      expect(t("ZSCAN none 0")).toEqual(["$0", []]);
    });

    it("a copy is independent, a renamed set the same", () => {
      const t = fresh();
      t("ZADD z 1 a 2 b");
      t("COPY z copy");
      t("RENAME z other");
      t("ZADD other 3 c");
      expect(t("ZRANGE copy 0 -1")).toEqual(["$a", "$b"]);
      expect(t("OBJECT ENCODING copy")).toBe(`$${encoding}`);
    });
  });
}

describe("scores", () => {
  it("are shown as the version shows them", () => {
    const scores = ["1.1", "1e17", "1e-5", "9007199254740993", "1.7976931348623157e308"];
    const shown = (profile: string) => {
      const t = talk({ profile });
      return scores.map(score => {
        t(`ZADD z ${score} m`);
        return t("ZSCORE z m");
      });
    };
    expect(shown("valkey-8.0")).toEqual([
      "$1.1",
      "$100000000000000000",
      "$0.00001",
      "$9007199254740992",
      "$1.7976931348623157e+308",
    ]);
    expect(shown("redis-7.0")).toEqual([
      "$1.1000000000000001",
      "$1e+17",
      "$1.0000000000000001e-05",
      "$9007199254740992",
      "$1.7976931348623157e+308",
    ]);
  });
});

describe("what replicas and listeners are told", () => {
  it("an event per call, and one for the key that went", () => {
    const t = valkey({ parameters: { "notify-keyspace-events": "KEA" } });
    const events: string[] = [];
    t.engine.onKeyspaceEvent = (_, event, key) => events.push(`${event} ${key}`);
    t("ZADD z 1 a 2 b");
    t("ZADD z 1 a");
    t("ZINCRBY z 1 a");
    t("ZREM z a b");
    t("ZADD z 1 a");
    t("ZPOPMAX z");
    t("ZADD z 1 a");
    t("ZUNIONSTORE d 1 z");
    t("ZINTERSTORE d 2 z none");
    expect(events).toEqual([
      ...["zadd z", "zincr z", "zrem z", "del z", "zadd z", "zpopmax z", "del z"],
      ...["zadd z", "zunionstore d", "keymiss none", "del d"],
    ]);
  });
});
