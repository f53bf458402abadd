// Waits in closed form against the kernel's stations and a simulated node.

import { describe, expect, it } from "vitest";
import { nodeType } from "../../../src/catalog/nodes.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { engineProfile } from "../../../src/engine/profile.ts";
import { Cpu } from "../../../src/models/cpu.ts";
import { World } from "../../../src/models/world.ts";
import { serviceTimes, wireMoments } from "../../../src/planner/forms/service.ts";
import { erlangC, type Moments, mixed, wait, waitBeyond } from "../../../src/planner/forms/waits.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import type { Distribution } from "../../../src/sim/distributions/distribution.ts";
import { exponential } from "../../../src/sim/distributions/exponential.ts";
import { lognormalByMean } from "../../../src/sim/distributions/lognormal.ts";
import { mixture } from "../../../src/sim/distributions/mixture.ts";
import { standardExponential } from "../../../src/sim/distributions/ziggurat.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { Station } from "../../../src/sim/station.ts";
import { oneNode } from "../../validation/node.ts";

function momentsOf(one: Distribution): Moments {
  return { mean: one.mean, second: one.variance + one.mean ** 2 };
}

/** Mean wait and share of those who wait more than `beyond` at a station. */
function simulate(servers: number, utilisation: number, work: Distribution, beyond: number, jobs: number) {
  const random = randomFrom(`waits/${servers}/${utilisation}`);
  const station = new Station(servers);
  const gap = work.mean / (servers * utilisation);
  let now = 0;
  let sum = 0;
  let later = 0;
  for (let i = 0; i < jobs; i++) {
    now += gap * standardExponential(random);
    const waited = station.admit(now, work.sample(random)) - now;
    sum += waited;
    if (waited > beyond) later++;
  }
  return { mean: sum / jobs, beyond: later / jobs };
}

/** A mix of quick commands and slow ones, as a shard sees it. */
const MIX = mixture([
  { weight: 0.9, of: constant(8_000) },
  { weight: 0.1, of: lognormalByMean(40_000, 0.5) },
]);

describe("M/G/1", () => {
  it.each([0.3, 0.6, 0.8])(
    "the mean wait of a mix at utilisation %d is within a twentieth of a station's",
    utilisation => {
      const one = wait(1, utilisation / MIX.mean, momentsOf(MIX));
      const measured = simulate(1, utilisation, MIX, 0, 700_000);
      expect(one.utilisation).toBeCloseTo(utilisation, 9);
      expect(one.meanNs / measured.mean).toBeGreaterThan(0.95);
      expect(one.meanNs / measured.mean).toBeLessThan(1.05);
      expect(one.delayed).toBeCloseTo(measured.beyond, 1);
    },
  );

  it("constant work waits half as long as exponential work", () => {
    const half = wait(1, 0.5 / 1_000, momentsOf(constant(1_000)));
    const whole = wait(1, 0.5 / 1_000, momentsOf(exponential(1_000)));
    expect(half.meanNs).toBeCloseTo(500, 6);
    expect(whole.meanNs).toBeCloseTo(1_000, 6);
    expect(waitBeyond(whole, 2_000)).toBeCloseTo(0.5 * Math.exp(-1), 9);
  });

  it("has no steady state from full use on", () => {
    expect(wait(1, 1 / 1_000, momentsOf(constant(1_000))).meanNs).toBe(Number.POSITIVE_INFINITY);
    expect(waitBeyond(wait(4, 5 / 1_000, momentsOf(constant(1_000))), 1e12)).toBe(1);
  });
});

describe("M/G/k", () => {
  it.each([
    [2, 0.6],
    [4, 0.8],
    [64, 0.8],
  ])("the mean wait at %d servers, utilisation %d, is within a twentieth of a station's", (servers, utilisation) => {
    const work = lognormalByMean(5_000, 0.7);
    const one = wait(servers, (servers * utilisation) / work.mean, momentsOf(work));
    const measured = simulate(servers, utilisation, work, 0, 700_000);
    // With many servers nobody waits long: what is missing is compared with the work.
    expect(Math.abs(one.meanNs - measured.mean)).toBeLessThan(Math.max(0.05 * measured.mean, 0.005 * work.mean));
  });

  it("Erlang's C is that of the tables", () => {
    expect(erlangC(1, 0.5)).toBeCloseTo(0.5, 12);
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
    expect(erlangC(10, 8)).toBeCloseTo(0.409, 3);
  });
});

describe("a node's engine thread", () => {
  it.each([0.5, 0.8])(
    "the mean latency of GETs and SETs at utilisation %d holds the waits in closed form",
    utilisation => {
      const sizes = Float64Array.of(100, 3_000);
      const node = nodeType("cache.r6g.large");
      const profile = engineProfile("valkey-8.0")!;
      const engine = new Engine({ profile, random: randomFrom("waits/engine") });
      const cpu = new Cpu({ node, profile, tls: false }, engine.commands);
      const times = serviceTimes(cpu, engine, "product:1500".length, wireMoments(sizes), null);
      const mix = mixed([
        { weight: 0.7, work: times.hit.engine },
        { weight: 0.3, work: times.store.engine },
      ]);
      const rate = (utilisation * 1e9) / mix.mean;
      const seconds = 3;
      const config = oneNode({ keys: 2_000, rate, seconds });
      const half: Distribution = {
        ...constant(1_550),
        support: [100, 3_000],
        sample: random => (random.next() < 0.5 ? 100 : 3_000),
      };
      const world = new World({
        ...config,
        workloads: [
          {
            ...config.workloads[0],
            preload: 1,
            valueBytes: half,
            popularity: random => 1_000 + random.below(1_000),
            pattern: {
              kind: "commands",
              templates: [
                { parts: [{ kind: "text", text: "get" }, { kind: "key" }], weight: 0.7 },
                { parts: [{ kind: "text", text: "set" }, { kind: "key" }, { kind: "value" }], weight: 0.3 },
              ],
            },
          },
        ],
      });
      world.start();
      world.sim.run(seconds * 1e9);
      let sum = 0;
      let count = 0;
      for (const { rows } of world.recorder.periods) {
        sum += rows[0].latency.sum;
        count += rows[0].latency.count;
      }
      const { inZoneRttNs } = world.config.latency;
      const wire =
        (8 / 10) *
        (0.7 * (times.hit.bytesIn + times.hit.bytesOut) + 0.3 * (times.store.bytesIn + times.store.bytesOut) + 132);
      const waited = sum / count - inZoneRttNs - world.config.clients[0].overheadNs - mix.mean - wire;
      const predicted = wait(1, rate / 1e9, mix);
      expect(world.cluster.nodes[0].workedNs / (seconds * 1e9)).toBeCloseTo(utilisation, 1);
      expect(predicted.meanNs / waited).toBeGreaterThan(0.95);
      expect(predicted.meanNs / waited).toBeLessThan(1.05);
    },
  );
});
