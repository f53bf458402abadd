// Putting the parts of a sweep together. They must be of one plan, and give every point once.

import type { Sweep, SweepRow } from "../../result/sweep.ts";

export interface Part {
  readonly file: string;
  readonly sweep: Sweep;
}

/** The whole, or everything that is wrong with the parts. */
export function mergeSweeps(parts: readonly Part[]): Sweep | string[] {
  const problems: string[] = [];
  const [first] = parts;
  const { header } = first.sweep;
  const rows = new Map<number, { row: SweepRow; file: string }>();
  for (const { file, sweep } of parts) {
    if (sweep.header.plan !== header.plan) {
      problems.push(`${file}: is of another plan than ${first.file}; parts of one sweep have the same`);
      continue;
    }
    for (const row of sweep.rows) {
      const known = rows.get(row.index);
      if (known === undefined) rows.set(row.index, { row, file });
      else if (JSON.stringify(known.row) !== JSON.stringify(row)) {
        problems.push(`${file}: has another row for point ${row.index} than ${known.file}`);
      }
    }
  }
  const missing = Array.from({ length: header.points }, (_, i) => i).filter(i => !rows.has(i));
  if (missing.length > 0) {
    const shown = missing.slice(0, 10).join(", ");
    const more = missing.length > 10 ? ` and ${missing.length - 10} more` : "";
    problems.push(`${missing.length} of ${header.points} points are in no part: ${shown}${more}`);
  }
  if (problems.length > 0) return problems;
  return { header, rows: [...rows.values()].map(({ row }) => row).sort((a, b) => a.index - b.index) };
}
