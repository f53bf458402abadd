// From `fidelity:` and `windows:` to what is simulated of a scenario: rows, the clock of the load, one key in how many. What a
// sample or a window cannot stand for is refused here, with the reason.

import type { NodeType } from "../catalog/nodes.ts";
import type { Parameters } from "../engine/parameters.ts";
import type { ClusterConfig, HorizonConfig, HorizonRow } from "../models/config.ts";
import { formatDurationNs, formatRate, NS_PER_SECOND } from "../units.ts";
import { LoadClock, type Stretch } from "../workload/load-clock.ts";
import type { Rate } from "../workload/rate.ts";
import type { Report } from "./build-report.ts";
import { backsUp, checkSampled } from "./fidelity-checks.ts";
import type { Scenario } from "./schema.ts";

/** What is simulated, where it is not everything. */
export interface Fidelity {
  readonly keysPer: number;
  readonly horizon: HorizonConfig;
  /** Length of the run in simulated time. */
  readonly durationNs: number;
  readonly windows: WindowPlan | null;
  /** How many times faster the load's time passes than simulated time, where it passes. */
  readonly pace: number;
  /** Each world needs its own: it remembers where it is. */
  clock(): LoadClock;
}

export interface WindowPlan {
  readonly count: number;
  readonly cycleNs: number;
  readonly cycles: number;
  readonly lengthNs: number;
  readonly settleNs: number;
  readonly leadNs: number;
}

const SAMPLED_ROWS = 200;
const ROWS_PER_WINDOW = 3;
const MOST_ROWS = 20_000;
const LEAST_WINDOW_NS = NS_PER_SECOND / 2;
/** What `windows:` leaves out. */
const WINDOWS = {
  count: 24,
  lengthNs: 60 * NS_PER_SECOND,
  settleNs: 30 * NS_PER_SECOND,
  leadNs: 300 * NS_PER_SECOND,
};
const DAY_NS = 86_400 * NS_PER_SECOND;

/** Null: everything is simulated. */
export function buildFidelity(scenario: Scenario, node: NodeType, report: Report): Fidelity | null {
  const { fidelity: keysPer, windows, duration } = scenario;
  if (keysPer === 1 && windows === undefined) return null;
  if (duration === 0) return null;
  if (keysPer > 1) checkSampled(scenario, node, keysPer, report);
  if (windows !== undefined) return windowed(scenario, node, report);
  const periodNs = scenario.period ?? Math.max(NS_PER_SECOND, Math.ceil(duration / SAMPLED_ROWS));
  const rows: HorizonRow[] = [];
  for (let fromNs = 0; fromNs < duration && rows.length < MOST_ROWS; fromNs += periodNs) {
    const toNs = Math.min(duration, fromNs + periodNs);
    rows.push({ endNs: Math.round(toNs / keysPer), stands: { fromNs, toNs } });
  }
  return {
    keysPer,
    horizon: { lengthNs: duration, keysPer, cycles: 1, rows, rowsPerWindow: 0 },
    durationNs: Math.round(duration / keysPer),
    windows: null,
    pace: keysPer,
    clock: () => new LoadClock([{ fromNs: 0, toNs: Number.POSITIVE_INFINITY, loadNs: 0, pace: keysPer }]),
  };
}

function windowed(scenario: Scenario, node: NodeType, report: Report): Fidelity | null {
  const plan = windowPlan(scenario, node, report);
  if (plan === null) return null;
  const { fidelity: keysPer, duration } = scenario;
  const slotNs = plan.cycleNs / plan.count;
  const wanted = scenario.period === undefined ? ROWS_PER_WINDOW : Math.round(slotNs / scenario.period);
  const rowsPerWindow = Math.max(1, wanted);
  if (rowsPerWindow * plan.count * plan.cycles > MOST_ROWS) {
    report(
      ["windows"],
      `give more than ${MOST_ROWS} rows; use fewer windows, or a «period:» of ${formatDurationNs(slotNs)}`,
    );
    return null;
  }
  const { rows, stretches } = layOut(plan, keysPer, rowsPerWindow);
  return {
    keysPer,
    horizon: { lengthNs: duration, keysPer, cycles: plan.cycles, rows, rowsPerWindow },
    durationNs: rows.at(-1)!.endNs,
    windows: plan,
    pace: slotNs / (plan.lengthNs / keysPer),
    clock: () => new LoadClock(stretches),
  };
}

/** Lead, then for each window the time to settle at the load with which it begins, and the window. */
function layOut({ count, cycleNs, lengthNs, settleNs, leadNs }: WindowPlan, keysPer: number, rowsPerWindow: number) {
  const rows: HorizonRow[] = [];
  const stretches: Stretch[] = [];
  const slotNs = cycleNs / count;
  let nowNs = 0;
  const still = (ns: number, loadNs: number) => {
    if (ns <= 0) return;
    stretches.push({ fromNs: nowNs, toNs: nowNs + ns, loadNs, pace: 0 });
    nowNs += ns;
    rows.push({ endNs: nowNs, stands: null });
  };
  still(Math.round(leadNs / keysPer), 0);
  for (let window = 0; window < count; window++) {
    const fromNs = window * slotNs;
    still(Math.round(settleNs / keysPer), fromNs);
    const startNs = nowNs;
    const simulatedNs = lengthNs / keysPer;
    for (let row = 1; row <= rowsPerWindow; row++) {
      nowNs = Math.round(startNs + (row * simulatedNs) / rowsPerWindow);
      const stands = {
        fromNs: fromNs + ((row - 1) * slotNs) / rowsPerWindow,
        toNs: fromNs + (row * slotNs) / rowsPerWindow,
      };
      rows.push({ endNs: nowNs, stands });
    }
    stretches.push({ fromNs: startNs, toNs: nowNs, loadNs: fromNs, pace: slotNs / (nowNs - startNs) });
  }
  return { rows, stretches };
}

