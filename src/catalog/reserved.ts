// Reserved nodes. Price lists of reserved nodes are long and only partly at hand, so an offer is the price printed for
// the node where the book has one, and otherwise the book's discount on the on-demand price.
//
// Rule for what is due when: no upfront pays the whole by the hour, all upfront the whole at the start, partial upfront
// half at the start and half by the hour. The one partial offer known in full (cache.r7g.large Valkey, Singapore,
// 2026-07) splits 50.1 to 49.9 for one year and 50.05 to 49.95 for three.

import { HOURS_PER_MONTH } from "../units.ts";
import { nodeType } from "./nodes.ts";
import {
  onDemandHourly,
  type Payment,
  type PriceBook,
  type PrintedOffer,
  type ReservedDiscount,
  reservedKey,
  type Term,
  type UnknownPrice,
  unknownPrice,
} from "./prices.ts";
import type { EngineProduct } from "./product.ts";

export const TERM_MONTHS: Readonly<Record<Term, number>> = { "1y": 12, "3y": 36 };

const UPFRONT_SHARE: Readonly<Record<Payment, number>> = { "no-upfront": 0, "partial-upfront": 0.5, "all-upfront": 1 };

/** One reserved node. Every hour of the term is billed, used or not. */
export interface ReservedOffer {
  readonly upfrontUsd: number;
  readonly hourlyUsd: number;
  /** All that is paid over the term, per hour of the term. */
  readonly effectiveHourlyUsd: number;
  /** Where the figure comes from, for reports. */
  readonly basis: string;
}

export function reservedOffer(
  book: PriceBook,
  node: string,
  product: EngineProduct,
  term: Term,
  payment: Payment,
): ReservedOffer | UnknownPrice {
  const onDemand = onDemandHourly(book, node, product);
  if (typeof onDemand !== "number") return onDemand;
  const families = book.reservedFamilies;
  if (families !== null && !families.names.includes(nodeType(node).family)) {
    return unknownPrice(book, `reserved price of ${node}`, families.note);
  }
  const printed =
    book.reservedOffers.get(reservedKey(term, payment, node, product)) ??
    book.reservedOffers.get(reservedKey(term, payment, node));
  if (printed !== undefined) return printedOffer(printed, `printed for ${node}`);
  const row = book.reservedDiscounts.get(reservedKey(term, payment));
  if (row === undefined) {
    const known = [...book.reservedDiscounts.keys()].join(", ");
    return unknownPrice(book, `${term} ${payment} discount`, known === "" ? "it knows none" : `it knows ${known}`);
  }
  return split(onDemand * (1 - row.discount), term, payment, discountBasis(row));
}

function printedOffer({ price, term, payment }: PrintedOffer, basis: string): ReservedOffer {
  if ("effectiveHourlyUsd" in price) return split(price.effectiveHourlyUsd, term, payment, basis);
  const { upfrontUsd, hourlyUsd } = price;
  const hours = HOURS_PER_MONTH * TERM_MONTHS[term];
  return { upfrontUsd, hourlyUsd, effectiveHourlyUsd: upfrontUsd / hours + hourlyUsd, basis };
}

function split(effectiveHourlyUsd: number, term: Term, payment: Payment, basis: string): ReservedOffer {
  const upfront = effectiveHourlyUsd * UPFRONT_SHARE[payment];
  return {
    upfrontUsd: upfront * HOURS_PER_MONTH * TERM_MONTHS[term],
    hourlyUsd: effectiveHourlyUsd - upfront,
    effectiveHourlyUsd,
    basis,
  };
}

function discountBasis({ discount, sources }: ReservedDiscount): string {
  return `${(discount * 100).toFixed(1)} % below on-demand (${sources.join(", ")})`;
}
