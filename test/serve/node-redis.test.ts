// node-redis against the served engine, unchanged: messages, scripts, streams with groups, transactions, and a cluster that
// it discovers by itself.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, createCluster } from "@redis/client";
import { expect, test } from "vitest";
import { served } from "./served.ts";

test("messages, scripts, streams with groups, transactions that are watched", async () => {
  const { port } = await served();
  const client = createClient({ socket: { port } });
  const listener = createClient({ socket: { port } });
  await Promise.all([client.connect(), listener.connect()]);
  const heard = new Promise(done => listener.pSubscribe("news.*", (message, channel) => done([channel, message])));
  while ((await client.pubSubNumPat()) === 0) await client.ping();
  await client.publish("news.today", "hello");
  expect(await heard).toEqual(["news.today", "hello"]);

  const script = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
  expect(await client.eval(script, { keys: ["n"], arguments: ["5"] })).toBe(5);
  const digest = await client.scriptLoad(script);
  expect(await client.evalSha(digest, { keys: ["n"], arguments: ["2"] })).toBe(7);

  await client.xGroupCreate("jobs", "workers", "$", { MKSTREAM: true });
  const id = await client.xAdd("jobs", "*", { task: "mail" });
  const got = await client.xReadGroup("workers", "one", { key: "jobs", id: ">" });
  expect(got).toMatchObject([{ name: "jobs", messages: [{ id, message: { task: "mail" } }] }]);
  expect(await client.xPending("jobs", "workers")).toMatchObject({ pending: 1, firstId: id });
  expect(await client.xAck("jobs", "workers", id)).toBe(1);

  await client.watch("n");
  await listener.unsubscribe();
  expect(await client.multi().incr("n").get("n").exec()).toEqual([8, "8"]);
  for (const one of [client, listener]) one.destroy();
});

test("a cluster is found from one of its nodes", async () => {
  const dir = mkdtempSync(join(tmpdir(), "cachecast-node-redis-"));
  const { port, server } = await served("--cluster-enabled", "yes", "--dir", dir, "--save", "");
  const setUp = createClient({ socket: { port } });
  await setUp.connect();
  await setUp.clusterAddSlotsRange({ start: 0, end: 16_383 });
  while (!(await setUp.clusterInfo()).includes("cluster_state:ok")) await setUp.ping();
  const cluster = createCluster({ rootNodes: [{ socket: { host: "127.0.0.1", port } }] });
  await cluster.connect();
  expect(cluster.slots.length).toBe(16_384);
  await Promise.all(["a", "b", "c"].map(key => cluster.set(key, key)));
  expect(await cluster.get("b")).toBe("b");
  expect(server.engine.database(0).size).toBe(3);
  cluster.destroy();
  setUp.destroy();
  rmSync(dir, { recursive: true, force: true });
});
