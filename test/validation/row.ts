// A prediction beside what it is held against. Rows are made by one file per subject; the tests assert that each lies within
// its bound, and docs/validation.md is written from the same rows.

export interface Row {
  readonly what: string;
  readonly predicted: number;
  readonly reference: number;
  readonly unit: string;
  /** Largest deviation that passes: a share of the reference, or absolute in the row's unit. */
  readonly bound: number;
  readonly kind: "relative" | "absolute";
}

export interface Subject {
  readonly title: string;
  /** What is compared with what, under which conditions, and where the reference comes from. */
  readonly about: string;
  rows(): Row[];
  /** Why it cannot be made here; null when it can. */
  readonly missing: string | null;
}

/** How far off a row is, in the terms of its bound. */
export function deviation({ predicted, reference, kind }: Row): number {
  return kind === "relative" ? predicted / reference - 1 : predicted - reference;
}

export function isWithin(row: Row): boolean {
  return Math.abs(deviation(row)) <= row.bound;
}
