// The AWS Price List's offer file, as far as it is read: products by SKU with their attributes, and for each SKU its
// on-demand and reserved terms with one dimension per unit (price list bulk API, format v1.0; seen in files of 2025-06).

import { z } from "zod";

const attributes = z.record(z.string(), z.string());

const product = z.looseObject({ sku: z.string(), productFamily: z.string().optional(), attributes });

const dimension = z.looseObject({ unit: z.string(), pricePerUnit: z.record(z.string(), z.string()) });

const term = z.looseObject({
  priceDimensions: z.record(z.string(), dimension),
  termAttributes: attributes.optional(),
});

const terms = z.record(z.string(), z.record(z.string(), term));

export const offerFile = z.looseObject({
  offerCode: z.string(),
  version: z.string(),
  publicationDate: z.string().regex(/^\d{4}-\d{2}-\d{2}/u),
  products: z.record(z.string(), product),
  terms: z.looseObject({ OnDemand: terms, Reserved: terms.default({}) }),
});

export type OfferFile = z.infer<typeof offerFile>;
export type OfferProduct = z.infer<typeof product>;
export type OfferTerm = z.infer<typeof term>;

/** US dollars per unit of a term's dimension; null where there is none in that unit, or not in dollars. */
export function usdPer(one: OfferTerm, units: readonly string[]): number | null {
  for (const { unit, pricePerUnit } of Object.values(one.priceDimensions)) {
    if (!units.includes(unit) || !Object.hasOwn(pricePerUnit, "USD")) continue;
    const usd = Number(pricePerUnit.USD);
    if (Number.isFinite(usd) && usd >= 0) return usd;
  }
  return null;
}
