// Runs one drawn case under all observers: the faults, the recovery under load, the quiet. A violation says what was broken,
// with the seed and the simulated time; what makes it is shrunk to the faults that are needed (shrink.ts).
//
// Liveness: once the clients' patience with silent hosts is over (liveness.ts), no request fails in the last seconds of the load,
// and when it is quiet every shard has a running primary that
// serves, every running replica follows it and holds its data.

import { assert, BugError } from "../../assert.ts";
import { scheduleDrills } from "../../drills/index.ts";
import { Observation } from "../../models/observers/index.ts";
import { FAILED } from "../../models/outcome.ts";
import { World } from "../../models/world.ts";
import { NS_PER_SECOND } from "../../units.ts";
import { type Built, build } from "../build.ts";
import { scenarioSchema } from "../schema.ts";
import { formatPath, type Path } from "../yaml-file.ts";
import type { FuzzCase } from "./draw.ts";
import { longestPatienceNs } from "./liveness.ts";

/** The last seconds of the load, in which everything works again. */
const PROOF_SECONDS = 5;
/** After the load, until everything must be quiet: every client has given up or has its answer. */
const DRAIN_SECONDS = 30;

/** The law that was broken, or null; and how many requests there were. */
export interface Verdict {
  readonly broken: string | null;
  readonly requests: number;
}

/** The case as it is carried out, or what is wrong with it: a drill may lack one that it needs. */
export function buildCase({ scenario }: FuzzCase): Built | string {
  const problems: string[] = [];
  const tell = (path: Path, message: string) => {
    problems.push(`${formatPath(path)} ${message}`);
  };
  const built = build(scenarioSchema.parse(scenario), ".", tell, scenario);
  return built === null || problems.length > 0 ? problems.join("; ") : built;
}

export function runCase(drawn: FuzzCase): Verdict {
  const { seed, healedSeconds } = drawn;
  const built = buildCase(drawn);
  assert(typeof built !== "string", `fuzz drew a scenario that is none: ${String(built)}`);
  const world = new World(built.world(0, seed));
  const observation = new Observation(world, { wholeHistory: true });
  scheduleDrills(world, built.drills, observation);
  // Hosts that were lost start again: without them a shard without replicas, or a cluster without a majority, stays down.
  world.sim.after(healedSeconds * NS_PER_SECOND, "fuzz/heal", () => {
    const event = world.log.add("fuzz", "lost hosts start again");
    for (let zone = 0; zone < world.config.zones.length; zone++) world.failover.zoneBack(zone, event);
  });
  const requests = () => world.traffic.reduce((sum, traffic) => sum + traffic.arrived, 0);
  try {
    world.start();
    const endNs = built.scenario.duration;
    const patientUntilNs = healedSeconds * NS_PER_SECOND + longestPatienceNs(world.config);
    const proofNs = endNs - PROOF_SECONDS * NS_PER_SECOND;
    assert(proofNs > patientUntilNs, `the load ends before clients may give up silent hosts, ${patientUntilNs} ns`);
    world.sim.run(proofNs);
    const failedBefore = world.recorder.totals[FAILED];
    world.sim.run(endNs);
    const failed = world.recorder.totals[FAILED] - failedBefore;
    check(world, failed === 0, `${failed} requests failed long after the last fault was over`);
    world.sim.run(endNs + DRAIN_SECONDS * NS_PER_SECOND);
    try {
      observation.quiet();
    } catch (error) {
      if (error instanceof BugError) check(world, false, error.message);
      throw error;
    }
    return { broken: null, requests: requests() };
  } catch (error) {
    if (!(error instanceof BugError)) throw error;
    return { broken: error.message, requests: requests() };
  }
}

/** A broken law outside of the run loop tells the seed and the time too. */
function check(world: World, holds: boolean, message: string): void {
  assert(holds, `${message} [seed ${world.config.seed}, simulated time ${world.sim.now} ns]`);
}
