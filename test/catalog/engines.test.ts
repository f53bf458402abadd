import { describe, expect, test } from "vitest";
import type { DataFile } from "../../src/catalog/data-file.ts";
import redis70Json from "../../src/catalog/engines/redis-7.0.json" with { type: "json" };
import redis71Json from "../../src/catalog/engines/redis-7.1.json" with { type: "json" };
import {
  engineOfProfile,
  engineParameters,
  engineProfileNames,
  engineProfileParameters,
  joinEngines,
} from "../../src/catalog/engines.ts";
import { nodeType, nodeTypes } from "../../src/catalog/nodes.ts";
import { PROFILE_NAMES } from "../../src/engine/profile.ts";
import { MIB } from "../../src/units.ts";

const file = (data: unknown, name = "engines/redis-7.0.json"): DataFile => ({ file: name, data });
const REDIS_LIKE = engineProfileNames().filter(name => engineOfProfile(name) !== "memcached");

test("there are seven profiles, among them every version that the engine runs", () => {
  expect(engineProfileNames()).toEqual([
    "valkey-7.2",
    "valkey-8.0",
    "valkey-8.1",
    "valkey-9.0",
    "redis-7.0",
    "redis-7.1",
    "memcached-1.6",
  ]);
  for (const name of PROFILE_NAMES) expect(engineProfileNames()).toContain(name);
  expect(engineProfileNames().map(engineOfProfile)).toEqual([
    ...Array(4).fill("valkey"),
    ...Array(2).fill("redis"),
    "memcached",
  ]);
  expect(() => engineOfProfile("valkey-6")).toThrow(/valkey-6/u);
});

// name, ElastiCache, upstream: Valkey 7.2 and Redis 7 first, Valkey 8 after, null where the map has no such name.
const DEFAULTS: readonly [
  string,
  [string | number | null, string | number | null],
  [string | number | null, string | number | null],
][] = [
  ["maxmemory-policy", ["volatile-lru", "noeviction"], ["volatile-lru", "noeviction"]],
  ["maxmemory-samples", [3, 5], [3, 5]],
  ["reserved-memory-percent", [25, null], [25, null]],
  ["lfu-log-factor", [10, 10], [10, 10]],
  ["lfu-decay-time", [1, 1], [1, 1]],
  ["active-expire-effort", [1, 1], [1, 1]],
  ["hz", [10, 10], [10, 10]],
  ["lazyfree-lazy-eviction", ["no", "no"], ["yes", "yes"]],
  ["lazyfree-lazy-expire", ["no", "no"], ["yes", "yes"]],
  ["lazyfree-lazy-server-del", ["no", "no"], ["yes", "yes"]],
  ["lazyfree-lazy-user-del", ["no", "no"], ["yes", "yes"]],
  ["replica-lazy-flush", ["yes", "no"], ["yes", "yes"]],
  ["activedefrag", ["no", "no"], ["no", "no"]],
  ["active-defrag-cycle-min", [25, 1], [25, 1]],
  ["active-defrag-cycle-max", [75, 25], [75, 25]],
  ["repl-backlog-size", [1048576, 1048576], [10485760, 10485760]],
  ["repl-backlog-ttl", [3600, 3600], [3600, 3600]],
  ["repl-timeout", [60, 60], [60, 60]],
  ["min-replicas-to-write", [0, 0], [0, 0]],
  ["min-replicas-max-lag", [10, 10], [10, 10]],
  ["close-on-replica-write", ["yes", null], ["yes", null]],
  ["client-output-buffer-limit-pubsub-hard-limit", [33554432, 33554432], [33554432, 33554432]],
  ["client-query-buffer-limit", [1073741824, 1073741824], [1073741824, 1073741824]],
  ["timeout", [0, 0], [0, 0]],
  ["tcp-keepalive", [300, 300], [300, 300]],
  ["maxclients", [null, 10000], [null, 10000]],
  ["maxmemory", [null, 0], [null, 0]],
  ["lua-time-limit", [5000, 5000], [5000, 5000]],
  ["slowlog-log-slower-than", [10000, 10000], [10000, 10000]],
  ["slowlog-max-len", [128, 128], [128, 128]],
  ["latency-tracking", ["no", "yes"], ["no", "yes"]],
  ["notify-keyspace-events", ["", ""], ["", ""]],
  ["databases", [16, 16], [16, 16]],
  ["cluster-require-full-coverage", ["no", "yes"], ["no", "yes"]],
  ["cluster-allow-reads-when-down", ["no", "no"], ["no", "no"]],
  ["cluster-node-timeout", [15000, 15000], [15000, 15000]],
  ["io-threads", [1, 1], [1, 1]],
  ["io-threads-do-reads", ["no", "no"], ["yes", "yes"]],
  ["hash-max-listpack-entries", [512, 512], [512, 512]],
  ["hash-max-listpack-value", [64, 64], [64, 64]],
  ["zset-max-listpack-entries", [128, 128], [128, 128]],
  ["zset-max-listpack-value", [64, 64], [64, 64]],
  ["set-max-intset-entries", [512, 512], [512, 512]],
  ["list-max-listpack-size", [-2, -2], [-2, -2]],
  ["stream-node-max-bytes", [4096, 4096], [4096, 4096]],
  ["stream-node-max-entries", [100, 100], [100, 100]],
  ["tracking-table-max-keys", [1000000, 1000000], [1000000, 1000000]],
  ["appendonly", ["no", "no"], ["no", "no"]],
  ["save", ["", "3600 1 300 100 60 10000"], ["", "3600 1 300 100 60 10000"]],
  ["dual-channel-replication-enabled", [null, null], ["no", "no"]],
];

