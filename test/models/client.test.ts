// What clients do to a request: pools, timeouts, retries, redirections, names.

import { describe, expect, it } from "vitest";
import { DnsCache, DnsRecord } from "../../src/models/dns.ts";
import { DEGRADED, FAILED, HIT, MISS } from "../../src/models/outcome.ts";
import { backoffNs } from "../../src/models/retry.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { constantRate } from "../../src/workload/rate.ts";
import { CALM, managed, meanLatencyNs, outcomes, runTo, smallWorld } from "./world.ts";

const NEVER = managed({});

describe("backoff", () => {
  const config = { backoffLowNs: 10e6, backoffHighNs: 1e9, jitter: "none" as const };
  const random = randomFrom("backoff");

  it("doubles from the lower to the upper bound", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(attempt => backoffNs(config, attempt, random) / 1e6);
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000]);
  });

  it.each([
    ["full", 0, 500],
    ["equal", 500, 750],
  ] as const)("%s jitter begins at %d ms of 1 s and is %d ms in the mean", (jitter, least, mean) => {
    const waits = Array.from({ length: 5_000 }, () => backoffNs({ ...config, jitter }, 8, random) / 1e6);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / mean).toBeCloseTo(1, 1);
  });
});

describe("a name's cache", () => {
  it("keeps an answer for its time to live", () => {
    const record = new DnsRecord(1);
    const cache = new DnsCache(record, 5e9, 2e9);
    record.node = 2;
    expect(cache.resolve(1.9e9)).toBe(1);
    expect(cache.resolve(2e9)).toBe(2);
    record.node = 3;
    expect(cache.resolve(6.9e9)).toBe(2);
    expect(cache.resolve(7e9)).toBe(3);
  });

  it("with an endless time to live never hears of a change", () => {
    const record = new DnsRecord(1);
    const cache = new DnsCache(record, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    record.node = 2;
    expect(cache.resolve(1e15)).toBe(1);
  });
});

describe("requests", () => {
  it("an idle hit takes round trip, the client's time, service and wire", () => {
    const world = smallWorld({
      zones: 1,
      rate: 100,
      latency: CALM,
      workload: { preload: 1, ttlSeconds: null },
      client: { overheadNs: 50_000 },
    });
    runTo(world, 10);
    expect(outcomes(world)[HIT]).toBeGreaterThan(900);
    const rest = meanLatencyNs(world) - 150_000 - 50_000;
    expect(rest).toBeGreaterThan(5_000);
    expect(rest).toBeLessThan(12_000);
  });

  it("time out against a lost host, are tried as often as configured, and fall back to the origin", () => {
    const attempts = 3;
    const world = smallWorld({
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false, failover: NEVER },
      rate: 50,
      seconds: 20,
      latency: CALM,
      client: {
        timeoutNs: 100e6,
        connect: { timeoutNs: 100e6 },
        retry: { attempts, backoffLowNs: 10e6, backoffHighNs: 10e6, jitter: "none" },
        pool: { size: 64, maxWaitNs: 5e9, multiplex: false },
      },
    });
    runTo(world, 2);
    world.crash(world.cluster.nodes[0], "lost");
    const before = { ...world.clients[0].counters };
    const ended = outcomes(world)[DEGRADED];
    runTo(world, 10);
    const { counters } = world.clients[0];
    const degraded = outcomes(world)[DEGRADED] - ended;
    expect(degraded).toBeGreaterThan(350);
    // Every request needs three tries, and each of them ends by a timeout of its command or of its connection attempt.
    const tries = counters.timeouts + counters.connectionErrors - before.timeouts - before.connectionErrors;
    expect(tries / degraded).toBeGreaterThan(attempts - 0.3);
    expect(counters.retries / degraded).toBeGreaterThan(attempts - 1.2);
    expect(counters.retries / degraded).toBeLessThan(attempts - 0.8);
    world.checkConservation();
  });

  it("fail when there is no fallback", () => {
    const world = smallWorld({
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false, failover: NEVER },
      rate: 50,
      workload: { pattern: { kind: "cache-aside", fallback: false } },
    });
    runTo(world, 2);
    world.crash(world.cluster.nodes[0], "down");
    runTo(world, 10);
    const ends = outcomes(world);
    expect(ends[DEGRADED]).toBe(0);
    expect(ends[FAILED]).toBeGreaterThan(300);
  });

  it("a process that dies resets its connections: nobody waits for a timeout", () => {
    const world = smallWorld({
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false, failover: NEVER },
      rate: 200,
      client: { timeoutNs: 2e9, retry: { attempts: 1, backoffLowNs: 1, backoffHighNs: 1, jitter: "none" } },
    });
    runTo(world, 2);
    world.crash(world.cluster.nodes[0], "down");
    runTo(world, 4);
    expect(world.clients[0].counters.timeouts).toBe(0);
    expect(world.clients[0].counters.connectionErrors).toBeGreaterThan(300);
  });

  it("wait for a connection when the pool is small, and give up after the time set", () => {
    // Each connection carries one request per 10 ms of round trip: 6 instances x 2 connections x 3 shards = 3,600/s.
    const world = smallWorld({
      zones: 1,
      rate: 6_000,
      seconds: 5,
      latency: { ...CALM, inZoneRttNs: 10e6 },
      client: { pool: { size: 2, maxWaitNs: 50e6, multiplex: false } },
      workload: { preload: 1, ttlSeconds: null },
    });
    runTo(world, 5);
    const { counters } = world.clients[0];
    expect(counters.poolTimeouts).toBeGreaterThan(1_000);
    expect(world.clients[0].openConnections).toBe(6 * 2 * 3);
    const hitsPerSecond = outcomes(world)[HIT] / 5;
    expect(hitsPerSecond).toBeGreaterThan(3_300);
    expect(hitsPerSecond).toBeLessThan(3_600);
    world.checkConservation();
  });

  it("multiplexed connections carry many at a time and share turns of the engine", () => {
    const hitsPerSecond = (multiplex: boolean) => {
      const world = smallWorld({
        zones: 1,
        rate: 300_000,
        seconds: 0.5,
        latency: CALM,
        cluster: { shards: 1, replicasPerShard: 0, multiAz: false, ioThreads: 0 },
        client: { instances: 2, pool: { size: multiplex ? 1 : 200, maxWaitNs: 1e9, multiplex } },
        workload: { preload: 1, ttlSeconds: null },
      });
      runTo(world, 0.5);
      return outcomes(world)[HIT] / 0.5;
    };
    // One thread serves 160,000 unpipelined GETs per second; two connections are read in ever larger batches.
    expect(hitsPerSecond(false)).toBeLessThan(170_000);
    expect(hitsPerSecond(true)).toBeGreaterThan(290_000);
  });

  it("follow MOVED after a failover and then know the way", () => {
    const world = smallWorld({
      cluster: {
        shards: 2,
        replicasPerShard: 1,
        failover: managed({ detection: 2, promotion: 1, replacement: 5 }),
      },
      rate: 500,
      seconds: 60,
    });
    runTo(world, 5);
    const lost = world.cluster.shards[0].primary;
    world.crash(lost, "down");
    runTo(world, 30);
    expect(world.cluster.shards[0].primary).not.toBe(lost);
    const before = { ...world.clients[0].counters };
    const worked = world.cluster.shards[0].primary.workedNs;
    runTo(world, 40);
    // Long after: no redirections, no errors, and the new primary works.
    const { commands, tries, ...troubles } = world.clients[0].counters;
    expect({ ...before, ...troubles }).toEqual(before);
    expect(tries - before.tries).toBe(commands - before.commands);
    expect(world.cluster.shards[0].primary.workedNs).toBeGreaterThan(worked);
  });

  it("a client that caches the primary endpoint's name for longer suffers for longer", () => {
    const misses = (dnsTtlNs: number) => {
      const world = smallWorld({
        cluster: {
          mode: "single",
          shards: 1,
          replicasPerShard: 1,
          parameters: { "cluster-enabled": "no" },
          failover: managed({ detection: 2, promotion: 1, dns: 1 }),
        },
        rate: 200,
        seconds: 60,
        client: { dnsTtlNs },
      });
      world.sim.after(5e9, "crash", () => world.crash(world.cluster.shards[0].primary, "lost"));
      runTo(world, 60);
      return outcomes(world)[DEGRADED];
    };
    const [short, long, endless] = [misses(1e9), misses(20e9), misses(Number.POSITIVE_INFINITY)];
    expect(short).toBeGreaterThan(4 * 200 * 0.8);
    expect(long).toBeGreaterThan(1.5 * short);
    // Never asks again: an outage to the end of the run.
    expect(endless).toBeGreaterThan(50 * 200 * 0.95);
  });

  it("read from replicas when told so, from the own zone when that is nearest", () => {
    const at = (readFrom: "primary" | "replica" | "nearest") => {
      const world = smallWorld({
        zones: 3,
        rate: 2_000,
        seconds: 5,
        latency: CALM,
        cluster: { shards: 1, replicasPerShard: 2 },
        client: { readFrom },
        workload: { preload: 1, ttlSeconds: null },
      });
      runTo(world, 5);
      const [shard] = world.cluster.shards;
      return {
        latency: meanLatencyNs(world),
        primary: shard.primary.engine.stats.keyspaceHits,
        replicas: shard.replicas.map(replica => replica.engine.stats.keyspaceHits),
        crossZone: world.cluster.nodes.reduce((sum, node) => sum + node.crossZoneBytes, 0),
      };
    };
    const [primary, replica, nearest] = [at("primary"), at("replica"), at("nearest")];
    expect(primary.replicas).toEqual([0, 0]);
    expect(replica.primary).toBe(0);
    expect(replica.replicas[0] / replica.replicas[1]).toBeCloseTo(1, 1);
    expect(nearest.crossZone).toBe(0);
    // Two thirds of the clients are in another zone than the primary.
    expect((primary.latency - nearest.latency) / ((2 / 3) * 550_000)).toBeCloseTo(1, 1);
  });

  it("are not refused by a node that has room, and are by one that has none", () => {
    const world = smallWorld({ cluster: { maxclients: 3, shards: 1 }, rate: 500, seconds: 3 });
    runTo(world, 3);
    expect(world.cluster.shards[0].primary.connections).toBeLessThanOrEqual(3);
    expect(world.cluster.shards[0].primary.listener.refused).toBeGreaterThan(0);
  });

  it("a rise of the rate is served without loss when the pool is large enough", () => {
    const world = smallWorld({
      rate: 20_000,
      seconds: 2,
      workload: { load: { kind: "open", rate: constantRate(20_000), spacing: "paced", burst: 1 } },
    });
    runTo(world, 3);
    const ends = outcomes(world);
    expect(ends[FAILED] + ends[DEGRADED]).toBe(0);
    expect(ends[HIT] + ends[MISS]).toBeGreaterThan(39_900);
  });
});
