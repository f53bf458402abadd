// What a sweep leaves: a header that names its plan, and a row for each point. Lines of JSON, in the order of the points, so
// that the same plan gives the same bytes however it was split.

import { z } from "zod";

export const SWEEP_VERSION = 1;

const figure = z.number().nullable();

export const sweepHeaderSchema = z.strictObject({
  kind: z.literal("cachecast-sweep"),
  schemaVersion: z.literal(SWEEP_VERSION),
  version: z.string(),
  /** Hash of everything that decides the rows: two files with the same plan belong together. */
  plan: z.string(),
  scenario: z.string(),
  seed: z.int(),
  replications: z.int(),
  points: z.int(),
  /** What is varied, the slowest first. */
  axes: z.array(z.string()),
});
export type SweepHeader = z.infer<typeof sweepHeaderSchema>;

export const sweepRowSchema = z.strictObject({
  index: z.int(),
  /** By axis, as it would be written after --set. */
  settings: z.record(z.string(), z.string()),
  verdict: z.enum(["pass", "fail"]),
  saturation: z.enum(["stable", "backlogged", "overloaded"]),
  /** Checks that do not pass. */
  broken: z.array(z.string()),
  requests: z.number(),
  errorRate: figure,
  throughputPerSecond: z.number(),
  hitRate: figure,
  evictions: z.number(),
  latencyMeanUs: figure,
  latencyP50Us: figure,
  latencyP99Us: figure,
  latencyP999Us: figure,
  memoryPeakPercent: figure,
  engineCpuMaxPercent: figure,
  replicationLagP99Ms: figure,
  costMonthlyUsd: figure,
  /** Fingerprint of the events of the first replication. */
  digest: z.string(),
});
export type SweepRow = z.infer<typeof sweepRowSchema>;

export interface Sweep {
  readonly header: SweepHeader;
  readonly rows: readonly SweepRow[];
}

/** The file's text: the header and the rows by index. */
export function sweepText({ header, rows }: Sweep): string {
  const ordered = [...rows].sort((a, b) => a.index - b.index);
  return `${[header, ...ordered].map(one => JSON.stringify(one)).join("\n")}\n`;
}

/** Reads such a file, or says in a sentence what is wrong with it. A last line that was cut off is left out with `lenient`. */
export function parseSweep(text: string, lenient = false): Sweep | string {
  const lines = text.split("\n").filter(line => line.trim() !== "");
  if (lines.length === 0) return "is empty; a sweep begins with a line that names its plan";
  const header = sweepHeaderSchema.safeParse(parseJson(lines[0]));
  if (!header.success) return "is no result of a sweep: its first line names no plan";
  const rows: SweepRow[] = [];
  for (let i = 1; i < lines.length; i++) {
    const row = sweepRowSchema.safeParse(parseJson(lines[i]));
    if (row.success) rows.push(row.data);
    else if (!lenient || i < lines.length - 1) return `has a line ${i + 1} that is no row of a sweep`;
  }
  return { header: header.data, rows };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
