// The result file: what a run measured, and everything needed to understand and repeat it. It holds no wall-clock time, so
// the same scenario, seed and version give the same bytes. Reports and comparisons read this and nothing else.

import { z } from "zod";

export const SCHEMA_VERSION = 1;

const figure = z.number().nullable();

const interval = z.strictObject({
  mean: z.number(),
  /** Null where it cannot be told, as from one replication of a short run. */
  halfWidth: figure,
  confidence: z.number(),
  observations: z.int(),
  method: z.enum(["replications", "batch-means"]),
});
export type ResultInterval = z.infer<typeof interval>;

const latencyUs = z.strictObject({
  mean: figure,
  p50: figure,
  p90: figure,
  p99: figure,
  p999: figure,
  max: figure,
});

const summary = z.strictObject({
  requests: z.number(),
  errors: z.number(),
  throughputPerSecond: z.number(),
  /** 0–1; null where nothing was looked up. */
  hitRate: figure,
  evictions: z.number(),
  expired: z.number(),
  latencyUs,
  memory: z.strictObject({ peakUsedBytes: z.number(), peakPercent: figure }),
  replicationLagMs: z.strictObject({ p50: figure, p99: figure, max: figure }),
  costMonthlyUsd: figure,
});
export type Summary = z.infer<typeof summary>;

const check = z.strictObject({
  text: z.string(),
  metric: z.string(),
  window: z.string(),
  status: z.enum(["pass", "fail", "no-data"]),
  measured: figure,
  limit: z.number(),
  unit: z.string(),
  /** Distance to the limit as a share of it; negative when it fails. */
  margin: figure,
});
export type Check = z.infer<typeof check>;

const workload = z.strictObject({
  name: z.string(),
  client: z.string(),
  requests: z.number(),
  hits: z.number(),
  misses: z.number(),
  degraded: z.number(),
  failed: z.number(),
  hitRate: figure,
  latencyUs,
});

const node = z.strictObject({
  name: z.string(),
  shard: z.int(),
  role: z.enum(["primary", "replica"]),
  zone: z.string(),
  state: z.enum(["up", "down", "lost", "frozen", "removed"]),
  keys: z.number(),
  peakUsedBytes: z.number(),
  maxmemoryBytes: z.number(),
  peakPercent: figure,
  minFreeableBytes: z.number(),
  engineCpuMeanPercent: z.number(),
  engineCpuMaxPercent: z.number(),
  evictions: z.number(),
  expired: z.number(),
});

const costLine = z.strictObject({
  what: z.string(),
  quantity: z.number(),
  unit: z.string(),
  unitPriceUsd: z.number(),
  monthlyUsd: z.number(),
});

const cost = z.strictObject({
  book: z.string(),
  asOf: z.string(),
  purchase: z.string(),
  lines: z.array(costLine),
  /** What of these lines buys nothing that is used: parts of them, not additions, and they overlap. */
  idle: z.array(costLine),
  /** What the bill takes for granted because nobody publishes it. */
  assumptions: z.array(z.string()),
  monthlyUsd: figure,
  cashMonthlyUsd: figure,
  upfrontUsd: figure,
  first12MonthsUsd: figure,
  first36MonthsUsd: figure,
  /** Prices that the book lacks: then the totals are null. */
  unknown: z.array(z.string()),
});

const serverless = z.strictObject({
  /** Over the whole run, and per second of the measured window. */
  ecpu: z.number(),
  ecpuPerSecond: z.number(),
  /** Demand of the busiest second, throttled commands counted as one ECPU each. */
  peakEcpuPerSecond: z.number(),
  supportedEcpuPerSecond: z.strictObject({ start: z.number(), end: z.number(), maximum: z.number() }),
  doublings: z.int(),
  /** Commands that were held or refused, and those of them that were refused. */
  throttled: z.number(),
  refused: z.number(),
  /** Of the samples that the bill is made from. */
  meanStoredBytes: z.number(),
  peakStoredBytes: z.number(),
});

