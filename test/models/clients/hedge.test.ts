// Reads that are sent a second time: the tail that is cut, what it costs, and what becomes of the copy that lost.

import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/engine/reply.ts";
import { HedgePolicy } from "../../../src/models/clients/hedge-policy.ts";
import type { HedgeConfig } from "../../../src/models/config.ts";
import { FAILED } from "../../../src/models/outcome.ts";
import type { World } from "../../../src/models/world.ts";
import { Histogram } from "../../../src/sim/histogram.ts";
import { CALM, columnOf, commands, managed, outcomes, runTo, smallWorld, type Wanted } from "../world.ts";

const MS = 1e6;
const plenty = { share: 1, reserve: 1_000 };
const hedgeAfter = (afterNs: number, budget = plenty): HedgeConfig => ({ afterNs, quantile: 0, budget });

/** 200 reads a second over a primary and four replicas; what one of those is slowed to takes some 4 ms. */
function reads(hedge: HedgeConfig | null, wanted: Wanted = {}): World {
  return smallWorld({
    zones: 1,
    keys: 100,
    preload: 1,
    rate: 200,
    seconds: 10,
    latency: CALM,
    ...wanted,
    cluster: { shards: 1, replicasPerShard: 4, multiAz: false, failover: managed({}), ...wanted.cluster },
    client: { readFrom: "any", hedge, ...wanted.client },
    workload: { ...commands("GET {key}"), ...wanted.workload },
  });
}

function slowed(hedge: HedgeConfig | null, wanted: Wanted = {}): World {
  const world = reads(hedge, wanted);
  world.cluster.nodes[1].thread.slow(5_000);
  return runTo(world, 10);
}

function latency(world: World): Histogram {
  const all = new Histogram();
  for (const { rows } of world.recorder.periods) for (const row of rows) all.mergeSnapshot(row.latency);
  return all;
}

const commandsOf = (world: World) => world.cluster.nodes.map(node => node.engine.stats.commandsProcessed);

describe("with one slow node of five", () => {
  const plain = slowed(null);
  const hedged = slowed(hedgeAfter(2 * MS));
  const { counters } = hedged.clients[0];

  it("the tail is cut to the delay and one more read", () => {
    expect(latency(plain).quantile(0.95)).toBeGreaterThan(4 * MS);
    expect(latency(hedged).quantile(0.999)).toBeGreaterThan(2 * MS);
    expect(latency(hedged).quantile(0.999)).toBeLessThan(3 * MS);
  });

  it("a fifth of the reads is sent twice, and each second copy wins", () => {
    expect(counters.hedges / counters.commands).toBeCloseTo(0.2, 1);
    expect(counters.hedgesWon).toBe(counters.hedges);
    expect(counters.tries).toBe(counters.commands + counters.hedges);
    expect(columnOf(hedged, "HedgedReads").reduce((sum, one) => sum + one, 0)).toBe(counters.hedges);
  });

  it("the slow node works for nobody: it does all that it does without", () => {
    const [before, now] = [commandsOf(plain), commandsOf(hedged)];
    expect(now[1]).toBe(before[1]);
    const all = (counts: number[]) => counts.reduce((sum, one) => sum + one, 0);
    expect(all(now) - all(before)).toBeCloseTo(counters.hedges, -1);
  });

  it("every request ends once, and no copy and no connection is left", () => {
    runTo(hedged, 11);
    hedged.checkConservation();
    expect(hedged.requests.active).toBe(0);
    expect(hedged.clients[0].connections.all.every(pool => pool.idle.length === pool.open)).toBe(true);
  });
});

