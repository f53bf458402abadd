// A cluster of served engines, as its clients and its nodes see it; with a real redis-server among them.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { keySlot } from "../../src/engine/slots.ts";
import type { Running } from "../../src/serve/start.ts";
import { Client, noServer, startServer } from "../engine/real-server.ts";
import { served } from "./served.ts";

const folders: string[] = [];
const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Node {
  readonly running: Running | null;
  readonly port: number;
  readonly busPort: number;
  readonly client: Client;
  readonly id: string;
}

async function clientOf(port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const client = new Client(socket);
  ends.push(() => client.close());
  return client;
}

const text = async (client: Client, ...words: string[]) => String(await client.call(...words)).slice(1);

async function nodeOf(client: Client, port: number, running: Running | null): Promise<Node> {
  const line = (await text(client, "CLUSTER", "NODES")).split("\n").find(one => one.includes("myself"))!;
  const busPort = Number(/@(\d+)/u.exec(line)![1]);
  return { running, port, busPort, client, id: await text(client, "CLUSTER", "MYID") };
}

async function ours(...words: string[]): Promise<Node> {
  const folder = mkdtempSync(join(tmpdir(), "cachecast-cluster-"));
  folders.push(folder);
  const running = await served(
    ...["--cluster-enabled", "yes", "--dir", folder, "--cluster-node-timeout", "2000"],
    ...["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1", "--save", "", ...words],
  );
  return nodeOf(await clientOf(running.port), running.port, running);
}

async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await condition()) return;
    await new Promise(done => setTimeout(done, 25));
  }
  throw new Error(`did not come to be: ${what}`);
}

async function everywhere(nodes: readonly Node[], what: string, condition: (info: string) => boolean): Promise<void> {
  await eventually(what, async () => {
    const infos = await Promise.all(nodes.map(({ client }) => text(client, "CLUSTER", "INFO")));
    return infos.every(condition);
  });
}

/** Primaries with equal shares of the slots, who know each other. */
async function clusterOf(nodes: readonly Node[]): Promise<void> {
  const share = Math.ceil(16_384 / nodes.length);
  for (const [i, { client, port, busPort }] of nodes.entries()) {
    if (i > 0) await nodes[0].client.call("CLUSTER", "MEET", "127.0.0.1", String(port), String(busPort));
    const last = Math.min(16_383, (i + 1) * share - 1);
    expect(await client.call("CLUSTER", "ADDSLOTSRANGE", String(i * share), String(last))).toBe("+OK");
  }
  await everywhere(nodes, "everybody serves", info => info.includes("cluster_state:ok"));
  await everywhere(nodes, "everybody knows all", info => info.includes(`cluster_known_nodes:${nodes.length}\r`));
}

