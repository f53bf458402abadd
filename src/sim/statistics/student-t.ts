import { jStat } from "jstat";

/** A mean with its confidence interval: mean ± halfWidth. */
export interface Interval {
  readonly mean: number;
  /** Infinite when there is only one observation. */
  readonly halfWidth: number;
  readonly confidence: number;
  readonly observations: number;
}

/** The t interval of independent observations: t(1 - alpha/2, n-1) * s / sqrt(n). */
export function studentInterval(values: readonly number[], confidence = 0.95): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, halfWidth: Number.POSITIVE_INFINITY, confidence, observations: n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const t = jStat.studentt.inv(1 - (1 - confidence) / 2, n - 1);
  return { mean, halfWidth: t * Math.sqrt(variance / n), confidence, observations: n };
}

/** Interval of the mean difference of pairs observed under common random numbers. */
export function pairedInterval(left: readonly number[], right: readonly number[], confidence = 0.95): Interval {
  return studentInterval(
    left.map((value, i) => right[i] - value),
    confidence,
  );
}
