import { describe, expect, it } from "vitest";
import type { Bytes } from "../../../src/engine/bytes.ts";
import { SetReply } from "../../../src/engine/reply.ts";
import { type Talk, talk, testEngine } from "../harness.ts";

const WRONG = "-WRONGTYPE Operation against a key holding the wrong kind of value";
const sorted = (reply: unknown) => [...(reply as string[])].sort();

describe("SADD, SREM, SMOVE, SISMEMBER, SMISMEMBER, SCARD, SMEMBERS", () => {
  it("add, remove and find members; the key goes with the last one", () => {
    const say = talk();
    expect(say("SADD s a b a")).toBe(":2");
    expect([say("SISMEMBER s a"), say("SISMEMBER s x"), say("SCARD s")]).toEqual([":1", ":0", ":2"]);
    expect(say("SMISMEMBER s b x a")).toEqual([":1", ":0", ":1"]);
    expect(say("SMISMEMBER none x")).toEqual([":0"]);
    expect(sorted(say("SMEMBERS s"))).toEqual(["$a", "$b"]);
    expect([say("SMOVE s t a"), say("SMOVE s t a"), say("SMOVE t t a"), say("SMOVE none t a")]).toEqual([
      ":1",
      ":0",
      ":1",
      ":0",
    ]);
    expect(say("SREM s x b y")).toBe(":1");
    expect([say("EXISTS s"), say("SCARD s"), say("SREM s b")]).toEqual([":0", ":0", ":0"]);
  });

  it("refuse keys that hold something else", () => {
    const say = talk();
    say("SET x 1");
    say("SADD s a");
    for (const call of ["SADD x a", "SREM x a", "SMOVE x s a", "SMOVE s x a", "SISMEMBER x a", "SMISMEMBER x a"]) {
      expect(say(call)).toBe(WRONG);
    }
    for (const call of ["SCARD x", "SMEMBERS x", "SPOP x", "SPOP x 1", "SRANDMEMBER x", "SSCAN x 0", "SUNION s x"]) {
      expect(say(call)).toBe(WRONG);
    }
    for (const call of ["SINTER none x", "SDIFFSTORE s s x", "SINTERCARD 2 s x"]) expect(say(call)).toBe(WRONG);
    expect(say("SMEMBERS s")).toEqual(["$a"]);
  });
});

describe("encodings of sets", () => {
  const encoding = (say: Talk, key = "s") => say(`OBJECT ENCODING ${key}`);

  it("are intset, listpack, hashtable from 7.2 on", () => {
    const say = talk({
      profile: "valkey-8.0",
      parameters: { "set-max-intset-entries": "4", "set-max-listpack-entries": "6" },
    });
    say("SADD s 1 2 3");
    expect(encoding(say)).toBe("$intset");
    say("SADD s a");
    expect(encoding(say)).toBe("$listpack");
    say("SADD s b c");
    expect(encoding(say)).toBe("$listpack");
    say("SADD s d");
    expect(encoding(say)).toBe("$hashtable");
    say("SADD ints 1 2 3 4");
    say("SADD ints 5");
    expect(encoding(say, "ints")).toBe("$hashtable");
    say("SADD many 1 2 3 4 5");
    expect(encoding(say, "many")).toBe("$listpack");
    say("SADD long", "x".repeat(65));
    expect(encoding(say, "long")).toBe("$hashtable");
  });

  it("know no listpack in 7.0", () => {
    const say = talk({ profile: "redis-7.0" });
    say("SADD s 1 2");
    expect(encoding(say)).toBe("$intset");
    say("SADD s a");
    expect(encoding(say)).toBe("$hashtable");
  });

  it("start anew when SPOP leaves little of a hash table", () => {
    const say = talk({ profile: "valkey-8.0" });
    for (let i = 0; i < 300; i++) say(`SADD s m${i}`);
    expect(encoding(say)).toBe("$hashtable");
    expect((say("SPOP s 297") as string[]).length).toBe(297);
    expect([encoding(say), say("SCARD s")]).toEqual(["$listpack", ":3"]);
  });
});

