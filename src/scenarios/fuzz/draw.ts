// From a seed to a scenario: topology, workload, manoeuvres, faults and their times, all drawn. Manoeuvres and faults come in
// the first part of the run and faults are over before its second part, in which the load goes on and the cluster has to recover.

import { Dice } from "./dice.ts";
import { drawFaults } from "./faults.ts";
import { drawClient, drawWorkloads } from "./load.ts";
import { drawManoeuvres } from "./manoeuvres.ts";
import { drawTopology } from "./topology.ts";

/** Seconds before the faults; and after them, beside what the clients' patience with silent hosts takes. */
const CALM = 3;
const LOAD_ENDS_AFTER = 45;
const LOAD_AFTER_PATIENCE = 30;

export interface FuzzCase {
  readonly seed: number;
  /** A scenario as it would be written. */
  readonly scenario: Readonly<Record<string, unknown>>;
  /** When the last fault is over, in s. */
  readonly healedSeconds: number;
}

export function drawCase(seed: number, faultSeconds: number): FuzzCase {
  const { shape, cluster } = drawTopology(new Dice(seed, "topology"));
  const { client, patience } = drawClient(new Dice(seed, "client"), shape);
  const healedSeconds = CALM + faultSeconds;
  const [fromMs, toMs] = [CALM * 1_000, healedSeconds * 1_000];
  const manoeuvres = drawManoeuvres(new Dice(seed, "manoeuvres"), shape, fromMs, toMs);
  const faults = drawFaults(new Dice(seed, "faults"), shape, manoeuvres, fromMs, toMs);
  const loadSeconds = Math.max(LOAD_ENDS_AFTER, Math.ceil(patience) + LOAD_AFTER_PATIENCE);
  const scenario = {
    name: `fuzz ${seed}`,
    seed,
    duration: `${healedSeconds + loadSeconds}s`,
    warmup: "1s",
    period: "1s",
    zones: shape.zones,
    network: { spikes: new Dice(seed, "network").oneOf("0%", "0.1%") },
    cluster,
    clients: [client],
    workload: drawWorkloads(new Dice(seed, "load"), shape),
    drills: [...manoeuvres.drills, ...faults],
  };
  return { seed, scenario, healedSeconds };
}