describe("one node", () => {
  test("serves once it has all slots", async () => {
    const { client, port } = await ours();
    expect(await client.call("SET", "a", "1")).toBe("-CLUSTERDOWN Hash slot not served");
    expect(await client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383")).toBe("+OK");
    expect(await client.call("CLUSTER", "ADDSLOTS", "7")).toBe("-ERR Slot 7 is already busy");
    await eventually("it serves", async () => (await client.call("SET", "a", "1")) === "+OK");
    expect(await client.call("MGET", "a", "b")).toBe("-CROSSSLOT Keys in request don't hash to the same slot");
    const slots = (await client.call("CLUSTER", "SLOTS")) as unknown as [[string, string, [string, string]]];
    expect(slots[0].slice(0, 2)).toEqual([":0", ":16383"]);
    expect(slots[0][2].slice(0, 2)).toEqual(["$127.0.0.1", `:${port}`]);
  });
});

describe("three nodes", () => {
  test("are one cluster for ioredis, tell of what moves, and lose nothing by it", async () => {
    const nodes = [await ours(), await ours(), await ours()];
    await clusterOf(nodes);
    const cluster = new Cluster([{ host: "127.0.0.1", port: nodes[0].port }]);
    ends.push(() => cluster.disconnect());
    const keys = Array.from({ length: 200 }, (_, i) => `key:${i}`);
    await Promise.all(keys.map((key, i) => cluster.set(key, String(i))));
    expect(await Promise.all(keys.map(key => cluster.get(key)))).toEqual(keys.map((_, i) => String(i)));
    const [source, target] = nodes;
    const slot = 100;
    await target.client.call("CLUSTER", "SETSLOT", String(slot), "IMPORTING", source.id);
    await source.client.call("CLUSTER", "SETSLOT", String(slot), "MIGRATING", target.id);
    const name = nameInSlot(slot);
    const ask = `-ASK ${slot} 127.0.0.1:${target.port}`;
    expect(await source.client.call("GET", name)).toBe(ask);
    expect(await target.client.call("GET", name)).toBe(`-MOVED ${slot} 127.0.0.1:${source.port}`);
    await target.client.pipeline([["ASKING"], ["SET", name, "moved"]]);
    for (const { client } of [target, source]) {
      expect(await client.call("CLUSTER", "SETSLOT", String(slot), "NODE", target.id)).toBe("+OK");
    }
    expect(await source.client.call("GET", name)).toBe(`-MOVED ${slot} 127.0.0.1:${target.port}`);
    await eventually("the third has heard", async () => {
      const answer = await nodes[2].client.call("GET", name);
      return answer === `-MOVED ${slot} 127.0.0.1:${target.port}`;
    });
    expect(await cluster.get(name)).toBe("moved");
  });

  test("a replica takes the place of a primary: asked to, and when it is gone", async () => {
    const nodes = [await ours(), await ours(), await ours()];
    const replica = await ours();
    await clusterOf(nodes);
    const [first] = nodes;
    await first.client.call("CLUSTER", "MEET", "127.0.0.1", String(replica.port), String(replica.busPort));
    await everywhere([...nodes, replica], "all know it", info => info.includes("cluster_known_nodes:4\r"));
    expect(await replica.client.call("CLUSTER", "REPLICATE", first.id)).toBe("+OK");
    const name = nameInSlot(10);
    await first.client.call("SET", name, "kept");
    const role = async (node: Node) => String(((await node.client.call("ROLE")) as string[])[0]);
    await eventually("it is in step", async () => {
      await replica.client.call("READONLY");
      return (await replica.client.call("GET", name)) === "$kept";
    });
    await eventually(
      "the failover may begin",
      async () => (await replica.client.call("CLUSTER", "FAILOVER")) === "+OK",
    );
    await eventually(
      "the roles are exchanged",
      async () => (await role(replica)) === "$master" && (await role(first)) === "$slave",
    );
    expect(await replica.client.call("GET", name)).toBe("$kept");
    await eventually("the link is up", async () =>
      (await text(first.client, "INFO", "replication")).includes("link_status:up"),
    );
    await replica.running!.stop();
    await eventually("the old primary is elected", async () => (await role(first)) === "$master");
    await everywhere(nodes, "the cluster serves again", info => info.includes("cluster_state:ok"));
    expect(await first.client.call("GET", name)).toBe("$kept");
  }, 30_000);
});

describe.skipIf(noServer !== null)("a real redis-server", () => {
  test("is a node among ours", async () => {
    const server = await startServer(
      "--cluster-enabled",
      "yes",
      "--cluster-node-timeout",
      "2000",
      "--cluster-port",
      "0",
    );
    ends.push(() => server.stop());
    const client = await server.connect();
    ends.push(() => client.close());
    const port = Number(String(((await client.call("CONFIG", "GET", "port")) as string[])[1]).slice(1));
    const real = await nodeOf(client, port, null);
    const nodes = [await ours("--engine", "redis-7.0"), real, await ours("--engine", "redis-7.0")];
    await clusterOf(nodes);
    const name = nameInSlot(8_000);
    expect(await nodes[0].client.call("SET", name, "1")).toBe(`-MOVED 8000 127.0.0.1:${real.port}`);
    expect(await client.call("SET", name, "1")).toBe("+OK");
    expect(await client.call("SET", nameInSlot(10), "1")).toBe(`-MOVED 10 127.0.0.1:${nodes[0].port}`);
  });
});

/** A key of this slot, found by trying. */
function nameInSlot(slot: number): string {
  for (let i = 0; ; i++) if (keySlot(`k${i}`) === slot) return `k${i}`;
}
