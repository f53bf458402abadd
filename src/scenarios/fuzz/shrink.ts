// From a case that breaks a law to a smaller one that still does: faults are left out one by one, as long as something breaks and
// what is left is a scenario (a shard that a drill is about may be another one's work).

import type { FuzzCase } from "./draw.ts";
import { buildCase, runCase } from "./run.ts";

export interface Shrunk {
  readonly smallest: FuzzCase;
  readonly broken: string;
  /** Indices of the faults that are needed, in the order in which they were drawn. */
  readonly faults: readonly number[];
}

export function shrinkCase(full: FuzzCase, broken: string): Shrunk {
  const drills = full.scenario.drills as readonly unknown[];
  let faults = drills.map((_, index) => index);
  let message = broken;
  for (let changed = true; changed; ) {
    changed = false;
    for (const index of faults) {
      const fewer = faults.filter(one => one !== index);
      const smaller = keepFaults(full, fewer);
      const verdict = typeof buildCase(smaller) === "string" ? null : runCase(smaller);
      if (verdict === null || verdict.broken === null) continue;
      faults = fewer;
      message = verdict.broken;
      changed = true;
      break;
    }
  }
  return { smallest: keepFaults(full, faults), broken: message, faults };
}

/** The case with these of its faults only. */
export function keepFaults(full: FuzzCase, faults: readonly number[]): FuzzCase {
  const drills = full.scenario.drills as readonly unknown[];
  return { ...full, scenario: { ...full.scenario, drills: drills.filter((_, index) => faults.includes(index)) } };
}
