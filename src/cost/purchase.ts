// How nodes are bought. The scenario schema takes its names from this table.

import { PAYMENTS, type Payment, TERMS, type Term } from "../catalog/prices.ts";

export type Purchase = "on-demand" | "savings-plan-1y" | `reserved-${Term}-${Payment}`;

export interface ReservedTerms {
  readonly term: Term;
  readonly payment: Payment;
}

/** Null where nothing is reserved. */
const TABLE: ReadonlyMap<Purchase, ReservedTerms | null> = new Map([
  ["on-demand", null] as const,
  ["savings-plan-1y", null] as const,
  ...TERMS.flatMap(term =>
    PAYMENTS.map((payment): [Purchase, ReservedTerms] => [`reserved-${term}-${payment}`, { term, payment }]),
  ),
]);

/** "on-demand", "savings-plan-1y", "reserved-1y-no-upfront" and so on. */
export const PURCHASES: readonly Purchase[] = [...TABLE.keys()];

export function reservedTerms(purchase: Purchase): ReservedTerms | null {
  return TABLE.get(purchase) ?? null;
}