/** How far behind answers of replicas were. */
const replicaReads = z.strictObject({
  reads: z.int(),
  /** Those that lacked a write which the primary had finished before they were asked. */
  stale: z.int(),
  ageMs: z.strictObject({ p50: figure, p99: figure, max: figure }),
});

/** Writes that waited for replicas by WAIT, and those of them that ended with too few. */
const waits = z.strictObject({ writes: z.int(), tooFew: z.int() });

const column = z.strictObject({
  metric: z.string(),
  unit: z.string(),
  /** Node, client group or workload; "" for the whole. */
  where: z.string(),
  values: z.array(figure),
});
export type SeriesColumn = z.infer<typeof column>;

const phase = z.strictObject({
  name: z.string(),
  startSeconds: z.number(),
  lengthSeconds: z.number(),
  boundBy: z.string(),
});

const drill = z.strictObject({
  drill: z.string(),
  target: z.string(),
  startSeconds: z.number(),
  endSeconds: figure,
  refused: z.string().nullable(),
  phases: z.array(phase),
  figures: z.record(z.string(), z.number()),
});
export type DrillResult = z.infer<typeof drill>;

const alarm = z.strictObject({
  name: z.string(),
  /** The set it comes from, or «scenario». */
  source: z.string(),
  severity: z.enum(["warning", "critical"]),
  metric: z.string(),
  /** «average > 90, 3 of 3 periods of 60 s» */
  rule: z.string(),
  where: z.string(),
  inAlarmSeconds: z.number(),
  /** The state from an instant on. */
  changes: z.array(z.strictObject({ timeSeconds: z.number(), state: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]) })),
});
export type AlarmResult = z.infer<typeof alarm>;

const finding = z.strictObject({
  id: z.string(),
  severity: z.enum(["critical", "warning", "info"]),
  title: z.string(),
  evidence: z.string(),
  remedy: z.string(),
});
export type Finding = z.infer<typeof finding>;

/** How much of the time and of the keys was simulated, where it was not everything. */
const fidelity = z.strictObject({
  /** One key in so many. */
  keysPer: z.int(),
  /** Keys of all workloads, those that were simulated, and of these the popular ones that stand for themselves; null: all. */
  keys: z.strictObject({ all: z.number(), simulated: z.number(), whole: z.number() }).nullable(),
  simulatedSeconds: z.number(),
  windows: z
    .strictObject({
      count: z.int(),
      cycleSeconds: z.number(),
      cycles: z.int(),
      lengthSeconds: z.number(),
      settleSeconds: z.number(),
      leadSeconds: z.number(),
    })
    .nullable(),
  /** Half widths of what this adds, beside what it leaves out. */
  errors: z.strictObject({ hitRate: figure, p50Us: figure, p99Us: figure }),
  confidence: z.number(),
});
export type FidelityResult = z.infer<typeof fidelity>;

