// Running a scenario: one world per replication, in slices, so that the terminal lives, traces are read ahead and an
// interruption is noticed. Slicing changes nothing in what happens.

import type { DrillReport } from "../drills/drill.ts";
import { scheduleDrills } from "../drills/index.ts";
import { stretch } from "../models/horizon.ts";
import { Observation } from "../models/observers/index.ts";
import { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import { assembleResult } from "./assemble.ts";
import type { Loaded } from "./load.ts";
import { TraceFeeder } from "./trace-file.ts";

export interface Progress {
  readonly replication: number;
  readonly replications: number;
  readonly simulatedNs: number;
  readonly durationNs: number;
  readonly requests: number;
}

export interface RunOptions {
  readonly seed?: number | undefined;
  readonly replications?: number | undefined;
  /** Number of the first replication, for callers that run them one by one. */
  readonly first?: number | undefined;
  /** Whether observers of the laws watch; when left out they do in runs with drills. */
  readonly observe?: boolean | undefined;
  /** Called between slices. */
  progress?(progress: Progress): void;
  /** Asked between slices: true stops the run there, and the result is marked partial. */
  interrupted?(): boolean;
}

/** What one replication left. */
export interface Replication {
  readonly world: World;
  readonly drills: readonly DrillReport[];
  readonly complete: boolean;
}

/** Events between two looks at the outside world: a few tens of milliseconds of wall time. */
const SLICE_EVENTS = 50_000;

/** Runs all replications and puts the result together. */
export async function runScenario(loaded: Loaded, options: RunOptions = {}): Promise<Result> {
  const seed = options.seed ?? loaded.built.scenario.seed;
  const replications = options.replications ?? 1;
  const done: Replication[] = [];
  for (let index = 0; index < replications; index++) {
    const one = await runOnce(loaded, seed, (options.first ?? 0) + index, replications, options);
    // Replications are compared as equals: one that was cut short counts only if there is no other.
    if (one.complete || index === 0) done.push(one);
    if (!one.complete) break;
  }
  return assembleResult(loaded, seed, done, done.length < replications);
}

async function runOnce(
  { built }: Loaded,
  seed: number,
  index: number,
  replications: number,
  options: RunOptions,
): Promise<Replication> {
  const feeders: TraceFeeder[] = [];
  const config = built.world(index, seed, ({ trace }, buffer, keys) => {
    feeders.push(new TraceFeeder(trace!, buffer, keys));
  });
  const world = new World(config);
  const watched = options.observe ?? built.drills.length > 0;
  const drills = scheduleDrills(world, built.drills, watched ? new Observation(world) : null);
  for (const feeder of feeders) await feeder.fill();
  world.start();
  const { durationNs } = config;
  let complete = true;
  try {
    while (world.sim.now < durationNs) {
      let horizon = durationNs;
      for (const feeder of feeders) {
        await feeder.fill();
        horizon = Math.min(horizon, feeder.horizonNs);
      }
      world.sim.run(horizon, SLICE_EVENTS);
      await breathe();
      const requests = world.traffic.reduce((sum, traffic) => sum + traffic.arrived, 0);
      options.progress?.({ replication: index, replications, simulatedNs: world.sim.now, durationNs, requests });
      if (options.interrupted?.() === true && world.sim.now < durationNs) {
        complete = false;
        break;
      }
    }
  } finally {
    for (const feeder of feeders) await feeder.close();
  }
  world.finish();
  if (config.horizon !== undefined) stretch(world.recorder, config.horizon);
  return { world, drills, complete };
}

/** Lets signals and timers of the outside world have their turn. */
function breathe(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
