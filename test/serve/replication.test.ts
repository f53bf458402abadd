// Replication over real connections: among served engines, and with a real redis-server on either side.

import { connect } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { Running } from "../../src/serve/start.ts";
import { Client, infoFields, noServer, type RealServer, startServer } from "../engine/real-server.ts";
import { served, Wire } from "./served.ts";

const clients: Client[] = [];
const servers: RealServer[] = [];
afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all(servers.map(server => server.stop()));
});

function clientOf(port: number): Promise<Client> {
  return new Promise((done, failed) => {
    const socket = connect(port, "127.0.0.1", () => {
      const client = new Client(socket);
      clients.push(client);
      done(client);
    });
    socket.once("error", failed);
  });
}

interface Node {
  readonly port: number;
  readonly client: Client;
}

const QUICK = ["--repl-diskless-sync-delay", "0", "--enable-debug-command", "yes"];

async function ours(...words: string[]): Promise<Node & { readonly running: Running }> {
  const running = await served(...QUICK, ...words);
  return { port: running.port, client: await clientOf(running.port), running };
}

async function theirs(): Promise<Node> {
  const server = await startServer(...QUICK);
  servers.push(server);
  const client = await server.connect();
  clients.push(client);
  const port = Number(String(((await client.call("CONFIG", "GET", "port")) as string[])[1]).slice(1));
  return { port, client };
}

async function eventually(condition: () => Promise<boolean>, what: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await condition()) return;
    await new Promise(done => setTimeout(done, 25));
  }
  throw new Error(`did not come to be: ${JSON.stringify(await what())}`);
}

const replicationOf = async ({ client }: Node) => infoFields(await client.call("INFO", "replication"));

async function field(node: Node, name: string): Promise<string | undefined> {
  return (await replicationOf(node)).get(name);
}

function isUp(replica: Node): Promise<void> {
  return eventually(
    async () => (await field(replica, "master_link_status")) === "up",
    async () => [...(await replicationOf(replica))],
  );
}

async function follow(replica: Node, primary: Node): Promise<void> {
  await replica.client.call("REPLICAOF", "127.0.0.1", String(primary.port));
  await isUp(replica);
}

const digest = async ({ client }: Node) => String(await client.call("DEBUG", "DIGEST"));

/** Waits until both have come equally far, then compares all they hold. */
async function same(primary: Node, replica: Node): Promise<void> {
  const offset = async (node: Node) => field(node, "master_repl_offset");
  await eventually(
    async () => (await offset(primary)) === (await offset(replica)),
    async () => [await offset(primary), await offset(replica)],
  );
  expect(await digest(replica)).toBe(await digest(primary));
}

/** Changes of every kind that is replicated in its own way. */
async function change({ client }: Node, round: number): Promise<void> {
  const r = String(round);
  await client.pipeline([
    ["SET", `s${r}`, `value ${r}\r\n\xff`],
    ["SET", "volatile", r, "EX", "1000"],
    ["INCR", "n"],
    ["SELECT", "3"],
    ["RPUSH", "list", r, "a", "b"],
    ["LPOP", "list"],
    ["SELECT", "0"],
    ["HSET", "hash", `f${r}`, r],
    ["ZADD", "zset", r, `m${r}`],
    ["SADD", "set", r, `x${r}`, `y${r}`],
    ["SPOP", "set"],
    ["MULTI"],
    ["SET", "t1", r],
    ["XADD", "stream", "*", "k", r],
    ["EXEC"],
  ]);
}

async function full(primary: Node, replica: Node): Promise<void> {
  await change(primary, 1);
  await follow(replica, primary);
  await change(primary, 2);
  await same(primary, replica);
  expect(await primary.client.call("WAIT", "1", "5000")).toBe(":1");
}