export const resultSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  version: z.string(),
  scenario: z.strictObject({
    name: z.string(),
    description: z.string(),
    /** What the run was built from: the scenario with overlays and settings applied, as it would be written. */
    resolved: z.record(z.string(), z.unknown()),
    /** Hash of `resolved`. */
    digest: z.string(),
    /** Files merged over it, in order. */
    overlays: z.array(z.string()),
    /** Settings given beside the files. */
    overrides: z.array(z.string()),
    file: z.string(),
  }),
  seed: z.int(),
  replications: z.int(),
  /** The run was interrupted: everything covers the time up to `simulatedSeconds` only. */
  partial: z.boolean(),
  /** What the result is about; with a `fidelity` less than that was simulated. */
  simulatedSeconds: z.number(),
  /** Left out: everything was simulated. Counts are scaled to everything. */
  fidelity: fidelity.optional(),
  verdict: z.enum(["pass", "fail"]),
  saturation: z.enum(["stable", "backlogged", "overloaded"]),
  checks: z.array(check),
  /** Over the measured window. */
  summary,
  window: z.strictObject({
    fromSeconds: z.number(),
    toSeconds: z.number(),
    warmup: z.strictObject({ method: z.enum(["given", "mser-5", "none"]), settled: z.boolean() }),
  }),
  intervals: z.record(z.string(), interval),
  /** Over the whole run: arrived = hits + misses + done + degraded + failed + inProgress. */
  totals: z.strictObject({
    arrived: z.number(),
    hits: z.number(),
    misses: z.number(),
    done: z.number(),
    degraded: z.number(),
    failed: z.number(),
    inProgress: z.number(),
  }),
  clients: z.array(
    z.strictObject({
      name: z.string(),
      library: z.string(),
      /** Commands that workloads asked for, and tries of them. */
      commands: z.number(),
      tries: z.number(),
      timeouts: z.number(),
      connectionErrors: z.number(),
      poolTimeouts: z.number(),
      retries: z.number(),
      redirects: z.number(),
      errorReplies: z.number(),
      /** Reads that were sent a second time, whose second copy was answered first, and that had no budget for one. */
      hedges: z.number(),
      hedgesWon: z.number(),
      hedgesDenied: z.number(),
      /** Attempts to open a connection, and those that failed. */
      connects: z.number(),
      connectFailures: z.number(),
      /** Idle connections that the server closed, and requests that were given one whose other end was gone. */
      idleClosed: z.number(),
      deadBorrowed: z.number(),
      /** Commands that an open circuit breaker turned away; retries for which there was no budget. */
      rejected: z.number(),
      retriesDenied: z.number(),
      /** Connections to silent hosts that the kernel gave up, the longest that one was sent to in vain, and the bound of that. */
      givenUp: z.number(),
      silentSeconds: z.number(),
      givesUpAfterSeconds: z.number(),
      /** Logins that were refused, since when, and connections that IAM closed for their age. */
      refusedLogins: z.number(),
      firstRefusedSeconds: figure,
      expiredConnections: z.number(),
      /** Connections for which a name was believed that leads elsewhere by now; how long answers are kept, null: for ever. */
      outdatedNames: z.number(),
      dnsTtlSeconds: figure,
    }),
  ),
  workloads: z.array(workload),
  /** Empty for a serverless cache. */
  nodes: z.array(node),
  /** Null on clusters of nodes. */
  serverless: serverless.nullable(),
  /** Over the whole run; null where nobody reads from replicas, or no write waits for them. */
  replicaReads: replicaReads.nullable(),
  waits: waits.nullable(),
  /** Points of the latency distribution over the measured window: share of requests, microseconds. */
  latencyCurve: z.array(z.tuple([z.number(), z.number()])),
  cost,
  series: z.strictObject({
    periodSeconds: z.number(),
    /** End of each row, in seconds from the start. */
    time: z.array(z.number()),
    /** Rows in which a drill was under way. */
    disturbed: z.array(z.int()),
    columns: z.array(column),
  }),
  events: z.array(
    z.strictObject({
      id: z.int(),
      timeSeconds: z.number(),
      node: z.string(),
      what: z.string(),
      cause: z.int().nullable(),
    }),
  ),
  /** Events beyond what is kept. */
  eventsDropped: z.int(),
  drills: z.array(drill),
  /** Alarms that were raised, and how many were watched: one for each alarm and node. */
  alarms: z.strictObject({ watched: z.int(), raised: z.array(alarm) }),
  findings: z.array(finding),
  provenance: z.strictObject({
    catalogue: z.record(z.string(), z.string()),
    models: z.record(z.string(), z.string()),
    /** Fingerprint of the events of each replication. */
    digests: z.array(z.string()),
  }),
});

export type Result = z.infer<typeof resultSchema>;
