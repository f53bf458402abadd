// What a world costs a month beside nodes: pay per use goes by the mean rate, not by the busiest moment.

import { isUnpriced, serverlessBill } from "../../cost/cluster.ts";
import { NO_FLOORS } from "../../cost/serverless.ts";
import { BYTES_PER_BILLED_GB } from "../../cost/transfer.ts";
import type { Built } from "../../scenarios/build.ts";
import { HOURS_PER_MONTH } from "../../units.ts";
import type { EngineSide } from "./engine-side.ts";
import type { ServerlessShape } from "./shapes.ts";
import type { Work } from "./work.ts";
import { type DemandWorld, rateOf, worldConfig } from "./worlds.ts";

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600;

/** Mean rate over the busiest one, of all parts. */
export function meanShareOf({ parts }: DemandWorld): number {
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
  const reads = world.parts.reduce((sum, part) => sum + part.reads * part.meanShare, 0);
  return ((reads * (1 - hitRate) * SECONDS_PER_MONTH) / 1e6) * originUsdPerMillion;
}

/**
 * Requests and replies between clients and nodes in other zones, as the simulation counts and bills them: clients are spread
 * evenly over the zones; reads that prefer the own zone cross only where it has no member. A serverless cache has an
 * endpoint in each zone. Nothing where the book does not price it.
 */
export function trafficMonthly(built: Built, world: DemandWorld, work: Work, replicas: number): number {
  const { zones, clients } = worldConfig(built);
  const usd = built.book.dataTransfer?.crossAzPerGBUsd ?? 0;
  if (zones.length < 2 || usd === 0) return 0;
  const blind = (zones.length - 1) / zones.length;
  const near = Math.max(0, 1 - (1 + replicas) / zones.length);
  const instances = clients.reduce((sum, one) => sum + one.instances, 0);
  const local = clients.reduce(
    (sum, one) => sum + (one.readFrom === "nearest" || one.readFrom === "zone-replica" ? one.instances : 0),
    0,
  );
  const reads = work.commands === 0 ? 0 : work.reads / work.commands;
  const share = blind + reads * (local / Math.max(1, instances)) * (Math.min(blind, near) - blind);
  const bytes = (work.bytesIn + work.bytesOut) * meanShareOf(world) * SECONDS_PER_MONTH;
  return ((bytes * share) / BYTES_PER_BILLED_GB) * usd;
}

/** ECPU a second and bytes stored, both in the mean. Null: the book does not price it. */
export function serverlessMonthly(
  built: Built,
  { product }: EngineSide,
  { purchase }: ServerlessShape,
  ecpuPerSecond: number,
  storedBytes: number,
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
