import { describe, expect, it } from "vitest";
import { NOW_MS, pass, talk } from "../harness.ts";

const long = "x".repeat(45);

/** `k` holds v for 100 s, `n` the number 5 for ever, `f` a decimal. */
function prepared() {
  const say = talk();
  say("SET k v EX 100");
  say("SET n 5");
  say("SET f 1.5");
  return say;
}

describe("string commands", () => {
  it.each([
    ["GET k", "$v"],
    ["GET none", "(nil)"],
    ["SET k w", "+OK"],
    ["SET k w NX", "(nil)"],
    ["SET none w NX", "+OK"],
    ["SET k w XX", "+OK"],
    ["SET none w XX", "(nil)"],
    ["SET k w GET", "$v"],
    ["SET none w GET", "(nil)"],
    ["SET k w NX GET", "$v"],
    ["SET none w XX GET", "(nil)"],
    ["SET k w NX XX", "-ERR syntax error"],
    ["SET k w nx NX", "(nil)"],
    ["SET k w EX 10 EX 20", "+OK"],
    ["SET k w EX 10 PX 20", "-ERR syntax error"],
    ["SET k w KEEPTTL EX 10", "-ERR syntax error"],
    ["SET k w EX 10 KEEPTTL", "-ERR syntax error"],
    ["SET k w PERSIST", "-ERR syntax error"],
    ["SET k w EX", "-ERR syntax error"],
    ["SET k w EX 0", "-ERR invalid expire time in 'set' command"],
    ["SET k w PX -1", "-ERR invalid expire time in 'set' command"],
    ["SET k w EX 9223372036854775807", "-ERR invalid expire time in 'set' command"],
    ["SET k w EX ten", "-ERR value is not an integer or out of range"],
    ["SET k w EX ten nonsense", "-ERR syntax error"],
    ["SETEX k 0 w", "-ERR invalid expire time in 'setex' command"],
    ["PSETEX k -5 w", "-ERR invalid expire time in 'psetex' command"],
    ["SETNX k w", ":0"],
    ["SETNX none w", ":1"],
    ["GETSET k w", "$v"],
    ["GETSET none w", "(nil)"],
    ["GETDEL k", "$v"],
    ["GETDEL none", "(nil)"],
    ["GETEX k", "$v"],
    ["GETEX k PERSIST", "$v"],
    ["GETEX k PERSIST PERSIST", "$v"],
    ["GETEX k PERSIST EX 10", "-ERR syntax error"],
    ["GETEX k EX 10 PERSIST", "-ERR syntax error"],
    ["GETEX k EX 10 EX 20", "$v"],
    ["GETEX k KEEPTTL", "-ERR syntax error"],
    ["GETEX k EX 0", "-ERR invalid expire time in 'getex' command"],
    ["GETEX none EX 0", "(nil)"],
    ["GETEX none EX nonsense", "(nil)"],
    ["MGET k none n", ["$v", "(nil)", "$5"]],
    ["MSET a 1 b 2", "+OK"],
    ["MSET a 1 b", "-ERR wrong number of arguments for 'mset' command"],
    ["MSETNX a 1 k 2", ":0"],
    ["MSETNX a 1 a 2", ":1"],
    ["STRLEN k", ":1"],
    ["STRLEN n", ":1"],
    ["STRLEN none", ":0"],
  ])("%s answers %j", (line, reply) => {
    expect(prepared()(line)).toEqual(reply);
  });

  it.each([
    ["SET k w", -1],
    ["SET k w KEEPTTL", 100_000],
    ["SET k w EX 7", 7_000],
    ["SET k w EX 7 EX 9", 9_000],
    ["SET k w PXAT " + (NOW_MS + 5), 5],
    ["SET k w EXAT " + (NOW_MS / 1_000 + 5), 5_000],
    ["SET k w XX GET", -1],
    ["SET k w NX", 100_000],
    ["SETEX k 3 w", 3_000],
    ["PSETEX k 3 w", 3],
    ["GETSET k w", -1],
    ["GETEX k", 100_000],
    ["GETEX k PERSIST", -1],
    ["GETEX k PX 12", 12],
    ["GETEX k EX 0", 100_000],
    ["MSET k w", -1],
    ["APPEND k w", 100_000],
    ["SETRANGE k 0 w", 100_000],
    ["INCR k", 100_000],
    ["DEL n", 100_000],
  ])("%s leaves k with %d ms to live", (line, ttl) => {
    const say = prepared();
    say(line);
    expect(say("PTTL k")).toBe(`:${ttl}`);
  });

  it("SET key value PXAT past stores the key, which is dead at once", () => {
    const say = prepared();
    expect(say("SET k w PXAT 1")).toBe("+OK");
    expect(say("DBSIZE")).toBe(":3");
    expect(say("GET k")).toBe("(nil)");
    expect(say("DBSIZE")).toBe(":2");
  });

  it("SET key value PXAT past deletes the key on 8.0, and replicas see that", () => {
    const say = talk({ profile: "valkey-8.0" });
    const stream: string[] = [];
    say.engine.replicate = (_, argv) => stream.push(argv.join(" "));
    say("SET k v");
    expect(say(`SET k w PXAT ${NOW_MS - 1} GET`)).toBe("$v");
    expect(say(`SET none w PXAT ${NOW_MS - 1}`)).toBe("+OK");
    expect(say("DBSIZE")).toBe(":0");
    expect(stream).toEqual(["SET k v", "UNLINK k"]);
  });

  it("GETEX key PXAT past answers the value and deletes the key", () => {
    const say = prepared();
    expect(say("GETEX k PXAT 1")).toBe("$v");
    expect(say("DBSIZE")).toBe(":2");
    expect(say.engine.stats.expiredKeys).toBe(0);
  });

  it("MSETNX a key twice stores the last value", () => {
    const say = prepared();
    say("MSETNX a 1 a 2");
    expect(say("GET a")).toBe("$2");
  });

  it.each([
    ["SET e 12", "int"],
    ["SET e 9223372036854775808", "embstr"],
    ["SET e abc", "embstr"],
    [`SET e ${long}`, "raw"],
    ["APPEND e 12", "int"],
    ["APPEND n x", "raw"],
    ["INCRBYFLOAT n 1", "embstr"],
    ["INCR n", "int"],
    ["SETRANGE e 0 a", "raw"],
    ["SETRANGE n 0 6", "raw"],
  ])("%s stores %j", (line, encoding) => {
    const say = prepared();
    say(line);
    const key = line.split(" ")[1];
    expect(say("OBJECT ENCODING", key)).toBe(`$${encoding}`);
  });

  it("any command on a string of 0 bytes, of all 256 bytes, and under an empty key keeps the bytes", () => {
    const say = talk();
    const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
    say("SET", "", all);
    say("SET", all, "");
    expect(say("GET", "")).toBe(`$${all}`);
    expect(say("GET", all)).toBe("$");
    expect(say("APPEND", "", all)).toBe(":512");
    expect(say("GETRANGE", "", "255", "256")).toBe("$\xff\x00");
    expect(say("RENAME", "", "other")).toBe("+OK");
    expect(say("STRLEN other")).toBe(":512");
  });

  it("GET key of an expired key is a miss, of a living one a hit; writes count neither", () => {
    const say = prepared();
    const { stats } = say.engine;
    say("GET k");
    say("GET none");
    say("MGET k none n");
    expect([stats.keyspaceHits, stats.keyspaceMisses]).toEqual([3, 2]);
    say("SET k w");
    say("INCR n");
    say("DEL k");
    expect([stats.keyspaceHits, stats.keyspaceMisses]).toEqual([3, 2]);
    say("SET k w PX 10");
    pass(say.engine, 11);
    say("GET k");
    expect([stats.keyspaceHits, stats.keyspaceMisses]).toEqual([3, 3]);
  });

  it("a value longer than proto-max-bulk-len is refused", () => {
    const say = talk({ parameters: { "proto-max-bulk-len": "1mb" } });
    const error = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    say("SET", "k", "x".repeat(1_048_000));
    expect(say("APPEND", "k", "x".repeat(1_000))).toBe(error);
    expect(say("SETRANGE", "k", "1048576", "x")).toBe(error);
    expect(say("SETRANGE", "k", "9223372036854775807", "x")).toBe(error);
    expect(say("SETRANGE", "k", "1048575", "x")).toBe(":1048576");
  });
});
