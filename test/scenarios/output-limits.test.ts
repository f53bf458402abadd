// client-output-buffer-limit of subscribers, by the names that ElastiCache and self-managed servers have for it.

import { describe, expect, test } from "vitest";
import { load, problems } from "./fixture.ts";

const BASE = `
name: limits
duration: 10s
cluster: { engine: valkey-8.0, node: cache.r7g.large, shards: 1, replicas: 0, MORE }
clients: [{ name: web }]
workload: [{ name: w, rate: 5/s, pattern: { publish: { subscribers: 8, slow: { subscribers: 2, reads: 10KiB } } }, keys: { count: 2 } }]
`;
const MIB = 2 ** 20;

const limitWith = async (more: string) =>
  (await load(BASE.replace("MORE", more))).built.world(0, 1).cluster.listen.subscriberLimit;

describe("client-output-buffer-limit of pub/sub", () => {
  test.each([
    ["", [32 * MIB, 8 * MIB, 60]],
    ["management: self-managed", [32 * MIB, 8 * MIB, 60]],
    [
      "parameters: { client-output-buffer-limit-pubsub-hard-limit: 64mb, client-output-buffer-limit-pubsub-soft-limit: 0 }",
      [64 * MIB, 64 * MIB, 60],
    ],
    ["management: self-managed, parameters: { client-output-buffer-limit: pubsub 0 4mb 10 }", [Infinity, 4 * MIB, 10]],
    [
      "management: self-managed, parameters: { client-output-buffer-limit: replica 1mb 1mb 1 }",
      [32 * MIB, 8 * MIB, 60],
    ],
  ])("{ %s }", async (more, [hardBytes, softBytes, seconds]) => {
    expect(await limitWith(more)).toEqual({ hardBytes, softBytes, softNs: seconds * 1e9 });
  });

  test("that is no size is told", async () => {
    const parameters = "parameters: { client-output-buffer-limit-pubsub-hard-limit: 12xx }";
    expect((await problems(BASE.replace("MORE", parameters))).join()).toMatch(
      /must be a size such as 32mb, got «12xx»/u,
    );
  });

  test("there are no more slow subscribers than subscribers", async () => {
    const settings = ["workload[0].pattern.publish.slow.subscribers=9"];
    expect((await problems(BASE.replace("MORE", ""), { settings })).join()).toMatch(
      /at most all of them, which are 8/u,
    );
  });
});