describe("engineProfileParameters(profile, defaults)", () => {
  test.each(DEFAULTS)("%s", (name, seven, eight) => {
    for (const profile of REDIS_LIKE) {
      const expected = profile.startsWith("valkey-8") || profile.startsWith("valkey-9") ? eight : seven;
      const ours = (["elasticache", "upstream"] as const).map(
        defaults => engineProfileParameters(profile, defaults).get(name) ?? null,
      );
      expect(ours, profile).toEqual(expected);
    }
  });

  test("sets got listpacks with 7.2", () => {
    expect(engineProfileParameters("redis-7.1", "upstream").has("set-max-listpack-entries")).toBe(false);
    expect(engineProfileParameters("valkey-7.2", "upstream").get("set-max-listpack-entries")).toBe(128);
    expect(engineProfileParameters("valkey-7.2", "elasticache").get("set-max-listpack-value")).toBe(64);
  });

  test("the command log came with 8.1, databases in cluster mode with 9.0", () => {
    const has = (name: string) => REDIS_LIKE.filter(profile => engineParameters(profile).has(name));
    expect(has("commandlog-request-larger-than")).toEqual(["valkey-8.1", "valkey-9.0"]);
    expect(has("cluster-databases")).toEqual(["valkey-9.0"]);
  });

  test("with a node type fills in what depends on it", () => {
    const values = (type: string) => engineProfileParameters("valkey-8.0", "elasticache", nodeType(type));
    expect(values("cache.t3.micro").get("maxmemory")).toBe(536870912);
    expect(values("cache.t3.micro").get("maxclients")).toBe(20000);
    expect(values("cache.t3.medium").get("maxclients")).toBe(46000);
    expect(values("cache.r7g.large").get("client-output-buffer-limit-replica-hard-limit")).toBe(1403718103);
    // AWS prints no figure for the 8th generation: the tenth of maxmemory that holds elsewhere.
    expect(values("cache.m8g.large").get("client-output-buffer-limit-replica-soft-limit")).toBe(729417882);
    const upstream = engineProfileParameters("valkey-8.0", "upstream", nodeType("cache.t3.micro"));
    expect(upstream.get("client-output-buffer-limit-replica-hard-limit")).toBe(268435456);
  });

  test("of Memcached: ElastiCache turns the modern defaults off, and memory is the node's", () => {
    const start = engineProfileParameters("memcached-1.6", "elasticache", nodeType("cache.m5.large"));
    expect(start.get("max_cache_memory")).toBe(6537);
    expect(start.get("num_threads")).toBe(2);
    expect(start.get("memcached_connections_overhead")).toBe(100);
    expect(start.get("max_item_size")).toBe(1048576);
    expect(start.get("lru_maintainer")).toBe(0);
    const upstream = engineProfileParameters("memcached-1.6", "upstream");
    expect(upstream.get("lru_maintainer")).toBe(1);
    expect(upstream.get("max_cache_memory")).toBe(64);
    expect(upstream.has("memcached_connections_overhead")).toBe(false);
  });

  test("of Memcached: where AWS prints no memory, maxmemory in MiB is what it prints elsewhere", () => {
    const printed = nodeTypes().filter(node => node.memcached?.maxCacheMemoryMB);
    const other = printed.filter(
      node => Math.abs(Math.round(node.maxmemoryBytes / MIB) - (node.memcached?.maxCacheMemoryMB ?? 0)) > 1,
    );
    expect(printed.length).toBeGreaterThan(40);
    // Three rows of the AWS table stand apart: 200 MB more, three quarters of the memory, a round 107,000.
    expect(other.map(node => node.type)).toEqual(["cache.t3.medium", "cache.m4.xlarge", "cache.m6g.8xlarge"]);
    const start = engineProfileParameters("memcached-1.6", "elasticache", nodeType("cache.r7g.large"));
    expect(start.get("max_cache_memory")).toBe(13387);
    expect(start.get("num_threads")).toBe(2);
  });
});

