// The served engine against bare sockets: pipelining, parked calls, limits, and input that means harm.

import { createClient } from "@redis/client";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { encodeCommand } from "../../src/engine/resp/writer.ts";
import { served, servedWith, Wire } from "./served.ts";

const call = (...words: string[]) => encodeCommand(words);

describe("a connection", () => {
  test("gets replies in order, however calls are packed", async () => {
    const { port } = await served();
    const wire = await Wire.open(port);
    wire.send(call("SET", "a", "1") + call("INCR", "a") + "GET a\r\n");
    for (const byte of call("GET", "a")) wire.send(byte);
    expect(await wire.until(text => text.length >= 23)).toBe("+OK\r\n:2\r\n$1\r\n2\r\n$1\r\n2\r\n");
    wire.send(call("QUIT"));
    expect(await wire.end()).toMatch(/\+OK\r\n$/u);
  });

  test("that waits keeps what comes behind, and goes on when it is served", async () => {
    const { port } = await served();
    const [waiter, pusher] = [await Wire.open(port), await Wire.open(port)];
    waiter.send(call("BLPOP", "q", "0") + call("SET", "after", "1") + call("GET", "after"));
    waiter.send(call("CLIENT", "ID"));
    pusher.send(call("GET", "after") + call("RPUSH", "q", "x"));
    expect(await pusher.until(text => text.includes(":1"))).toBe("$-1\r\n:1\r\n");
    expect(await waiter.until(text => text.includes(":1"))).toBe(
      "*2\r\n$1\r\nq\r\n$1\r\nx\r\n+OK\r\n$1\r\n1\r\n:1\r\n",
    );
  });

  test("that waits is answered in real time when its time is over", async () => {
    const { port } = await served();
    const wire = await Wire.open(port);
    wire.send(call("BLPOP", "q", "0.01"));
    expect(await wire.until(text => text.length > 0)).toBe("*-1\r\n");
  });

  test("is silent when it asked for that", async () => {
    const { port } = await served();
    const wire = await Wire.open(port);
    wire.send("CLIENT REPLY SKIP\r\nSET a 1\r\nGET a\r\nCLIENT REPLY OFF\r\nGET a\r\nCLIENT REPLY ON\r\nPING\r\n");
    expect(await wire.until(text => text.includes("PONG"))).toBe("$1\r\n1\r\n+OK\r\n+PONG\r\n");
  });

  test("is closed by another one, and by itself after its reply", async () => {
    const { port } = await served();
    const [a, b] = [await Wire.open(port), await Wire.open(port)];
    a.send(call("CLIENT", "ID"));
    const id = (await a.until(text => text.includes("\n"))).slice(1).trim();
    b.send(call("CLIENT", "KILL", "ID", id) + call("CLIENT", "KILL", "SKIPME", "no", "TYPE", "normal"));
    await a.end();
    expect(await b.end()).toBe(":1\r\n:1\r\n");
  });
});

describe("too much", () => {
  test("connections are refused beyond maxclients", async () => {
    const { port } = await served("--maxclients", "2");
    const first = [await Wire.open(port), await Wire.open(port)];
    for (const one of first) {
      one.send("PING\r\n");
      await one.until(text => text.includes("PONG"));
    }
    expect(await (await Wire.open(port)).end()).toBe("-ERR max number of clients reached\r\n");
  });

  test("a reader that does not read is cut off at its output limit", async () => {
    const { port, server } = await served("--client-output-buffer-limit", "normal", "1000000", "0", "0");
    const wire = await Wire.open(port);
    wire.socket.pause();
    wire.send(call("SET", "big", "x".repeat(200_000)));
    for (let i = 0; i < 200; i++) wire.send(call("GET", "big"));
    wire.socket.resume();
    await wire.end();
    expect(server.connections.size).toBe(0);
  });
});

describe("a reply beyond the hard output limit", () => {
  const limit = ["--client-output-buffer-limit", "normal", "100000", "0", "0"] as const;

  test("is not sent at all, nor are those before it that have not gone; what was called has run", async () => {
    const { port, server } = await served(...limit);
    const wire = await Wire.open(port);
    wire.send(call("SET", "big", "x".repeat(40_000)));
    await wire.until(text => text.length > 0);
    wire.send(call("MULTI") + call("GET", "big").repeat(4) + call("SET", "after", "1") + call("EXEC") + call("PING"));
    expect(await wire.end()).toBe("+OK\r\n");
    expect(server.engine.database(0).size).toBe(2);
    expect(server.engine.stats.outputBufferDisconnections).toBe(1);
  });

  test("is not even made when few bytes ask for it", async () => {
    const { port } = await served(...limit);
    const wire = await Wire.open(port);
    wire.send(call("HSET", "h", "f", "v") + call("HRANDFIELD", "h", "-999999999"));
    await wire.end();
    const other = await Wire.open(port);
    other.send(call("PING"));
    expect(await other.until(text => text.length > 0)).toBe("+PONG\r\n");
  });
});

test("a request that grows beyond client-query-buffer-limit ends its connection, and the log hides who it was", async () => {
  const log: string[] = [];
  const { port, server } = await servedWith(line => log.push(line), "--client-query-buffer-limit", "1mb");
  const wire = await Wire.open(port);
  wire.send(`CLIENT SETNAME secret\r\n*2\r\n$3\r\nGET\r\n$400000000\r\n${"x".repeat(1_100_000)}`);
  expect(await wire.end()).toBe("+OK\r\n");
  expect(server.engine.stats.queryBufferDisconnections).toBe(1);
  expect(log.at(-1)).toMatch(/reached max query buffer length: id=.* name=\*redacted\* .* user=\*redacted\*/u);
});

