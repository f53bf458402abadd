// Failover of the upstream profile against 20 timelines measured on clusters of three primaries with a replica each, and
// against the reference model that fits them (models/physics.md, section 3).

import { worldConfig } from "../../bench/world-config.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { NS_PER_SECOND } from "../../src/units.ts";
import type { Row, Subject } from "./row.ts";

export const RUNS = 60;

/** Seconds after the crash at which the phases of one failover ended. */
export function timeline(
  timeoutSeconds: number,
  seed: number,
  state: "down" | "lost",
  shape = { shards: 3, replicasPerShard: 1 },
): Map<string, number> {
  const seconds = 40 + 3 * timeoutSeconds;
  const world = new World({
    ...worldConfig({
      keys: 1,
      rate: 1,
      seconds,
      seed,
      cluster: {
        ...shape,
        failover: {
          profile: "upstream",
          nodeTimeoutNs: timeoutSeconds * NS_PER_SECOND,
          requireFullCoverage: true,
          restartNs: constant(1_000 * NS_PER_SECOND),
        },
      },
    }),
    workloads: [],
  });
  const at = Math.round((15 + 10 * world.sim.random("when").next()) * NS_PER_SECOND);
  const ends = new Map<string, number>();
  world.phaseListeners.push((_shard, phase) => ends.set(phase.name, (phase.endNs - at) / NS_PER_SECOND));
  world.sim.after(at, "crash", () => world.crash(world.cluster.shards[seed % shape.shards].primary, state));
  world.start();
  world.sim.run(seconds * NS_PER_SECOND);
  return ends;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Timeout in s; FAIL and promotion, seconds after the crash, in the mean of 1,000 runs of the reference model. */
const REFERENCE = [
  [2, 3.01, 3.8],
  [5, 7.07, 7.87],
  [15, 19.25, 20.06],
] as const;

export const failover: Subject = {
  title: "Failover of an upstream cluster",
  about:
    `Seconds from the crash of a primary until the others agree that it is dead and until its replica is promoted, mean of ` +
    `${RUNS} failovers, three primaries with one replica each, against a reference model of 1,000 runs that fits 20 measured ` +
    "timelines within 3 % (models/physics.md 3, measured 2026-11).",
  missing: null,
  rows: () =>
    REFERENCE.flatMap(([timeout, failed, promoted]) => {
      const ends = Array.from({ length: RUNS }, (_, seed) => timeline(timeout, seed, "down"));
      const row = (phase: string, what: string, reference: number): Row => ({
        what: `cluster-node-timeout ${timeout} s: ${what}`,
        predicted: mean(ends.map(one => one.get(phase) ?? Number.NaN)),
        reference,
        unit: "s",
        bound: 0.05,
        kind: "relative",
      });
      return [row("detected", "FAIL", failed), row("promoted", "promoted", promoted)];
    }),
};
