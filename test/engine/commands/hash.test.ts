import { describe, expect, it } from "vitest";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { MapReply } from "../../../src/engine/reply.ts";
import { talk } from "../harness.ts";

const WRONG = "-WRONGTYPE Operation against a key holding the wrong kind of value";

describe("HSET, HMSET, HSETNX, HGET, HMGET, HDEL", () => {
  it("set, get and delete fields; the key goes with the last one", () => {
    const say = talk();
    expect(say("HSET h a 1 b 2 a 3")).toBe(":2");
    expect(say("HMSET h c 4")).toBe("+OK");
    expect(say("HSETNX h a 9")).toBe(":0");
    expect(say("HSETNX h d 9")).toBe(":1");
    expect(say("HGETALL h")).toEqual(["$a", "$3", "$b", "$2", "$c", "$4", "$d", "$9"]);
    expect(say("HMGET h a x a")).toEqual(["$3", "(nil)", "$3"]);
    expect(say("HMGET none a b")).toEqual(["(nil)", "(nil)"]);
    expect([say("HLEN h"), say("HEXISTS h a"), say("HEXISTS h x"), say("HSTRLEN h a")]).toEqual([
      ":4",
      ":1",
      ":0",
      ":1",
    ]);
    expect(say("HDEL h a x b a")).toBe(":2");
    expect(say("HDEL h c d e")).toBe(":2");
    expect(say("EXISTS h")).toBe(":0");
  });

  it("refuse fields without a value, and keys that hold something else", () => {
    const say = talk();
    say("SET s x");
    expect(say("HSET h a 1 b")).toBe("-ERR wrong number of arguments for 'hset' command");
    expect(say("HMSET h a 1 b")).toBe("-ERR wrong number of arguments for 'hmset' command");
    for (const call of ["HSET s a 1", "HSETNX s a 1", "HGET s a", "HMGET s a", "HDEL s a", "HLEN s", "HGETALL s"]) {
      expect(say(call)).toBe(WRONG);
    }
    for (const call of ["HINCRBY s a 1", "HINCRBYFLOAT s a 1", "HRANDFIELD s", "HSCAN s 0"])
      expect(say(call)).toBe(WRONG);
    expect(say("EXISTS h")).toBe(":0");
  });

  it("keep synthetic values as they are", () => {
    const { engine, session } = talk();
    const value = new VirtualBytes(1_000, 7);
    engine.execute(session, ["HSET", "h", "f", value]);
    expect(engine.execute(session, ["HGET", "h", "f"])).toBe(value);
    expect(engine.execute(session, ["HSTRLEN", "h", "f"])).toBe(1_000);
  });

  it("answer HGETALL as a map", () => {
    const { engine, session } = talk();
    engine.execute(session, ["HSET", "h", "f", "v"]);
    expect(engine.execute(session, ["HGETALL", "h"])).toEqual(new MapReply(["f", "v"]));
  });
});

describe("encodings of hashes", () => {
  it("become a hash table by a long value, a long field or one field too many, and stay one", () => {
    const say = talk({ parameters: { "hash-max-ziplist-entries": "3", "hash-max-listpack-value": "5" } });
    say("HSET h a 1 b 2 c 3");
    expect(say("OBJECT ENCODING h")).toBe("$listpack");
    say("HSET h d 4");
    expect(say("OBJECT ENCODING h")).toBe("$hashtable");
    say("HDEL h a b c");
    expect(say("OBJECT ENCODING h")).toBe("$hashtable");
    say("HSET long a 123456");
    say("HSET wide abcdef 1");
    say("HSET fits a 12345");
    expect(["long", "wide", "fits"].map(key => say(`OBJECT ENCODING ${key}`))).toEqual([
      "$hashtable",
      "$hashtable",
      "$listpack",
    ]);
    say("HINCRBYFLOAT fits a 0.5");
    expect(say("OBJECT ENCODING fits")).toBe("$hashtable");
  });
});

describe("HINCRBY and HINCRBYFLOAT", () => {
  it("add to the number in a field", () => {
    const say = talk();
    expect(say("HINCRBY h n 5")).toBe(":5");
    expect(say("HINCRBY h n -7")).toBe(":-2");
    expect(say("HINCRBYFLOAT h n 2.3")).toBe("$0.3");
    expect(say("HINCRBYFLOAT h n 3.0")).toBe("$3.3");
    say("HSET h max 9223372036854775806");
    expect(say("HINCRBY h max 1")).toBe(":9223372036854775807");
    expect(say("HINCRBY h max 1")).toBe("-ERR increment or decrement would overflow");
  });

  it("refuse what is no number", () => {
    const say = talk();
    say("HSET h text abc n 1");
    expect(say("HINCRBY h text 1")).toBe("-ERR hash value is not an integer");
    expect(say("HINCRBYFLOAT h text 1")).toBe("-ERR hash value is not a float");
    expect(say("HINCRBY h n 1.5")).toBe("-ERR value is not an integer or out of range");
    expect(say("HINCRBYFLOAT h n x")).toBe("-ERR value is not a valid float");
    expect(say("HINCRBYFLOAT h n inf")).toBe("-ERR value is NaN or Infinity");
  });
});

describe("HSCAN", () => {
  it("answers a listpack whole and a hash table in steps; NOVALUES from 8.0 on", () => {
    const say = talk({ profile: "valkey-8.0" });
    say("HSET small a 1 b 2");
    expect(say("HSCAN small 0 COUNT 1")).toEqual(["$0", ["$a", "$1", "$b", "$2"]]);
    expect(say("HSCAN small 0 NOVALUES MATCH b*")).toEqual(["$0", ["$b"]]);
    expect(say("HSCAN small 0 NOSCORES")).toBe("-ERR NOSCORES option can only be used in ZSCAN");
    for (let i = 0; i < 600; i++) say(`HSET large f${i} ${i}`);
    const seen = new Set<string>();
    let cursor = "0";
    let steps = 0;
    do {
      const [next, fields] = say(`HSCAN large ${cursor} NOVALUES`) as [string, string[]];
      for (const field of fields) seen.add(field);
      cursor = next.slice(1);
      steps++;
    } while (cursor !== "0");
    expect(seen.size).toBe(600);
    expect(steps).toBeGreaterThan(20);
    expect(talk()("HSCAN none 0 NOVALUES")).toEqual(["$0", []]);
    expect(say("HSCAN none x")).toBe("-ERR invalid cursor");
  });
});
