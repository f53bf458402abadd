// Answers that were out of date when they were asked for: by copies in the cache that a write had overtaken, and by replicas
// that lagged behind.

import type { Result } from "../../result.ts";
import { formatDurationNs, formatNumber, formatPercent } from "../../units.ts";
import { startOf } from "../charts/source.ts";
import { html, name } from "../markup.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

export interface StaleAnswers {
  /** The workload, or the replicas. */
  readonly by: string;
  readonly stale: number;
  readonly answers: number;
  readonly oldestSeconds: number | null;
}

/** By workload, over the measured time; those of replicas, over the whole run, last. */
export function staleAnswers({ series, window, workloads, replicaReads }: Result): StaleAnswers[] {
  const isMeasured = (row: number) => startOf(series.time, row) >= window.fromSeconds - 1e-9;
  const values = (metric: string, where: string) =>
    (series.columns.find(one => one.metric === metric && one.where === where)?.values ?? [])
      .filter((_, row) => isMeasured(row))
      .filter(value => value !== null);
  const rows = workloads.flatMap((workload): StaleAnswers[] => {
    const stale = values("StaleReads", workload.name).reduce((sum, value) => sum + value, 0);
    if (stale === 0) return [];
    const oldestSeconds = Math.max(0, ...values("StaleAgeMax", workload.name));
    return [{ by: workload.name, stale, answers: workload.hits + workload.misses, oldestSeconds }];
  });
  if (replicaReads !== null && replicaReads.reads > 0) {
    const { reads, stale, ageMs } = replicaReads;
    rows.push({
      by: "reads from replicas",
      stale,
      answers: reads,
      oldestSeconds: ageMs.max === null ? null : ageMs.max / 1e3,
    });
  }
  return rows;
}

/** One sentence for the terminal; null where nothing of the cache's own copies was stale. */
export function staleSentence(result: Result): string | null {
  const rows = staleAnswers(result).filter(({ by }) => by !== "reads from replicas");
  if (rows.length === 0) return null;
  return rows
    .map(({ by, stale, oldestSeconds }) => {
      const age = oldestSeconds === null ? "" : `, at most ${formatDurationNs(oldestSeconds * 1e9)} out of date`;
      return `${by}: ${formatNumber(stale)} stale answers${age}`;
    })
    .join("; ");
}

const COLUMNS: readonly Column<StaleAnswers>[] = [
  { head: "answers of", words: true, cell: one => name(one.by) },
  { head: "stale", cell: one => formatNumber(one.stale) },
  { head: "share", cell: ({ stale, answers }) => (answers === 0 ? "" : formatPercent(Math.min(1, stale / answers))) },
  {
    head: "oldest",
    unit: "s",
    cell: ({ oldestSeconds }) => (oldestSeconds === null ? "" : formatNumber(oldestSeconds)),
  },
];

export const staleness: Section = {
  id: "staleness",
  title: "Stale answers",
  render({ result }) {
    const rows = staleAnswers(result);
    if (rows.length === 0) return null;
    return html`
      ${dataTable("Stale answers", COLUMNS, rows)}
      <p class="note">An answer is stale when what it says had been replaced before it was asked for; its age is the time since then.</p>`;
  },
};