describe("served engines", () => {
  test.each([
    ["as it is made", "yes"],
    ["from disk", "no"],
  ])("a replica gets a snapshot %s, then the stream", async (_how, diskless) => {
    const primary = await ours("--repl-diskless-sync", diskless);
    await full(primary, await ours());
  });

  test("a replica that lost its link goes on where it was", async () => {
    const [primary, replica] = [await ours(), await ours()];
    await full(primary, replica);
    await primary.client.call("CLIENT", "KILL", "TYPE", "replica");
    await change(primary, 3);
    await isUp(replica);
    await same(primary, replica);
    const stats = infoFields(await primary.client.call("INFO", "stats"));
    expect([stats.get("sync_full"), stats.get("sync_partial_ok")]).toEqual(["1", "1"]);
  });

  test("that lost too much takes everything anew", async () => {
    const [primary, replica] = [await ours("--repl-backlog-size", "16kb"), await ours()];
    await full(primary, replica);
    await replica.client.call("CONFIG", "SET", "primaryauth", "wrong");
    await primary.client.call("CONFIG", "SET", "requirepass", "right");
    await primary.client.call("CLIENT", "KILL", "TYPE", "replica");
    await primary.client.call("SET", "large", "x".repeat(100_000));
    await eventually(
      async () => (await field(replica, "master_link_status")) === "down",
      () => replicationOf(replica),
    );
    await replica.client.call("CONFIG", "SET", "primaryauth", "right");
    await isUp(replica);
    await same(primary, replica);
    const stats = infoFields(await primary.client.call("INFO", "stats"));
    expect(stats.get("sync_full")).toBe("2");
  });

  test("a chain: the replica of a replica has the same history, and keeps it through a promotion", async () => {
    const [top, middle, leaf] = [await ours(), await ours(), await ours()];
    await full(top, middle);
    await follow(leaf, middle);
    await change(top, 3);
    await same(top, leaf);
    expect(await field(leaf, "master_replid")).toBe(await field(top, "master_replid"));
    await middle.client.call("REPLICAOF", "NO", "ONE");
    await change(middle, 4);
    await isUp(leaf);
    await same(middle, leaf);
    await follow(top, middle);
    await same(middle, top);
    expect(await field(middle, "master_replid2")).toBe(await field(top, "master_replid2"));
    const stats = infoFields(await middle.client.call("INFO", "stats"));
    expect(stats.get("sync_full")).toBe("1");
  });

  test("FAILOVER exchanges the roles and loses nothing", async () => {
    const [primary, replica] = [await ours(), await ours()];
    await full(primary, replica);
    expect(await primary.client.call("FAILOVER", "TO", "127.0.0.1", String(replica.port))).toBe("+OK");
    const writes = primary.client.call("SET", "during", "failover");
    await isUp(primary);
    expect(await writes).toBe("-READONLY You can't write against a read only replica.");
    expect((await replica.client.call("ROLE"))[0]).toBe("$master");
    await change(replica, 5);
    await same(replica, primary);
    expect(await field(primary, "master_failover_state")).toBe("no-failover");
  });

  test("a replica refuses writes, and its primary refuses them while it has none", async () => {
    const [primary, replica] = [await ours("--min-replicas-to-write", "1"), await ours()];
    expect(await primary.client.call("SET", "a", "1")).toBe("-NOREPLICAS Not enough good replicas to write.");
    await follow(replica, primary);
    await eventually(
      async () => (await primary.client.call("SET", "a", "1")) === "+OK",
      () => replicationOf(primary),
    );
    expect(await replica.client.call("SET", "a", "2")).toBe("-READONLY You can't write against a read only replica.");
    expect(await replica.client.call("WAIT", "0", "0")).toMatch(/^-ERR WAIT cannot be used with replica instances/u);
  });

  test("a bare SYNC gets the snapshot and the stream with its SELECT", async () => {
    const primary = await ours();
    await primary.client.call("SET", "before", "1");
    const wire = await Wire.open(primary.port);
    wire.send("SYNC\r\n");
    const snapshot = await wire.until(text => /^\n*\$(\d+)\r\n/u.test(text) && text.includes("\xff"));
    const length = Number(/\$(\d+)/u.exec(snapshot)![1]);
    const start = snapshot.indexOf("\r\n") + 2;
    expect((await wire.until(text => text.length >= start + length)).slice(start, start + 5)).toMatch(/REDIS|VALKE/u);
    await primary.client.pipeline([
      ["SELECT", "9"],
      ["SET", "a", "1"],
      ["GET", "a"],
      ["SPOP", "none"],
    ]);
    const expected = "*2\r\n$6\r\nSELECT\r\n$1\r\n9\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";
    expect(await wire.until(text => text.endsWith("1\r\n"))).toContain(expected);
  });
});

describe.skipIf(noServer !== null)("a real redis-server", () => {
  test("is a replica of ours", async () => {
    await full(await ours("--engine", "redis-7.0"), await theirs());
  });

  test("is a replica of ours by a snapshot from disk", async () => {
    await full(await ours("--engine", "redis-7.0", "--repl-diskless-sync", "no"), await theirs());
  });

  test("is the primary of ours, is promoted over, and follows its former replica", async () => {
    const [real, own] = [await theirs(), await ours("--engine", "redis-7.0")];
    await full(real, own);
    await own.client.call("REPLICAOF", "NO", "ONE");
    await change(own, 6);
    await follow(real, own);
    await same(own, real);
    const stats = infoFields(await own.client.call("INFO", "stats"));
    expect([stats.get("sync_full"), stats.get("sync_partial_ok")]).toEqual(["0", "1"]);
  });
});