function windowPlan(scenario: Scenario, node: NodeType, report: Report): WindowPlan | null {
  const { duration, fidelity: keysPer, warmup, drills, expect } = scenario;
  const given = scenario.windows!;
  const count = given.count ?? WINDOWS.count;
  const lengthNs = given.length ?? WINDOWS.lengthNs;
  const settleNs = given.settle ?? WINDOWS.settleNs;
  const leadNs = given.lead ?? WINDOWS.leadNs;
  const cycleNs = given.cycle ?? Math.min(duration, DAY_NS);
  const plan = { count, cycleNs, cycles: Math.round(duration / cycleNs), lengthNs, settleNs, leadNs };
  let problems = 0;
  const tell: Report = (path, message) => {
    problems++;
    report(path, message);
  };
  if (cycleNs > duration) {
    tell(
      ["windows", "cycle"],
      `of ${formatDurationNs(cycleNs)} is longer than the duration of ${formatDurationNs(duration)}`,
    );
  } else if (Math.abs(plan.cycles * cycleNs - duration) > 1) {
    tell(
      ["windows", "cycle"],
      `must go into the duration: ${formatDurationNs(duration)} are not a whole number of times ${formatDurationNs(cycleNs)}`,
    );
  }
  const simulated = leadNs + count * (settleNs + lengthNs);
  if (simulated >= duration) {
    tell(
      ["windows"],
      `simulate ${formatDurationNs(simulated)} to stand for ${formatDurationNs(duration)}: leave them out, or use fewer or shorter ones`,
    );
  }
  if (lengthNs / keysPer < LEAST_WINDOW_NS) {
    tell(
      ["windows", "length"],
      `leaves ${formatDurationNs(lengthNs / keysPer)} of simulated time in a window: at least ${formatDurationNs(LEAST_WINDOW_NS * keysPer)}`,
    );
  }
  if (warmup !== "auto")
    tell(["warmup"], "has no effect with «windows:»: their «lead:» and «settle:» are not measured");
  if (drills.length > 0)
    tell(["drills", 0], "cannot happen in windows: what it leads to would be cut off at their end");
  if (scenario.cluster.deployment === "serverless") {
    tell(["windows"], "cannot stand for a serverless cache: its limits follow the load over hours");
  }
  if (scenario.cluster.autoScaling !== undefined) {
    tell(["windows"], "cannot stand for auto scaling: its policies follow the load over minutes");
  }
  if (node.cpuCredits !== null) {
    tell(["cluster", "node"], "cannot stand in windows: CPU credits are earned and spent over hours");
  }
  if (backsUp(scenario)) {
    tell(["cluster", "backupWindow"], "cannot happen in windows: what a backup leads to would be cut off at their end");
  }
  scenario.workload.forEach((one, i) => {
    if (one.trace !== undefined) tell(["workload", i, "trace"], "cannot be replayed in windows: it has its own times");
    if ((one.keys?.drift ?? 0) > 0) {
      tell(
        ["workload", i, "keys", "drift"],
        "cannot be followed in windows: which keys are popular changes between them",
      );
    }
  });
  expect.forEach((text, i) => {
    if (/\bdrills?\b/u.test(text)) tell(["expect", i], "looks at drills, and there are none in windows");
  });
  return problems > 0 ? null : plan;
}

/** Length of a row of the series. */
export function periodOf({ horizon }: Fidelity): number {
  const { fromNs, toNs } = horizon.rows.find(row => row.stands !== null)!.stands!;
  return toNs - fromNs;
}

/** The cluster at the run's pace: clocks of the caches, and what is filled or spent over a longer time than is simulated. */
export function paced(cluster: ClusterConfig, fidelity: Fidelity | null, limits: Parameters | null): ClusterConfig {
  if (fidelity === null || limits === null) return cluster;
  const { keysPer, pace } = fidelity;
  const { hardware } = cluster;
  const network = { ...hardware.network, creditSeconds: hardware.network.creditSeconds / pace };
  const parameters = { ...cluster.parameters };
  if (keysPer > 1) {
    parameters["repl-backlog-size"] = String(Math.max(1, Math.round(limits.number("repl-backlog-size") / keysPer)));
  }
  return { ...cluster, cacheClock: keysPer, parameters, hardware: { ...hardware, network } };
}

const PHASES = 96;
const MOST_CYCLES = 8;
const ALIKE = 0.01;

/** Windows stand for every cycle only if the load is the same in each. */
export function checkCycles(rate: Rate, { cycleNs, cycles }: WindowPlan): string | null {
  const step = Math.max(1, Math.floor((cycles - 1) / (MOST_CYCLES - 1)));
  for (let phase = 0; phase < PHASES; phase++) {
    const at = (cycle: number) => rate.at((cycle + (phase + 0.5) / PHASES) * cycleNs);
    for (let cycle = step; cycle < cycles; cycle += step) {
      if (Math.abs(at(cycle) - at(0)) <= ALIKE * Math.max(at(cycle), at(0))) continue;
      const when = formatDurationNs(Math.round((phase / PHASES) * cycleNs));
      return `is not the same in every cycle of ${formatDurationNs(cycleNs)}: ${formatRate(at(0))} in the first, ${formatRate(at(cycle))} in cycle ${cycle + 1}, ${when} after its start; give «windows: {cycle: …}» a multiple of what the load repeats by, or the whole duration`;
    }
  }
  return null;
}
