// WAIT: what it costs, what it saves, what happens when replicas are missing. Reads from replicas: how many are stale.

import { describe, expect, it } from "vitest";
import { Observation } from "../../../src/models/observers/index.ts";
import { CALM, commands, managed, meanLatencyNs, outcomes, runTo, smallWorld, type Wanted } from "../world.ts";

const SET = commands("SET {key} {value}");
const WAIT = { replicas: 1, timeoutNs: 100e6, fails: true };
const QUICK = managed({ detection: 2, promotion: 1, dns: 1, replacement: 100 });

function writes(wanted: Wanted): Wanted {
  return {
    latency: CALM,
    keys: 500,
    rate: 500,
    seconds: 8,
    ...wanted,
    cluster: { shards: 1, replicasPerShard: 1, failover: QUICK, ...wanted.cluster },
    client: { timeoutNs: 1e9, ...wanted.client },
    workload: { ...SET, ttlSeconds: null, ...wanted.workload },
  };
}

describe("a write that waits for a replica", () => {
  it("takes one batch and a round trip between primary and replica longer", () => {
    const plain = runTo(smallWorld(writes({})), 8);
    const waiting = runTo(smallWorld(writes({ workload: { wait: WAIT } })), 8);
    const added = meanLatencyNs(waiting) - meanLatencyNs(plain);
    const [batch, roundTrip] = [200e3, 700e3];
    expect(added).toBeGreaterThan(batch + roundTrip - 60e3);
    expect(added).toBeLessThan(batch + roundTrip + 60e3);
    const { waits } = waiting.cluster.shards[0].primary;
    expect(waits!.tooFew).toBe(0);
    expect(waits!.waited).toBeGreaterThan(3_500);
    expect(plain.cluster.shards[0].primary.waits).toBeNull();
  });

  it("fails at its timeout when no replica answers, or counts as done if it is to", () => {
    for (const fails of [true, false]) {
      const world = smallWorld(writes({ workload: { wait: { ...WAIT, fails } } }));
      const [replica] = world.cluster.shards[0].replicas;
      world.sim.after(4e9, "away", () => world.crash(replica, "lost"));
      runTo(world, 8);
      const [, , , , failed] = [...outcomes(world)];
      expect(world.cluster.shards[0].primary.waits!.tooFew).toBeGreaterThan(1_500);
      expect(failed > 1_500, `fails: ${fails}`).toBe(fails);
      world.checkConservation();
    }
  });

  it("is not lost with its primary's host once it was acknowledged, whatever the lag; one that does not wait is", () => {
    const lostWith = (wait: typeof WAIT | null) => {
      const world = smallWorld(writes({ workload: { wait } }));
      const observation = new Observation(world);
      const { primary } = world.cluster.shards[0];
      const late = (from: number, to: number) => from === primary.id && to >= 0;
      world.breakLinks({ covers: late, loss: 0, extraNs: 50e6, jitterNs: 0 }, "network", "later");
      world.sim.after(3e9, "lost", () => world.crash(primary, "lost"));
      runTo(world, 8);
      world.finish();
      return observation.writes!.lost[0] ?? 0;
    };
    expect(lostWith(WAIT)).toBe(0);
    // 500 a second for 50 ms.
    expect(lostWith(null)).toBeGreaterThan(10);
  });
});

describe("reads from a replica", () => {
  // A key that is written w times a second is out of date on a replica D behind with probability 1 - exp(-w D).
  it("are stale as often as their key was written within the lag, and by no more than that", () => {
    const [keys, rate, lag] = [100, 2_000, 0.1];
    const world = smallWorld(
      writes({
        keys,
        rate,
        client: { readFrom: "replica" },
        workload: {
          ...commands("SET {key} {value}", "GET {key}"),
          preload: 1,
          popularity: random => random.below(keys),
        },
      }),
    );
    const { primary } = world.cluster.shards[0];
    const late = (from: number, to: number) => from === primary.id && to >= 0;
    world.breakLinks({ covers: late, loss: 0, extraNs: lag * 1e9, jitterNs: 0 }, "network", "later");
    runTo(world, 8);
    const { reads, stale } = world.cluster.shards[0].replicas[0].replicaReads!;
    expect(reads).toBeGreaterThan(7_000);
    const expected = 1 - Math.exp((-rate / 2 / keys) * lag);
    expect(stale / reads).toBeGreaterThan(expected * 0.95);
    expect(stale / reads).toBeLessThan(expected * 1.05);
    expect(world.staleAges!.max).toBeGreaterThan(lag * 0.95e9);
    expect(world.staleAges!.max).toBeLessThan(lag * 1e9 + 3e6);
  });

  it("are not followed where everybody asks primaries", () => {
    const world = runTo(smallWorld(writes({ seconds: 2 })), 2);
    expect(world.staleAges).toBeNull();
    expect(world.cluster.shards[0].stream.keys).toBeNull();
  });
});
