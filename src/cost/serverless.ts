// A serverless cache: data stored by the GB-hour, requests by the ECPU. Both have a floor that is billed when less is used:
// the engine's minimum storage and what the user has set as a minimum (pre-scaling). Floors are taken hour by hour, since
// AWS bills hourly averages of the storage and quotes the price of an ECPU minimum by the hour (100,000 ECPU/s are at
// least 1.224 USD an hour); whether a quiet second can be offset within an hour is not published.
//
// A savings plan is a commitment to pay so much an hour at discounted rates; what goes beyond it is billed on demand. The
// commitment that costs least is the share of usage that is exceeded in 1 - discount of the hours.

import { assert } from "../assert.ts";
import {
  isUnknownPrice,
  type PriceBook,
  type ServerlessRates,
  serverlessRates,
  type UnknownPrice,
  unknownPrice,
} from "../catalog/prices.ts";
import type { EngineProduct } from "../catalog/product.ts";
import { GIB, HOURS_PER_MONTH } from "../units.ts";
import { type Charges, type CostLine, costLine } from "./bill.ts";
import { SAVINGS_PLAN_MONTHS } from "./nodes.ts";

/** The pricing page speaks of GiB-hours. */
export const BYTES_PER_STORED_GB = GIB;

/** Lines of what is billed beyond what was used. */
export const FLOOR_STORED = "data stored, up to the minimum";
export const FLOOR_ECPU = "ECPU minimum, unused";

/** What a cache used in one hour. */
export interface ServerlessHour {
  readonly ecpu: number;
  /** Average of the samples. */
  readonly storedBytes: number;
}

/** Floors beside the engine's own; zero where none was set. */
export interface ServerlessFloors {
  readonly ecpuPerSecond: number;
  readonly storedBytes: number;
}

export const NO_FLOORS: ServerlessFloors = { ecpuPerSecond: 0, storedBytes: 0 };

export interface ServerlessUsage {
  readonly engine: EngineProduct;
  /** Hours that are typical for the month, each with the same weight: one, a day's twenty-four, or a run's. */
  readonly hours: readonly ServerlessHour[];
  readonly floors: ServerlessFloors;
  /** A savings plan's discount; null without a plan, undefined for the highest that the book knows. */
  readonly savingsPlanDiscount: number | null | undefined;
}

/** A month's quantities; what the floors add is kept apart, so that a bill can show it. */
export interface ServerlessMonth {
  readonly ecpu: number;
  readonly ecpuOfFloor: number;
  readonly gigabyteHours: number;
  readonly gigabyteHoursOfFloor: number;
}

export function serverlessMonth(
  { hours, floors }: Pick<ServerlessUsage, "hours" | "floors">,
  rates: ServerlessRates,
): ServerlessMonth {
  assert(hours.length > 0, "a serverless month without an hour");
  const leastGB = Math.max(rates.minimumStorageGB, floors.storedBytes / BYTES_PER_STORED_GB);
  const leastEcpu = floors.ecpuPerSecond * 3_600;
  let [ecpu, ecpuOfFloor, gigabyteHours, gigabyteHoursOfFloor] = [0, 0, 0, 0];
  for (const hour of hours) {
    const gigabytes = hour.storedBytes / BYTES_PER_STORED_GB;
    ecpu += hour.ecpu;
    ecpuOfFloor += Math.max(0, leastEcpu - hour.ecpu);
    gigabyteHours += gigabytes;
    gigabyteHoursOfFloor += Math.max(0, leastGB - gigabytes);
  }
  const perMonth = HOURS_PER_MONTH / hours.length;
  return {
    ecpu: ecpu * perMonth,
    ecpuOfFloor: ecpuOfFloor * perMonth,
    gigabyteHours: gigabyteHours * perMonth,
    gigabyteHoursOfFloor: gigabyteHoursOfFloor * perMonth,
  };
}

export function serverlessCharges(usage: ServerlessUsage, book: PriceBook): Charges | UnknownPrice {
  const rates = serverlessRates(book, usage.engine);
  if (isUnknownPrice(rates)) return rates;
  const month = serverlessMonth(usage, rates);
  const { engine } = usage;
  const stored = (what: string, quantity: number) => costLine(what, quantity, "GB-hour", rates.storagePerGBHourUsd);
  const ecpu = (what: string, quantity: number) =>
    costLine(what, quantity / 1e6, "million ECPU", rates.perMillionEcpuUsd);
  const lines = [
    stored(`data stored, serverless ${engine}`, month.gigabyteHours),
    stored(FLOOR_STORED, month.gigabyteHoursOfFloor),
    ecpu(`requests, serverless ${engine}`, month.ecpu),
    ecpu(FLOOR_ECPU, month.ecpuOfFloor),
  ].filter(line => line.quantity > 0);
  const discount = planDiscount(usage, book);
  if (isUnknownPrice(discount)) return discount;
  return discount === null ? { invoiced: lines, fees: [] } : planned(usage, rates, lines, discount);
}

/** The discount of the plan; null where there is none. */
function planDiscount({ engine, savingsPlanDiscount }: ServerlessUsage, book: PriceBook): number | null | UnknownPrice {
  if (savingsPlanDiscount === null) return null;
  const { savingsPlan } = book;
  if (savingsPlan === null) return unknownPrice(book, "savings plan", "it does not know Database Savings Plans");
  if (engine !== savingsPlan.engine) {
    return unknownPrice(book, `savings plan for serverless ${engine}`, `${savingsPlan.engine} has one`);
  }
  return savingsPlanDiscount ?? savingsPlan.maxDiscountServerless;
}

/** The price list of an hour, floors included. */
function hourUsd(hour: ServerlessHour, floors: ServerlessFloors, rates: ServerlessRates): number {
  const month = serverlessMonth({ hours: [hour], floors }, rates);
  const ecpu = month.ecpu + month.ecpuOfFloor;
  const stored = month.gigabyteHours + month.gigabyteHoursOfFloor;
  return (stored * rates.storagePerGBHourUsd + (ecpu / 1e6) * rates.perMillionEcpuUsd) / HOURS_PER_MONTH;
}

/** On-demand value of an hour up to which the cheapest commitment reaches: exceeded in 1 - discount of the hours. */
export function bestCommitment(hourlyUsd: readonly number[], discount: number): number {
  const sorted = [...hourlyUsd].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(discount * sorted.length))];
}

function planned(
  { hours, floors }: ServerlessUsage,
  rates: ServerlessRates,
  lines: readonly CostLine[],
  discount: number,
): Charges {
  const values = hours.map(hour => hourUsd(hour, floors, rates));
  const reach = bestCommitment(values, discount);
  const covered = values.reduce((sum, usd) => sum + Math.min(usd, reach), 0) / values.length;
  const commitment = costLine(
    "savings plan, 1y no-upfront: commitment",
    HOURS_PER_MONTH,
    "hour",
    reach * (1 - discount),
  );
  return {
    invoiced: [...lines, costLine("covered by the savings plan", HOURS_PER_MONTH, "hour", -covered), commitment],
    fees: [],
    committed: [{ what: commitment.what, monthlyUsd: commitment.monthlyUsd, termMonths: SAVINGS_PLAN_MONTHS }],
  };
}
