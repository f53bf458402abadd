// How exact the figures of a result file are.

/** Rounds to so many significant digits: enough for any use, and the same on every machine. */
export function significant(value: number | null, digits = 6): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  return Number(value.toPrecision(digits));
}

/** The same for what is known to be a number. */
export function sure(value: number): number {
  return significant(value, 9) ?? 0;
}
