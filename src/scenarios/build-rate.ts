// The rate of an open loop: a number, or an expression of t that is checked over the whole run before it begins.

import { formatRate, NS_PER_SECOND, parseRate, UnitError } from "../units.ts";
import { constantRate, RATE_STEP_NS, type Rate, variableRate } from "../workload/rate.ts";
import type { Report } from "./build-report.ts";
import { compileExpression } from "./expression.ts";
import type { WorkloadInput } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

export function buildRate(
  input: WorkloadInput,
  durationNs: number,
  path: (...rest: Path) => Path,
  report: Report,
): (() => Rate) | null {
  const { rate } = input;
  if (rate === undefined) return null;
  try {
    if (typeof rate === "number") {
      if (!(rate >= 0) || rate > MAX_RATE)
        throw new UnitError(String(rate), `a rate between 0 and ${formatRate(MAX_RATE)}`);
      return () => constantRate(rate);
    }
    const plain = plainRate(rate);
    if (plain !== null) {
      if (plain > MAX_RATE) throw new UnitError(rate, `a rate of at most ${formatRate(MAX_RATE)}`);
      return () => constantRate(plain);
    }
    const compiled = compileExpression(rate);
    checkOverTime(rate, compiled, durationNs);
    return () => variableRate(compiled);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    report(path("rate"), error.message);
    return null;
  }
}

const MAX_RATE = 1e9;
const MOST_LOOKS = 1_000_000;

/** A rate that is no number somewhere is found before the run, not in it. Longer runs than a day are looked at in places. */
function checkOverTime(text: string, rateAt: (t: number) => number, durationNs: number): void {
  const steps = Math.ceil(durationNs / RATE_STEP_NS);
  const stride = Math.ceil(steps / MOST_LOOKS);
  for (let step = 0; step < steps; step += stride) {
    const t = ((step + 0.5) * RATE_STEP_NS) / NS_PER_SECOND;
    const value = rateAt(t);
    if (Number.isFinite(value) && value <= MAX_RATE) continue;
    throw new UnitError(
      text,
      `an expression that stays a rate of at most ${formatRate(MAX_RATE)}; at t = ${t} s it is ${value}`,
    );
  }
}

function plainRate(text: string): number | null {
  try {
    return parseRate(text);
  } catch {
    return null;
  }
}
