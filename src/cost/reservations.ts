// Reservations that somebody already holds, and nodes of other sizes that they cover (size flexibility, since 2024).
//
//   units(node) = units of its size * (0.8 on Valkey)        covered = min(units held, units running)
// within a Region and a node family. A reservation for Redis OSS covers Valkey nodes too, and lasts a quarter longer there;
// one for Valkey covers Valkey only, one for Memcached Memcached only. What is held and not needed is paid all the same.
//
// Units per size: ElastiCache and MemoryDB guides («normalized units»), 2024-2026. 0.8: the price list of 2025-06-24 gives
// cache.c7gn.large 3.2 units on Valkey, where a large node has 4. That Redis OSS reservations cover Valkey is derived from it.

import { assert } from "../assert.ts";
import { nodeType } from "../catalog/nodes.ts";
import { isUnknownPrice, onDemandHourly, type PriceBook, type UnknownPrice } from "../catalog/prices.ts";
import type { EngineProduct } from "../catalog/product.ts";
import { HOURS_PER_MONTH } from "../units.ts";
import { type Charges, type CostLine, costLine } from "./bill.ts";
import { type NodeUsage, nodeCharges } from "./nodes.ts";
import { reservedTerms } from "./purchase.ts";

const UNITS: Readonly<Record<string, number>> = {
  micro: 0.5,
  small: 1,
  medium: 2,
  large: 4,
  xlarge: 8,
  "2xlarge": 16,
  "4xlarge": 32,
  "8xlarge": 64,
  "10xlarge": 80,
  "12xlarge": 96,
  "16xlarge": 128,
  "24xlarge": 192,
};
const VALKEY_SHARE = 0.8;

/** Normalised units of one node. */
export function unitsOf(node: string, engine: EngineProduct): number {
  const units = UNITS[nodeType(node).size];
  assert(units !== undefined, `size ${nodeType(node).size} has no normalised units`);
  return units * (engine === "valkey" ? VALKEY_SHARE : 1);
}

/** Whether a reservation may cover a running node at all. */
export function mayCover(held: NodeUsage, running: NodeUsage): boolean {
  const sameFamily = nodeType(held.node).family === nodeType(running.node).family;
  const sameEngine = held.engine === running.engine || (held.engine === "redis" && running.engine === "valkey");
  return sameFamily && sameEngine && reservedTerms(held.purchase) !== null;
}

export interface Covered {
  readonly charges: Charges;
  /** What is paid for reservations that nothing runs on, as lines of a month. */
  readonly unused: readonly CostLine[];
}

/** Running nodes, of which as many as possible are covered by what is held; the rest is on demand. */
export function coveredCharges(
  running: NodeUsage,
  held: readonly NodeUsage[],
  book: PriceBook,
): Covered | readonly UnknownPrice[] {
  const hourly = onDemandHourly(book, running.node, running.engine);
  const bought = held.map(one => nodeCharges(one, book));
  const unknown = [hourly, ...bought].filter(isUnknownPrice);
  if (isUnknownPrice(hourly) || unknown.length > 0) return unknown;
  const charges = bought.filter((one): one is Charges => !isUnknownPrice(one));
  const perNode = unitsOf(running.node, running.engine);
  let wanted = running.nodes * perNode;
  const unused: CostLine[] = [];
  held.forEach((one, i) => {
    const units = one.nodes * unitsOf(one.node, one.engine);
    const taken = mayCover(one, running) ? Math.min(units, wanted) : 0;
    wanted -= taken;
    // Units of different engines differ in the last digits.
    const idle = 1 - taken / units;
    if (idle < 1e-9) return;
    const monthlyUsd = monthOf(charges[i]);
    unused.push(costLine(`reservation of ${one.nodes} x ${one.node} ${one.engine}, unused`, idle, "share", monthlyUsd));
  });
  const { node, engine } = running;
  const beyond = wanted / perNode < 1e-9 ? 0 : wanted / perNode;
  const rest =
    beyond === 0
      ? []
      : [costLine(`${tidy(beyond)} x ${node} ${engine}, on-demand`, beyond * HOURS_PER_MONTH, "node-hour", hourly)];
  return {
    charges: {
      invoiced: [...charges.flatMap(one => one.invoiced), ...rest],
      fees: charges.flatMap(one => one.fees),
      committed: charges.flatMap(one => one.committed ?? []),
    },
    unused,
  };
}

function tidy(nodes: number): number {
  return Number(nodes.toFixed(4));
}

function monthOf({ invoiced, fees }: Charges): number {
  return [...invoiced, ...fees.map(one => one.spread)].reduce((sum, line) => sum + line.monthlyUsd, 0);
}
