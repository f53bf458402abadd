// What a world costs a month beside nodes: pay per use goes by the mean rate, not by the busiest moment.

import { isUnpriced, serverlessBill } from "../../cost/cluster.ts";
import { NO_FLOORS } from "../../cost/serverless.ts";
import { BYTES_PER_BILLED_GB } from "../../cost/transfer.ts";
import type { Built } from "../../scenarios/build.ts";
import { HOURS_PER_MONTH } from "../../units.ts";
import type { EngineSide } from "./engine-side.ts";
import type { Metered } from "./evaluation.ts";
import { blindCrossing } from "./reading.ts";
import type { ServerlessShape } from "./shapes.ts";
import type { Work } from "./work.ts";
import { type DemandWorld, rateOf, worldConfig } from "./worlds.ts";

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600;

const MEAN_SHARES = new WeakMap<DemandWorld, number>();

/** Mean rate over the busiest one, of all parts. */
export function meanShareOf(world: DemandWorld): number {
  let share = MEAN_SHARES.get(world);
  if (share === undefined) MEAN_SHARES.set(world, (share = meanShare(world)));
  return share;
}

function meanShare({ parts }: DemandWorld): number {
  let [mean, peak] = [0, 0];
  for (const part of parts) {
    const rate = rateOf(part);
    peak += rate;
    mean += rate * part.meanShare;
  }
  return peak === 0 ? 1 : mean / peak;
}

/** Misses, where the scenario says what the origin takes for a request. */
export function originMonthly(built: Built, world: DemandWorld, hitRate: number): number {
  const { originUsdPerMillion } = built.billing;
  if (originUsdPerMillion === 0) return 0;
  const reads = world.parts.reduce((sum, part) => sum + (part.asksOrigin ? part.reads * part.meanShare : 0), 0);
  return ((reads * (1 - hitRate) * SECONDS_PER_MONTH) / 1e6) * originUsdPerMillion;
}

/**
 * Requests and replies between clients and nodes in other zones, as the simulation counts and bills them: clients are spread
 * evenly over the zones. `crossing`: share of the reads that are answered in another zone. A serverless cache has an endpoint
 * in each zone. Nothing where the book does not price it.
 */
export function trafficMonthly(built: Built, world: DemandWorld, { reads, changes }: Work, crossing: number): number {
  const config = worldConfig(built);
  const usd = built.book.dataTransfer?.crossAzPerGBUsd ?? 0;
  if (config.zones.length < 2 || usd === 0) return 0;
  const perSecond =
    (reads.bytesIn + reads.bytesOut) * crossing + (changes.bytesIn + changes.bytesOut) * blindCrossing(config);
  return ((perSecond * meanShareOf(world) * SECONDS_PER_MONTH) / BYTES_PER_BILLED_GB) * usd;
}

/** Null: the book does not price it. */
export function serverlessMonthly(
  built: Built,
  { product }: EngineSide,
  { purchase }: ServerlessShape,
  { ecpuPerSecond, storedBytes }: Metered,
): number | null {
  const bill = serverlessBill(
    {
      engine: product,
      hours: [{ ecpu: ecpuPerSecond * 3_600, storedBytes }],
      floors: NO_FLOORS,
      savingsPlanDiscount: purchase === "savings-plan-1y" ? built.billing.savingsPlanDiscount : null,
      backups: { bytesPerBackup: 0, kept: 0, free: 0 },
    },
    built.book,
  );
  return isUnpriced(bill) ? null : bill.monthlyUsd;
}
