// Where serverless, on-demand, savings plans and reservations cross over, as the load grows. Closed form.
//
//   serverless   GB-hours of data at least the minimum, and max(1, KB) ECPU per request        (cost/serverless.ts)
//   nodes        shards = max(data / (usable memory * fill), peak rate / (rate of one thread * use)), each with its replicas;
//                of all node types that the book prices the cheapest; so the line has steps
// Keys grow with the load: twice the users ask for twice the keys. Data: value + 100 B per key (91-115 B measured on
// Valkey 8.0 and 7.2, valkey.io 2024-09-04). Use 60 % of a thread at the peak, fill 80 % of maxmemory after the reserve of
// 25 % (AWS alarms at 80 %): assumed as limits that hold latencies. 160,000 GET/s on one Graviton3 thread (devhands.io
// 2024), by speed of the family. Left out: network, TTLs, data tiering, I/O threads: nodes come out dearer, not cheaper.

import { maxmemoryAfterReserve, nodeTypes } from "../catalog/nodes.ts";
import { isUnknownPrice, onDemandHourly, type PriceBook } from "../catalog/prices.ts";
import type { EngineProduct } from "../catalog/product.ts";
import type { Bill } from "../cost/bill.ts";
import { clusterBill, isUnpriced, serverlessBill } from "../cost/cluster.ts";
import { breakEven } from "../cost/commitment.ts";
import { PURCHASES, type Purchase } from "../cost/purchase.ts";
import { NO_FLOORS } from "../cost/serverless.ts";

const KEY_BYTES = 100;
const PROTOCOL_BYTES = 60;
const RESERVE_PERCENT = 25;
const FILL = 0.8;
const THREAD_USE = 0.6;
/** Per second on one thread of speed 1 (Graviton2): 160,000 on Graviton3, which is 1.28 times as fast. */
const THREAD_RATE = 125_000;

export interface CrossoverShape {
  readonly engine: EngineProduct;
  readonly valueBytes: number;
  /** Keys per request and second of load. */
  readonly keysPerRate: number;
  readonly peakToMean: number;
  readonly replicas: number;
}

export interface Sized {
  readonly node: string;
  readonly nodes: number;
  readonly boundBy: "memory" | "cpu";
}

/** The cheapest cluster of nodes for a load; null when the book prices none. */
export function sizeNodes(rate: number, shape: CrossoverShape, book: PriceBook): Sized | null {
  const data = rate * shape.keysPerRate * (shape.valueBytes + KEY_BYTES);
  let best: (Sized & { readonly hourly: number }) | null = null;
  for (const type of nodeTypes()) {
    const hourly = onDemandHourly(book, type.type, shape.engine);
    if (isUnknownPrice(hourly) || type.cpuCredits !== null || type.ssdGiB !== null || !type.newClusters) continue;
    const byMemory = Math.ceil(data / (maxmemoryAfterReserve(type, RESERVE_PERCENT) * FILL));
    const byCpu = Math.ceil((rate * shape.peakToMean) / (THREAD_RATE * type.cpuSpeed.value * THREAD_USE));
    const nodes = Math.max(1, byMemory, byCpu) * (1 + shape.replicas);
    if (best !== null && nodes * hourly >= best.nodes * best.hourly) continue;
    best = { node: type.type, nodes, hourly, boundBy: byMemory >= byCpu ? "memory" : "cpu" };
  }
  return best === null ? null : { node: best.node, nodes: best.nodes, boundBy: best.boundBy };
}

const NO_BACKUPS = { bytesPerBackup: 0, kept: 0, free: 0 };

export function serverlessMonthly(rate: number, shape: CrossoverShape, book: PriceBook): number | null {
  const ecpu = Math.max(1, (shape.valueBytes + PROTOCOL_BYTES) / 1_024);
  const bill = serverlessBill(
    {
      engine: shape.engine,
      hours: [
        {
          ecpu: rate * 3_600 * ecpu,
          storedBytes: rate * shape.keysPerRate * (shape.valueBytes + KEY_BYTES),
        },
      ],
      floors: NO_FLOORS,
      savingsPlanDiscount: null,
      backups: NO_BACKUPS,
    },
    book,
  );
  return isUnpriced(bill) ? null : bill.monthlyUsd;
}

function nodesBill(rate: number, shape: CrossoverShape, purchase: Purchase, book: PriceBook): Bill | null {
  const sized = sizeNodes(rate, shape, book);
  if (sized === null) return null;
  const { node, nodes } = sized;
  const usage = { node, nodes, engine: shape.engine, purchase, durability: "none", backups: NO_BACKUPS } as const;
  const bill = clusterBill({ ...usage, crossAzBytesPerMonth: 0 }, book);
  return isUnpriced(bill) ? null : bill;
}

export interface OfferRow {
  readonly offer: Purchase;
  /** At the load that was asked for; null where the book lacks the price. */
  readonly monthlyUsd: number | null;
  readonly upfrontUsd: number | null;
  /** Loads at which it becomes cheaper than serverless: the first one, and the one from which on it stays so. */
  readonly crossing: { readonly first: number; readonly last: number; readonly serverlessMonthlyUsd: number } | null;
  readonly breakEvenMonths: number | null;
}

export interface Crossover {
  readonly rate: number;
  readonly serverlessMonthlyUsd: number | null;
  readonly sized: Sized | null;
  readonly offers: readonly OfferRow[];
}

const LOADS = 400;
const LOWEST = 1;
const HIGHEST = 1e7;

/** All offers beside serverless, for loads from 1 to 10 million requests per second. */
export function crossover(rate: number, shape: CrossoverShape, book: PriceBook): Crossover {
  const loads = Array.from({ length: LOADS }, (_, i) => LOWEST * (HIGHEST / LOWEST) ** (i / (LOADS - 1)));
  const onDemand = nodesBill(rate, shape, "on-demand", book);
  return {
    rate,
    serverlessMonthlyUsd: serverlessMonthly(rate, shape, book),
    sized: sizeNodes(rate, shape, book),
    offers: PURCHASES.map((offer): OfferRow => {
      const bill = nodesBill(rate, shape, offer, book);
      return {
        offer,
        monthlyUsd: bill?.monthlyUsd ?? null,
        upfrontUsd: bill?.upfrontUsd ?? null,
        crossing: crossingOf(loads, shape, offer, book),
        breakEvenMonths:
          bill === null || onDemand === null || offer === "on-demand"
            ? null
            : breakEven(bill, onDemand.monthlyUsd).leavingMonths,
      };
    }),
  };
}

function crossingOf(loads: readonly number[], shape: CrossoverShape, offer: Purchase, book: PriceBook) {
  let first: number | null = null;
  let last: number | null = null;
  for (const load of loads) {
    const serverless = serverlessMonthly(load, shape, book);
    const nodes = nodesBill(load, shape, offer, book)?.monthlyUsd ?? null;
    if (serverless === null || nodes === null) continue;
    if (nodes >= serverless) last = null;
    else {
      first ??= load;
      last ??= load;
    }
  }
  if (first === null || last === null) return null;
  return { first, last, serverlessMonthlyUsd: serverlessMonthly(last, shape, book) ?? 0 };
}
