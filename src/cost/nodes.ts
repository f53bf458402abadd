// Nodes by the hour or reserved, and what durability adds to them. Every node counts: primaries and replicas, all hours
// of the month.

import { assert } from "../assert.ts";
import { nodeType } from "../catalog/nodes.ts";
import { isUnknownPrice, onDemandHourly, type PriceBook, type UnknownPrice, unknownPrice } from "../catalog/prices.ts";
import type { EngineProduct } from "../catalog/product.ts";
import { reservedOffer, TERM_MONTHS } from "../catalog/reserved.ts";
import { HOURS_PER_MONTH } from "../units.ts";
import { type Charges, costLine } from "./bill.ts";
import { type Purchase, type ReservedTerms, reservedTerms } from "./purchase.ts";

/** Where an acknowledged write is kept besides memory; `sync` is dearer, `async` may lose the last seconds. */
export const DURABILITIES = ["none", "async", "sync"] as const;
export type Durability = (typeof DURABILITIES)[number];

export interface NodeUsage {
  /** "cache.r7g.large" */
  readonly node: string;
  readonly engine: EngineProduct;
  /** All nodes: shards times (1 + replicas). */
  readonly nodes: number;
  readonly purchase: Purchase;
}

export function nodeCharges(usage: NodeUsage, book: PriceBook): Charges | UnknownPrice {
  assert(Number.isInteger(usage.nodes) && usage.nodes >= 1, `a cluster of ${usage.nodes} nodes cannot be billed`);
  const reserved = reservedTerms(usage.purchase);
  if (reserved !== null) return reservedCharges(usage, reserved, book);
  const hourly = onDemandHourly(book, usage.node, usage.engine);
  if (isUnknownPrice(hourly)) return hourly;
  return { invoiced: [nodeHours(usage, "on-demand", hourly)], fees: [] };
}

function reservedCharges(usage: NodeUsage, { term, payment }: ReservedTerms, book: PriceBook): Charges | UnknownPrice {
  const offer = reservedOffer(book, usage.node, usage.engine, term, payment);
  if (isUnknownPrice(offer)) return offer;
  const { upfrontUsd, hourlyUsd, effectiveHourlyUsd } = offer;
  const invoiced = hourlyUsd === 0 ? [] : [nodeHours(usage, `${term} ${payment}`, hourlyUsd)];
  if (upfrontUsd === 0) return { invoiced, fees: [] };
  const what = `${usage.nodes} x ${usage.node} ${usage.engine}, ${term} ${payment}, fee at the start`;
  return {
    invoiced,
    fees: [
      {
        fee: { what, usd: usage.nodes * upfrontUsd, termMonths: TERM_MONTHS[term] },
        spread: nodeHours(usage, `${term} ${payment}, fee spread over ${term}`, effectiveHourlyUsd - hourlyUsd),
      },
    ],
  };
}

/** The surcharge is a share of the on-demand price, however the nodes are bought: it is a price-list item of its own. */
export function durabilityCharges(usage: NodeUsage, durability: Durability, book: PriceBook): Charges | UnknownPrice {
  if (durability === "none") return { invoiced: [], fees: [] };
  const { durability: prices } = book;
  if (prices === null) return unknownPrice(book, "durability surcharge", "it does not price durability");
  if (usage.engine !== prices.engine || !prices.families.includes(nodeType(usage.node).family)) {
    const known = `${prices.engine} on ${prices.families.join(", ")} nodes has it`;
    return unknownPrice(book, `durability surcharge of ${usage.node} with ${usage.engine}`, known);
  }
  const hourly = onDemandHourly(book, usage.node, usage.engine);
  if (isUnknownPrice(hourly)) return hourly;
  const share = durability === "sync" ? prices.syncSurchargeOfNodePrice : prices.asyncSurchargeOfNodePrice;
  return { invoiced: [nodeHours(usage, `${durability} durability`, hourly * share)], fees: [] };
}

function nodeHours({ nodes, node, engine }: NodeUsage, kind: string, hourlyUsd: number) {
  return costLine(`${nodes} x ${node} ${engine}, ${kind}`, nodes * HOURS_PER_MONTH, "node-hour", hourlyUsd);
}
