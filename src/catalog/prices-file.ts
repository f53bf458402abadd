// The file of a price book: its schema. Books that ship with the catalogue and books that a user brings have the same form.

import { z } from "zod";
import { sourceIds, sources } from "./data-file.ts";
import { ENGINE_PRODUCTS } from "./product.ts";

export const TERMS = ["1y", "3y"] as const;
export const PAYMENTS = ["no-upfront", "partial-upfront", "all-upfront"] as const;
export type Term = (typeof TERMS)[number];
export type Payment = (typeof PAYMENTS)[number];

const usd = z.number().nonnegative();
const share = z.number().min(0).max(1);
const engine = z.enum(ENGINE_PRODUCTS);
const familyNames = z.array(z.string()).min(1).readonly();

export const bookFile = z.strictObject({
  book: z.string(),
  title: z.string(),
  region: z.string(),
  asOf: z.string(),
  sources,
  /** US dollars per node and hour; null where the book prints none. */
  onDemand: z.array(
    z.strictObject({
      node: z.string(),
      valkey: usd.nullable(),
      redis: usd.nullable(),
      memcached: usd.nullable(),
      sources: sourceIds,
    }),
  ),
  reserved: z.strictObject({
    /** Families with the three payment options; null where the book makes no difference. */
    families: z.strictObject({ names: familyNames, note: z.string(), sources: sourceIds }).nullable(),
    /** Saving against on-demand over the whole term. */
    discounts: z.array(
      z.strictObject({
        term: z.enum(TERMS),
        payment: z.enum(PAYMENTS),
        discount: share,
        low: share,
        high: share,
        sources: sourceIds,
      }),
    ),
    /** Prices printed for one node type; they go before the discount. */
    offers: z.array(
      z.strictObject({
        node: z.string(),
        /** Null where the list makes no difference between engines. */
        engine: engine.nullable(),
        term: z.enum(TERMS),
        payment: z.enum(PAYMENTS),
        price: z.union([
          /** What is due at the start and by the hour, as AWS lists it. */
          z.strictObject({ upfrontUsd: usd, hourlyUsd: usd }).readonly(),
          /** All that is due over the term, per hour of the term: when it is due follows from the payment. */
          z.strictObject({ effectiveHourlyUsd: usd }).readonly(),
        ]),
        sources: sourceIds,
      }),
    ),
  }),
  serverless: z.array(
    z.strictObject({
      engine,
      storagePerGBHourUsd: usd,
      perMillionEcpuUsd: usd,
      /** Less than this is billed as this. */
      minimumStorageGB: z.number().positive(),
      sources: sourceIds,
    }),
  ),
  backup: z
    .strictObject({
      perGBMonthUsd: usd,
      /** How many backups of a cluster cost nothing: the sources disagree. */
      freeBackupsLow: z.int().nonnegative(),
      freeBackupsHigh: z.int().nonnegative(),
      note: z.string(),
      sources: sourceIds,
    })
    .nullable(),
  dataTransfer: z
    .strictObject({
      crossAzPerGBUsd: usd,
      sameAzPerGBUsd: usd,
      replicationCrossAzPerGBUsd: usd.nullable(),
      note: z.string(),
      sources: sourceIds,
    })
    .nullable(),
  durability: z
    .strictObject({
      syncSurchargeOfNodePrice: share,
      asyncSurchargeOfNodePrice: share,
      engine,
      families: familyNames,
      sources: sourceIds,
    })
    .nullable(),
  /** Old engine versions: premium on the on-demand node price. */
  extendedSupport: z
    .strictObject({
      premiumYears1And2: z.number().positive(),
      premiumYear3: z.number().positive(),
      maxYears: z.int().positive(),
      versions: z.array(z.strictObject({ version: z.string(), from: z.string(), sources: sourceIds })),
      sources: sourceIds,
    })
    .nullable(),
  /** Database Savings Plans: known maxima only. */
  savingsPlan: z
    .strictObject({
      maxDiscountNodes: share,
      maxDiscountServerless: share,
      termYears: z.int().positive(),
      engine,
      families: familyNames,
      note: z.string(),
      sources: sourceIds,
    })
    .nullable(),
});

export type BookFile = z.infer<typeof bookFile>;
