// What rules read out of a result's series: sums, and when something was worst.

import type { Result } from "../../result.ts";

export interface Worst {
  readonly where: string;
  readonly value: number;
  /** End of its row, in seconds. */
  readonly seconds: number;
}

/** The highest value of a metric over rows and places; null where nothing has it. */
export function worstOf({ series }: Result, metric: string): Worst | null {
  let worst: Worst | null = null;
  for (const { metric: name, where, values } of series.columns) {
    if (name !== metric) continue;
    values.forEach((value, row) => {
      if (value !== null && (worst === null || value > worst.value))
        worst = { where, value, seconds: series.time[row] };
    });
  }
  return worst;
}

/** Sum of a metric over rows and places. */
export function sumOf({ series }: Result, metric: string): number {
  let sum = 0;
  for (const { metric: name, values } of series.columns) {
    if (name === metric) for (const value of values) sum += value ?? 0;
  }
  return sum;
}