describe("harm", () => {
  test.each([
    ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", /^-ERR/u],
    ["*1\r\n$99999999999\r\n", /^-ERR Protocol error: invalid bulk length/u],
    ["*99999999999\r\n", /^-ERR Protocol error: invalid multibulk length/u],
    ["*2\r\n$3\r\nGET\r\n!x\r\n", /^-ERR Protocol error: expected '\$', got '!'/u],
    ["\u0000\u00ff\u0001\r\n", /^-ERR/u],
    [`*1000000\r\n${"*1\r\n".repeat(10)}`, /^-ERR Protocol error: expected '\$', got '\*'/u],
    ['SET "\r\n', /^-ERR Protocol error: unbalanced quotes/u],
  ])("%j gets an error, and the server lives", async (text, answer) => {
    const { port } = await served();
    const wire = await Wire.open(port);
    wire.send(text);
    expect(await wire.until(got => got.includes("\r\n"))).toMatch(answer);
    const other = await Wire.open(port);
    other.send("PING\r\n");
    expect(await other.until(got => got.length > 0)).toBe("+PONG\r\n");
  });

  test("a million arrays in one another end the connection at the second one", async () => {
    const { port, server } = await served();
    const wire = await Wire.open(port);
    wire.send("*1\r\n".repeat(1_000_000));
    expect(await wire.end()).toBe("-ERR Protocol error: expected '$', got '*'\r\n");
    expect(server.connections.size).toBe(0);
  });

  test("half a request that is never finished holds no more than was sent", async () => {
    const { port, server } = await served();
    const wire = await Wire.open(port);
    wire.send(`PING\r\n*1000000000\r\n$500000000\r\n${"x".repeat(10_000)}`);
    await wire.until(text => text.includes("PONG"));
    const [connection] = server.connections;
    expect(connection.session.queryBytes).toBeLessThanOrEqual(10_040);
  });
});

describe("client libraries", () => {
  test("ioredis: pipelines, transactions, pub/sub, blocking", async () => {
    const { port } = await served();
    const redis = new Redis(port);
    const other = new Redis(port);
    await redis.set("a", "1", "EX", 100);
    expect(
      await redis.pipeline().incr("a").hset("h", { f: "1", g: "2" }).hgetall("h").zadd("z", 1, "x", 2, "y").exec(),
    ).toEqual([
      [null, 2],
      [null, 2],
      [null, { f: "1", g: "2" }],
      [null, 2],
    ]);
    expect(await redis.multi().get("a").ttl("a").exec()).toEqual([
      [null, "2"],
      [null, 100],
    ]);
    const got = new Promise(done => other.on("message", (channel, message) => done([channel, message])));
    await other.subscribe("news");
    await redis.publish("news", "hello");
    expect(await got).toEqual(["news", "hello"]);
    expect(await redis.eval("return {KEYS[1], redis.call('INCRBY', KEYS[1], ARGV[1])}", 1, "a", 5)).toEqual(["a", 7]);
    redis.defineCommand("twice", { numberOfKeys: 1, lua: "return redis.call('GET', KEYS[1]) * 2" });
    expect(await (redis as unknown as { twice(key: string): Promise<number> }).twice("a")).toBe(14);
    await redis.xgroup("CREATE", "jobs", "workers", "$", "MKSTREAM");
    const id = await redis.xadd("jobs", "*", "task", "mail");
    expect(await redis.xreadgroup("GROUP", "workers", "one", "COUNT", 5, "STREAMS", "jobs", ">")).toEqual([
      ["jobs", [[id, ["task", "mail"]]]],
    ]);
    expect(await redis.xack("jobs", "workers", id!)).toBe(1);
    const popped = redis.blpop("list", 5);
    const pusher = new Redis(port);
    await pusher.rpush("list", "v");
    expect(await popped).toEqual(["list", "v"]);
    for (const one of [redis, other, pusher]) one.disconnect();
  });

  test("node-redis over RESP3: types, scans, client-side caching's invalidations", async () => {
    const { port } = await served();
    const client = createClient({ socket: { port }, RESP: 3 });
    await client.connect();
    await client.hSet("h", { a: "1", b: "2" });
    expect({ ...(await client.hGetAll("h")) }).toEqual({ a: "1", b: "2" });
    await client.zAdd("z", [
      { value: "x", score: 1.5 },
      { value: "y", score: 2 },
    ]);
    expect(await client.zRangeWithScores("z", 0, -1)).toEqual([
      { value: "x", score: 1.5 },
      { value: "y", score: 2 },
    ]);
    expect(await client.zScore("z", "x")).toBe(1.5);
    await client.sAdd("s", ["a", "b", "c"]);
    expect(new Set(await client.sMembers("s"))).toEqual(new Set(["a", "b", "c"]));
    const keys: string[] = [];
    for await (const some of client.scanIterator()) keys.push(...some);
    expect(keys.sort()).toEqual(["h", "s", "z"]);
    expect(await client.multi().set("k", "v").get("k").exec()).toEqual(["OK", "v"]);
    const code =
      "#!lua name=mine\nserver.register_function('greet', function(keys, args) return 'hello ' .. args[1] end)";
    await client.functionLoad(code, { REPLACE: true });
    expect(await client.fCall("greet", { arguments: ["you"] })).toBe("hello you");
    client.destroy();
  });
});