describe("laws over every parameter of every profile", () => {
  const rows = engineProfileNames().flatMap(profile =>
    [...engineParameters(profile).values()].map(row => ({ profile, row })),
  );

  test("defaults lie within the range and among the allowed values", () => {
    for (const { profile, row } of rows) {
      const where = `${profile} ${row.name}`;
      const { elasticache } = row;
      if (elasticache === null) continue;
      if (row.values !== undefined) expect(row.values, where).toContain(elasticache);
      if (row.min !== undefined) expect(elasticache, where).toBeGreaterThanOrEqual(row.min);
      if (row.max !== undefined) expect(elasticache, where).toBeLessThanOrEqual(row.max);
    }
  });

  test("only what a parameter group has can be modified there", () => {
    for (const { profile, row } of rows) {
      if (row.modifiable) expect(row.elasticache, `${profile} ${row.name}`).not.toBeNull();
    }
  });

  test("every parameter has a value somewhere", () => {
    for (const { row } of rows) expect(row.elasticache ?? row.upstream, row.name).not.toBeNull();
  });

  test("an extending profile keeps every parameter of the earlier one and says where it comes from", () => {
    for (const [later, earlier] of [
      ["redis-7.1", "redis-7.0"],
      ["valkey-8.1", "valkey-8.0"],
      ["valkey-9.0", "valkey-8.1"],
    ]) {
      for (const name of engineParameters(earlier).keys()) expect(engineParameters(later).has(name)).toBe(true);
    }
    expect(engineParameters("valkey-9.0").get("hz")?.carriedFrom).toBe("valkey-8.0");
    expect(engineParameters("valkey-9.0").get("commandlog-reply-larger-than")?.carriedFrom).toBe("valkey-8.1");
    expect(engineParameters("valkey-9.0").get("cluster-databases")?.carriedFrom).toBeNull();
    expect(engineParameters("valkey-8.0").get("hz")?.carriedFrom).toBeNull();
  });

  test("parameters that users of ElastiCache cannot set", () => {
    const fixed = ["maxmemory", "repl-timeout", "lua-time-limit", "databases", "appendonly", "maxclients"];
    for (const name of fixed) expect(engineParameters("valkey-8.0").get(name)?.modifiable, name).toBe(false);
    for (const name of ["maxmemory-policy", "repl-backlog-size", "timeout", "activedefrag"]) {
      expect(engineParameters("valkey-8.0").get(name)?.modifiable, name).toBe(true);
    }
  });
});

describe("a bad file stops the start", () => {
  test("a parameter that stands twice is refused with the place of both rows", () => {
    const copy = structuredClone(redis70Json);
    copy.parameters.push(structuredClone(copy.parameters[1]));
    expect(() => joinEngines([file(copy)])).toThrow(
      /parameter of redis-7\.0: maxmemory-policy stands in engines\/redis-7\.0\.json and again in engines\/redis-7\.0/u,
    );
  });

  test("a profile in two files is refused with both names", () => {
    expect(() => joinEngines([file(redis70Json), file(redis70Json, "engines/copy.json")])).toThrow(
      /engine profile redis-7\.0 stands in engines\/redis-7\.0\.json and again in engines\/copy\.json/u,
    );
  });

  test("extending what no file before declares is refused", () => {
    expect(() => joinEngines([file(redis71Json, "engines/redis-7.1.json")])).toThrow(/extends redis-7\.0/u);
  });

  test("an unknown node field is refused", () => {
    const copy = structuredClone(redis70Json);
    Object.assign(copy.parameters[0], { perNode: "weight" });
    expect(() => joinEngines([file(copy)])).toThrow(/perNode/u);
  });
});
