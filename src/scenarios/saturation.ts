// Whether a run kept up. Windows are judged one by one: from one to the next the load changes, and the work with it.

import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import { type Saturation, saturationVerdict } from "../sim/statistics/saturation.ts";
import { endedIn, type Measured } from "./window.ts";

const WORST: readonly Saturation[] = ["overloaded", "backlogged", "stable"];

export function saturationOf(world: World, measured: Measured): Result["saturation"] {
  const rows = measured.rows.filter(row => !world.recorder.periods[row].repeats);
  const perWindow = world.config.horizon?.rowsPerWindow ?? 0;
  if (perWindow === 0) return verdictOf(world, rows);
  const verdicts: Saturation[] = [];
  for (let from = 0; from < rows.length; from += perWindow) {
    verdicts.push(verdictOf(world, rows.slice(from, from + perWindow)));
  }
  return WORST.find(verdict => verdicts.includes(verdict)) ?? "stable";
}

function verdictOf({ recorder }: World, rows: readonly number[]): Saturation {
  const periods = rows.map(row => recorder.periods[row]);
  let peakUtilisation = 0;
  for (const column of recorder.columns) {
    if (column.metric !== "EngineCPUUtilization" || rows.length === 0) continue;
    let sum = 0;
    for (const row of rows) sum += column.values[row] ?? 0;
    peakUtilisation = Math.max(peakUtilisation, sum / rows.length / 100);
  }
  // Work in progress is not scaled, so arrivals and ends are taken as they were simulated.
  let arrivals = 0;
  let completions = 0;
  for (const { arrived, rows: parts, weight } of periods) {
    arrivals += arrived / weight;
    for (const { outcomes } of parts) completions += endedIn(outcomes) / weight;
  }
  return saturationVerdict({
    inProgress: periods.map(period => period.inProgress),
    arrivals,
    completions,
    peakUtilisation,
  });
}