describe("SINTER, SUNION, SDIFF and their STORE forms, SINTERCARD", () => {
  const filled = () => {
    const say = talk({ profile: "valkey-8.0" });
    say("SADD a 1 2 3 x");
    say("SADD b 2 3 4");
    say("SADD c 3 x");
    return say;
  };

  it("answer the members", () => {
    const say = filled();
    expect(sorted(say("SINTER a b"))).toEqual(["$2", "$3"]);
    expect(sorted(say("SINTER a none b"))).toEqual([]);
    expect(sorted(say("SUNION a b none"))).toEqual(["$1", "$2", "$3", "$4", "$x"]);
    expect(sorted(say("SDIFF a b c"))).toEqual(["$1"]);
    expect(sorted(say("SDIFF a none"))).toEqual(["$1", "$2", "$3", "$x"]);
    expect(say("SDIFF a b a")).toEqual([]);
    const { engine, session } = say;
    expect(engine.execute(session, ["SINTER", "a", "b", "c"])).toEqual(new SetReply(["3"]));
  });

  it("store them over whatever is there, without its expiry; an empty result deletes", () => {
    const say = filled();
    say("SET d text EX 100");
    expect(say("SINTERSTORE d a b")).toBe(":2");
    expect([say("TTL d"), say("OBJECT ENCODING d")]).toEqual([":-1", "$intset"]);
    expect(say("SUNIONSTORE d a b c")).toBe(":5");
    expect(say("SDIFFSTORE d a b")).toBe(":2");
    expect(say("SDIFFSTORE d none a")).toBe(":0");
    expect(say("EXISTS d")).toBe(":0");
  });

  it("count, up to a limit", () => {
    const say = filled();
    expect([say("SINTERCARD 2 a b"), say("SINTERCARD 2 a b LIMIT 1"), say("SINTERCARD 2 a b LIMIT 0")]).toEqual([
      ":2",
      ":1",
      ":2",
    ]);
    expect(say("SINTERCARD 0 a")).toBe("-ERR numkeys should be greater than 0");
    expect(say("SINTERCARD 3 a b")).toBe("-ERR Number of keys can't be greater than number of args");
    expect(say("SINTERCARD 1 a LIMIT -1")).toBe("-ERR LIMIT can't be negative");
    expect(say("SINTERCARD 1 a LIMIT")).toBe("-ERR syntax error");
  });
});

describe("SPOP, SRANDMEMBER, HRANDFIELD", () => {
  it("SPOP is told to replicas as what it took", () => {
    const engine = testEngine({ profile: "valkey-8.0" });
    const stream: Bytes[][] = [];
    engine.replicate = (_database, argv) => stream.push([...argv]);
    const session = engine.session(1);
    const run = (...argv: string[]) => engine.execute(session, argv);
    run("SADD", "s", "a", "b", "c", "d");
    const one = run("SPOP", "s") as string;
    const two = (run("SPOP", "s", "2") as SetReply).items as string[];
    run("SPOP", "s", "9");
    expect(stream.slice(1)).toEqual([
      ["SREM", "s", one],
      ["SREM", "s", ...two],
      ["UNLINK", "s"],
    ]);
    expect(run("EXISTS", "s")).toBe(0);
  });

  it.each([[5], [500]])("take or show distinct members of %d, or repeated ones", count => {
    const say = talk({ profile: "valkey-8.0" });
    const members = Array.from({ length: count }, (_, i) => `m${i}`);
    say("SADD s", ...members);
    say("HSET h", ...members.flatMap(member => [member, `v${member}`]));
    for (const asked of [1, 3, Math.floor(count / 2), count - 1, count, count + 5]) {
      const shown = say(`SRANDMEMBER s ${asked}`) as string[];
      expect(new Set(shown).size).toBe(Math.min(asked, count));
      expect(shown.every(member => members.includes(member.slice(1)))).toBe(true);
      expect((say(`SRANDMEMBER s -${asked}`) as string[]).length).toBe(asked);
      const pairs = say(`HRANDFIELD h ${asked} WITHVALUES`) as string[];
      expect(pairs.length).toBe(2 * Math.min(asked, count));
      expect(pairs.every((item, i) => i % 2 === 0 || item === `$v${pairs[i - 1].slice(1)}`)).toBe(true);
    }
    const popped = say(`SPOP s ${count - 2}`) as string[];
    expect(new Set(popped).size).toBe(count - 2);
    expect(say("SCARD s")).toBe(":2");
  });

  it("refuse counts out of range", () => {
    const say = talk();
    say("SADD s a");
    say("HSET h f v");
    expect(say("SPOP s -1")).toBe("-ERR value is out of range, must be positive");
    expect(say("SPOP s 1 2")).toBe("-ERR syntax error");
    expect(say("SRANDMEMBER s -9223372036854775808")).toMatch(/^-ERR value is out of range/u);
    expect(say("SRANDMEMBER s x")).toBe("-ERR value is not an integer or out of range");
    expect(say("HRANDFIELD h -9223372036854770000 WITHVALUES")).toBe("-ERR value is out of range");
    expect(say("HRANDFIELD h 1 junk")).toBe("-ERR syntax error");
    expect([say("SRANDMEMBER none"), say("SRANDMEMBER none 3"), say("HRANDFIELD none")]).toEqual([
      "(nil)",
      [],
      "(nil)",
    ]);
  });
});