describe("a second copy", () => {
  it("is not sent where answers are quick, and being ready for it changes no answer", () => {
    const [plain, ready] = [runTo(reads(null), 10), runTo(reads(hedgeAfter(50 * MS)), 10)];
    expect(ready.clients[0].counters).toEqual(plain.clients[0].counters);
    expect(latency(ready).snapshot()).toEqual(latency(plain).snapshot());
  });

  it("is not sent of writes", () => {
    const world = slowed(hedgeAfter(0.1 * MS), { workload: commands("SET {key} v") });
    expect(world.clients[0].counters.hedges).toBe(0);
  });

  it("stays within the budget", () => {
    const { counters } = slowed(hedgeAfter(2 * MS, { share: 0.05, reserve: 1 })).clients[0];
    expect(counters.hedges).toBeLessThanOrEqual(0.05 * counters.commands + 6);
    expect(counters.hedgesDenied).toBeGreaterThan(counters.hedges);
  });

  it("goes over another connection to the same node where no other may be asked", () => {
    const world = slowed(hedgeAfter(2 * MS), { client: { readFrom: "primary" }, cluster: { replicasPerShard: 1 } });
    expect(world.clients[0].counters.hedges).toBe(0);
    const primary = reads(hedgeAfter(2 * MS), { rate: 40, client: { readFrom: "primary" } });
    primary.cluster.nodes[0].thread.slow(5_000);
    const [{ counters }] = runTo(primary, 10).clients;
    expect(counters.hedges).toBeGreaterThan(0.9 * counters.commands);
    // It stands behind the first in the same line.
    expect(counters.hedgesWon).toBe(0);
  });

  it("asks what the first one is there for, while that one still has its connection tested by PING", () => {
    const found = (hedge: HedgeConfig | null) => {
      const world = reads(hedge, { preload: 0.5, client: { pool: { validation: "ping" } } });
      world.cluster.nodes[1].thread.slow(5_000);
      const replies: Reply[] = [];
      world.clients[0].replyWatcher = (_request, reply) => replies.push(reply);
      runTo(world, 10);
      return { rate: replies.filter(reply => reply !== null).length / replies.length, ...world.clients[0].counters };
    };
    const [plain, hedged] = [found(null), found(hedgeAfter(2 * MS))];
    expect(hedged.hedges).toBeGreaterThan(300);
    expect(plain.rate).toBeLessThan(0.9);
    expect(hedged.rate).toBeCloseTo(plain.rate, 2);
  });

  it("answers for a node whose host has vanished, before the timeout says that it has", () => {
    const world = reads(hedgeAfter(2 * MS), { client: { timeoutNs: 500 * MS, retry: { attempts: 1 } } });
    runTo(world, 2);
    world.crash(world.cluster.nodes[1], "lost");
    runTo(world, 10);
    expect(outcomes(world)[FAILED]).toBe(0);
    expect(latency(world).quantile(0.99)).toBeLessThan(4 * MS);
  });
});

describe("a delay by percentile", () => {
  it("is unknown at first, follows what answers took, and is that of the last window", () => {
    const policy = new HedgePolicy({ afterNs: null, quantile: 0.95, budget: plenty }, 1);
    expect(policy.delayNs).toBe(Number.POSITIVE_INFINITY);
    const answer = (fromSeconds: number, scale: number) => {
      for (let i = 1; i <= 1_000; i++) policy.answered(i * scale, (fromSeconds + i / 1_000) * 1e9);
    };
    answer(0, 1_000);
    expect(policy.delayNs / 1_000).toBeLessThan(1_000);
    answer(10, 2_000);
    expect(policy.delayNs).toBeGreaterThan(0);
    answer(30, 4_000);
    answer(50, 4_000);
    expect(policy.delayNs / 1_000 / 3_800).toBeCloseTo(1, 1);
  });

  it("adds about as much load as lies beyond it", () => {
    const { counters } = runTo(
      reads({ afterNs: null, quantile: 0.9, budget: plenty }, { rate: 2_000, latency: {} }),
      10,
    ).clients[0];
    expect(counters.hedges / counters.commands).toBeGreaterThan(0.05);
    expect(counters.hedges / counters.commands).toBeLessThan(0.15);
  });
});
