// Nodes by the hour, reserved or under a savings plan, and what durability and extended support add to them. Every node
// counts: primaries and replicas, all hours of the month.

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

/** Database Savings Plans have one term. */
export const SAVINGS_PLAN_MONTHS = 12;

export interface NodeUsage {
  /** "cache.r7g.large" */
  readonly node: string;
  readonly engine: EngineProduct;
  /** All nodes, primaries and replicas; their mean over the time that is billed where the number changed. */
  readonly nodes: number;
  readonly purchase: Purchase;
  /** Discount of a savings plan; the highest that the book knows when left out. */
  readonly savingsPlanDiscount?: number | undefined;
}

export function nodeCharges(usage: NodeUsage, book: PriceBook): Charges | UnknownPrice {
  assert(usage.nodes > 0 && Number.isFinite(usage.nodes), `a cluster of ${usage.nodes} nodes cannot be billed`);
  const reserved = reservedTerms(usage.purchase);
  if (reserved !== null) return reservedCharges(usage, reserved, book);
  const hourly = onDemandHourly(book, usage.node, usage.engine);
  if (isUnknownPrice(hourly)) return hourly;
  if (usage.purchase === "savings-plan-1y") return plannedCharges(usage, hourly, book);
  return { invoiced: [nodeHours(usage, "on-demand", hourly)], fees: [] };
}

/** Nodes run all hours, so the commitment is their whole discounted price: nothing is left to pay on demand. */
function plannedCharges(usage: NodeUsage, hourly: number, book: PriceBook): Charges | UnknownPrice {
  const discount = savingsPlanDiscount(usage, book);
  if (isUnknownPrice(discount)) return discount;
  const line = nodeHours(usage, "savings plan, 1y no-upfront", hourly * (1 - discount));
  return {
    invoiced: [line],
    fees: [],
    committed: [{ what: line.what, monthlyUsd: line.monthlyUsd, termMonths: SAVINGS_PLAN_MONTHS }],
  };
}

function savingsPlanDiscount(usage: NodeUsage, book: PriceBook): number | UnknownPrice {
  const { savingsPlan } = book;
  if (savingsPlan === null) return unknownPrice(book, "savings plan", "it does not know Database Savings Plans");
  if (usage.engine !== savingsPlan.engine || !savingsPlan.families.includes(nodeType(usage.node).family)) {
    const known = `${savingsPlan.engine} on ${savingsPlan.families.join(", ")} nodes has one`;
    return unknownPrice(book, `savings plan for ${usage.node} with ${usage.engine}`, known);
  }
  return usage.savingsPlanDiscount ?? savingsPlan.maxDiscountNodes;
}

function reservedCharges(usage: NodeUsage, { term, payment }: ReservedTerms, book: PriceBook): Charges | UnknownPrice {
  const offer = reservedOffer(book, usage.node, usage.engine, term, payment);
  if (isUnknownPrice(offer)) return offer;
  const { upfrontUsd, hourlyUsd, effectiveHourlyUsd } = offer;
  const invoiced = hourlyUsd === 0 ? [] : [nodeHours(usage, `${term} ${payment}`, hourlyUsd)];
  const committed = invoiced.map(({ what, monthlyUsd }) => ({ what, monthlyUsd, termMonths: TERM_MONTHS[term] }));
  if (upfrontUsd === 0) return { invoiced, fees: [], committed };
  const what = `${usage.nodes} x ${usage.node} ${usage.engine}, ${term} ${payment}, fee at the start`;
  return {
    invoiced,
    committed,
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

/** The years of extended support that AWS prices differently. */
export type SupportYear = 1 | 2 | 3;

/** What extended support of an old Redis OSS version adds: a share of the on-demand price, however nodes are bought. */
export function extendedSupportCharges(
  usage: NodeUsage,
  version: string,
  year: SupportYear,
  book: PriceBook,
): Charges | UnknownPrice {
  const { extendedSupport } = book;
  if (extendedSupport === null) return unknownPrice(book, "extended support", "it does not price it");
  if (!extendedSupport.versions.some(one => one.version === version)) {
    const known = extendedSupport.versions.map(one => one.version).join(", ");
    return unknownPrice(book, `extended support of ${version}`, `it knows ${known}`);
  }
  const hourly = onDemandHourly(book, usage.node, "redis");
  if (isUnknownPrice(hourly)) return hourly;
  const premium = year === 3 ? extendedSupport.premiumYear3 : extendedSupport.premiumYears1And2;
  return { invoiced: [nodeHours(usage, `extended support of ${version}, year ${year}`, hourly * premium)], fees: [] };
}

function nodeHours({ nodes, node, engine }: NodeUsage, kind: string, hourlyUsd: number) {
  return costLine(
    `${Number(nodes.toFixed(2))} x ${node} ${engine}, ${kind}`,
    nodes * HOURS_PER_MONTH,
    "node-hour",
    hourlyUsd,
  );
}
