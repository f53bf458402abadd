// Durable clusters: what a write costs, what a lost host takes with it, and when writes are refused.

import { describe, expect, it } from "vitest";
import type { DurabilityConfig } from "../../../src/models/config.ts";
import { Observation } from "../../../src/models/observers/index.ts";
import { FAILED } from "../../../src/models/outcome.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { CALM, commands, managed, meanLatencyNs, outcomes, runTo, smallWorld } from "../world.ts";

const SYNC: DurabilityConfig = { mode: "sync", latencyNs: constant(4e6), bytesPerSecond: 100 * 2 ** 20 };

function durable(durability: DurabilityConfig | undefined, seconds: number, rate = 500) {
  return smallWorld({
    latency: CALM,
    keys: 500,
    rate,
    seconds,
    cluster: {
      shards: 1,
      replicasPerShard: 1,
      durability,
      failover: managed({ detection: 2, promotion: 1, dns: 1, replacement: 100 }),
    },
    client: { timeoutNs: 1e9 },
    workload: {
      ...commands("SET {key} {value}"),
      ttlSeconds: null,
    },
  });
}

/** The primary's host is lost while its replica is 300 ms behind. Returns acknowledged writes that are gone. */
function lostWith(durability: DurabilityConfig | undefined): number {
  const world = durable(durability, 8);
  const observation = new Observation(world);
  const { primary } = world.cluster.shards[0];
  const late = (from: number, to: number) => from === primary.id && to >= 0;
  world.breakLinks({ covers: late, loss: 0, extraNs: 300e6, jitterNs: 0 }, "network", "later");
  world.sim.after(3e9, "lost", () => world.crash(primary, "lost"));
  runTo(world, 8);
  world.finish();
  return observation.writes!.lost[0] ?? 0;
}

describe("a durable write", () => {
  it("takes the log's latency longer in sync, and nothing in async", () => {
    const plain = meanLatencyNs(runTo(durable(undefined, 5), 5));
    expect(Math.abs(meanLatencyNs(runTo(durable(SYNC, 5), 5)) - plain - 4e6)).toBeLessThan(50e3);
    expect(Math.abs(meanLatencyNs(runTo(durable({ ...SYNC, mode: "async" }, 5), 5)) - plain)).toBeLessThan(1e3);
  });

  it("survives its primary's host in sync, however far the replica is behind", () => {
    expect(lostWith(undefined)).toBeGreaterThan(100);
    expect(lostWith(SYNC)).toBe(0);
  });

  it("is lost in async as far as the log was behind", () => {
    const lost = lostWith({ ...SYNC, mode: "async", latencyNs: constant(100e6) });
    // 500 a second for 100 ms.
    expect(lost).toBeGreaterThan(30);
    expect(lost).toBeLessThan(75);
  });

  it("is never answered by a primary that another one has replaced unawares, whether it waits for replicas or not", () => {
    for (const wait of [null, { replicas: 1, timeoutNs: 100e6, fails: false }]) {
      const world = smallWorld({
        latency: CALM,
        keys: 500,
        rate: 200,
        seconds: 12,
        cluster: {
          shards: 3,
          replicasPerShard: 1,
          durability: SYNC,
          failover: { profile: "upstream", nodeTimeoutNs: 1e9, requireFullCoverage: false, restartNs: constant(1e9) },
        },
        client: { timeoutNs: 30e9 },
        workload: { ...commands("SET {key} {value}"), ttlSeconds: null, wait },
      });
      const observation = new Observation(world);
      const [shard] = world.cluster.shards;
      const old = shard.primary;
      world.sim.after(2e9, "freeze", () => world.nodeFaults.freeze(old));
      // What waits in its socket it executes then, before it hears that somebody else leads.
      world.sim.after(9e9, "thaw", () => world.nodeFaults.thaw(old));
      runTo(world, 8.9);
      expect(shard.primary).not.toBe(old);
      runTo(world, 12);
      expect(old.engine.role).toBe("replica");
      world.finish();
      expect(observation.writes!.lost[0] ?? 0).toBe(0);
    }
  });

  it("is refused in async while the oldest that is not persisted is older than ten seconds", () => {
    // 500 SETs of some 250 bytes a second, half of what comes gets through.
    const world = runTo(durable({ mode: "async", latencyNs: constant(4e6), bytesPerSecond: 60_000 }, 60), 60);
    const failed = world.recorder.periods.map(period => period.rows[0].outcomes[FAILED]);
    const first = failed.findIndex(count => count > 0);
    // The queue grows by half a second's bytes each second.
    expect(first).toBeGreaterThan(14);
    expect(first).toBeLessThan(30);
    // From then on what gets through is what the log takes: half.
    const late = failed.slice(35, 60).reduce((sum, count) => sum + count, 0) / 25;
    expect(late).toBeGreaterThan(150);
    expect(late).toBeLessThan(350);
    expect(outcomes(world)[FAILED]).toBeGreaterThan(0);
  });
});
