// The measured figures of shared/truth, as the tests read them. They are not part of this repository: where the folder
// is absent the tests that need it skip and say so.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { REPLY_BUFFER_SHRINK, type ReplayResult, readSequence, replay, type Sequence } from "./replay.ts";

const SHARED = resolve(process.env.CACHECAST_SHARED ?? "../shared");

/** Why the tests against measured figures cannot run here; null when they can. */
export const noTruth: string | null = existsSync(join(SHARED, "truth/hitrate.json"))
  ? null
  : `needs the measured figures in ${process.env.CACHECAST_SHARED ?? "../shared"}/truth`;

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(SHARED, "truth", name), "utf8"));
}

/** One measured hit rate: a sequence, a policy, a limit. */
export interface HitRateCell {
  readonly workload: string;
  readonly policy: string;
  readonly fraction: number;
  readonly maxmemory: number;
  readonly mode?: "virtual" | "wall" | "paced";
  readonly variant?: string;
  readonly conf?: Readonly<Record<string, string | number>> | null;
  readonly reps: readonly { readonly used_memory_base: number; readonly oom: number }[];
  readonly fixed_after_base: number;
  readonly gets: number;
  readonly hit_ratio: number;
}

/** The cells whose clock followed the sequence: those that a replay must reproduce. */
export function virtualCells(): HitRateCell[] {
  const { cells } = readJson("hitrate.json") as { cells: HitRateCell[] };
  return cells.filter(cell => cell.mode === "virtual");
}

/** One measured hit rate of memcached: its clock was the real one, at the speed of the replay. */
export interface MemcachedCell {
  readonly workload: string;
  readonly m_mb: number;
  readonly variant: "default" | "no_modern";
  readonly reps: readonly {
    readonly replay_rps: number;
    readonly curr_items: number;
    readonly evictions: number;
    readonly total_malloced: number;
  }[];
  readonly hit_ratio: number;
}

export function memcachedCells(): MemcachedCell[] {
  const { cells } = readJson("hitrate.json") as { cells: (MemcachedCell & { readonly engine: string })[] };
  return cells.filter(cell => cell.engine === "memcached");
}

/** One measured row of memory.json. */
export interface MemoryRow {
  readonly type: string;
  readonly server: string;
  readonly value: number;
  readonly keylen: number;
  readonly ttl: boolean;
  readonly n: number;
  readonly cmd: string;
  readonly per_key: number;
  readonly memory_usage: number;
}

export function memoryRows(): MemoryRow[] {
  return (readJson("memory.json") as { rows: MemoryRow[] }).rows;
}

/** How the sequences of shared/traces were fed to the servers (shared/truth/README.md). */
const TRACES: Readonly<Record<string, { limit?: number; adapt: (sequence: Sequence) => void }>> = {
  "cloudphysics-io": {
    adapt: ({ isSet, size, ttl }) => {
      isSet.fill(0);
      ttl.fill(Number.NaN);
      for (let i = 0; i < size.length; i++) size[i] = Math.max(1, Math.round(size[i] / 64));
    },
  },
  "cache2k-orm-busy-1m": {
    limit: 500_000,
    adapt: ({ size, timeMs }) => {
      size.fill(200);
      for (let i = 0; i < timeMs.length; i++) timeMs[i] = i;
    },
  },
};

let held: { workload: string; sequence: Sequence } | null = null;

/** The sequence of a workload as the servers got it; the one read last is kept. */
export function workload(name: string): Sequence {
  if (held?.workload === name) return held.sequence;
  const trace = TRACES[name];
  const folder = trace === undefined ? "truth" : "traces";
  const sequence = readSequence(join(SHARED, folder, `${name}.csv.gz`), trace?.limit);
  trace?.adapt(sequence);
  held = { workload: name, sequence };
  return sequence;
}

/** The sequence at so many requests a second instead of its own times. */
function atRate(sequence: Sequence, perSecond: number): Sequence {
  return { ...sequence, timeMs: sequence.timeMs.map((_, i) => Math.floor((i * 1_000) / perSecond)) };
}

/** Feeds a cell's sequence to the engine under the cell's conditions. */
export function replayCell(cell: HitRateCell, seed: number): ReplayResult {
  const rate = /^rate(\d+)$/u.exec(cell.variant ?? "");
  const own = workload(cell.workload);
  const conf = Object.entries(cell.conf ?? {}).map(([name, value]) => [name, String(value)] as const);
  return replay(rate === null ? own : atRate(own, Number(rate[1])), {
    policy: cell.policy,
    maxmemory: cell.maxmemory,
    baseBytes: cell.reps[0].used_memory_base + cell.fixed_after_base - REPLY_BUFFER_SHRINK,
    seed,
    conf: Object.fromEntries(conf),
  });
}
