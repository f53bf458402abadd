// The recommendation through the loss of a zone, simulated: when each shard takes writes again and when clients see no more
// errors, against `slo.recovery`, and whether data survive. Failover does not depend on the load, so the rate is held down.

import { loadScenario } from "../../scenarios/load.ts";
import { runScenario } from "../../scenarios/run.ts";
import { type ConfirmOptions, extentSettings, nodeSettings } from "./confirm-shape.ts";
import type { Shape } from "./shapes.ts";

export interface ZoneLoss {
  /** From the loss until writes to every shard that lost its primary succeed again; null: none lost one, or it never did. */
  readonly writesAfterSeconds: number | null;
  readonly errorsOverAfterSeconds: number | null;
  /** Every shard had a primary again and clients a second without errors. */
  readonly ended: boolean;
  readonly availability: number;
  /** Keys right before the loss and at the end, of all primaries. */
  readonly keysKept: number;
  readonly holds: boolean;
  readonly requests: number;
}

const RATE = 800;
const KEYS = 5_000;
const LOSS_SECONDS = 8;
const LENGTH_SECONDS = 90;
/** Most requests are answered through the loss; those in the lost zone are not. */
const KEPT_SHARE = 0.9;

/** Null for serverless caches: AWS shows no zones there. */
export async function simulateZoneLoss(shape: Shape, options: ConfirmOptions): Promise<ZoneLoss | null> {
  if (shape.kind !== "nodes") return null;
  const { file, content, overlays, settings, workloads, slo } = options;
  const plain = await loadScenario({ file, content, overlays, settings });
  const cluster = Object.keys((plain.resolved.cluster ?? {}) as object);
  const all = workloads.reduce((sum, one) => sum + one.rate, 0);
  const loaded = await loadScenario({
    file,
    content,
    overlays,
    settings: [
      ...settings,
      ...nodeSettings(shape, cluster),
      ...extentSettings(plain, 1),
      ...workloads.flatMap(({ rate, pipeline, keys, preload }, i) => [
        `workload[${i}].rate=${Math.max(1, (Math.min(all, RATE) * rate) / Math.max(1, all)) / pipeline}`,
        `workload[${i}].keys.count=${Math.min(KEYS, keys)}`,
        ...(preload === null ? [] : [`workload[${i}].preload=100%`]),
      ]),
      `drills=[{ at: ${LOSS_SECONDS}s, zone-outage: { zone: 1, clients: stay, for: 60s } }]`,
      "expect=[]",
      "period=1s",
      "warmup=2s",
    ],
    duration: `${LENGTH_SECONDS}s`,
  });
  const result = await runScenario(loaded, { seed: options.seed });
  const [drill] = result.drills;
  const until = (name: string) => {
    const ends = (drill?.phases ?? []).filter(one => one.name === name);
    return ends.length === 0
      ? null
      : Math.max(...ends.map(one => one.startSeconds + one.lengthSeconds - drill.startSeconds));
  };
  const keys = keysAt(result);
  const writesAfterSeconds = until("first write");
  const errorsOverAfterSeconds = until("errors over");
  const longest = Math.max(writesAfterSeconds ?? 0, errorsOverAfterSeconds ?? 0);
  const ended = drill !== undefined && drill.endSeconds !== null;
  const inTime = slo.recovery === undefined || longest * 1e9 <= slo.recovery;
  return {
    writesAfterSeconds,
    errorsOverAfterSeconds,
    ended,
    availability: 1 - result.summary.errors / Math.max(1, result.summary.requests),
    keysKept: keys,
    holds: ended && inTime && keys >= KEPT_SHARE,
    requests: result.totals.arrived,
  };
}

/** Share of the keys before the loss that the primaries of the end have. */
function keysAt({ series, nodes }: Awaited<ReturnType<typeof runScenario>>): number {
  const row = series.time.findIndex(seconds => seconds >= LOSS_SECONDS) - 1;
  const total = (at: number) =>
    series.columns
      .filter(one => one.metric === "CurrItems")
      .reduce((sum, column) => {
        const master = series.columns.find(one => one.metric === "IsMaster" && one.where === column.where);
        return sum + ((master?.values[at] ?? 0) > 0 ? (column.values[at] ?? 0) : 0);
      }, 0);
  const before = total(Math.max(0, row));
  const after = nodes
    .filter(one => one.role === "primary" && one.state === "up")
    .reduce((sum, one) => sum + one.keys, 0);
  return before === 0 ? 1 : Math.min(1, after / before);
}
