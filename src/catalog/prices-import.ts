// A price book from the AWS Price List. What is in the list and not understood, and what is understood and not in the
// list, is told row by row: a book that silently lacks something would price a cluster too low.
//
// How rows are recognised (seen in files of 2025-06 and in public price readers of 2026):
//   nodes        productFamily «Cache Instance», usagetype [REGION-]NodeUsage:cache.…, unit Hrs
//   reserved     terms of the same SKU; LeaseContractLength 1yr/3yr, PurchaseOption, OfferingClass standard; Hrs, Quantity
//   serverless   productFamily «ElastiCache Serverless», usagetype …ElastiCacheProcessingUnits:ENGINE, …CachedData:ENGINE
//   backups      productFamily «Storage Snapshot», …BackupUsage, unit GB-Mo
// Minimum storage of serverless caches is no row of the list; it is the same everywhere (aws-facts.md, 2).

import { isNodeType } from "./nodes.ts";
import { missingFrom } from "./prices-complete.ts";
import type { BookFile } from "./prices-file.ts";
import { type OfferFile, type OfferProduct, offerFile, usdPer } from "./prices-offer.ts";
import { Groups, HOURS, type RowGroup, Rows, SOURCE } from "./prices-rows.ts";
import { ENGINE_PRODUCTS, type EngineProduct } from "./product.ts";

const OFFER_CODE = "AmazonElastiCache";
const MONTHS = ["GB-Mo", "GB-month", "GB-months"];

export interface Imported {
  readonly book: BookFile;
  readonly read: { readonly onDemand: number; readonly reserved: number; readonly serverless: number };
  /** Rows of the list that did not get into the book, by reason. */
  readonly left: readonly RowGroup[];
  /** What a complete book has and this one lacks. */
  readonly missing: readonly RowGroup[];
}

/** The file is no offer file of ElastiCache, or it has to be said which part of it is meant. */
export class OfferError extends Error {
  override readonly name = "OfferError";
}

export interface ImportOptions {
  readonly region?: string | undefined;
  readonly name?: string | undefined;
}

/** Reads an offer file that has been parsed as JSON. Throws OfferError. */
export function importOffer(data: unknown, options: ImportOptions = {}): Imported {
  const offer = readOffer(data);
  const region = chooseRegion(offer, options.region);
  const left = new Groups();
  const rows = new Rows();
  for (const product of Object.values(offer.products)) {
    if (regionOf(product) === region) readProduct(product, offer, rows, left);
  }
  const date = offer.publicationDate.slice(0, 10);
  const book: BookFile = {
    book: options.name ?? `aws-${region}-${date}`,
    title: `AWS Price List of ${OFFER_CODE}, ${region}, version ${offer.version}`,
    region,
    asOf: date,
    sources: {
      [SOURCE]: {
        title: `AWS Price List, offer file of ${OFFER_CODE}, version ${offer.version}`,
        url: `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${OFFER_CODE}/current/${region}/index.json`,
        date,
        confidence: "official",
      },
    },
    ...rows.sections(),
  };
  return {
    book,
    read: {
      onDemand: rows.onDemandCount,
      reserved: book.reserved.offers.length,
      serverless: book.serverless.length,
    },
    left: left.list(),
    missing: missingFrom(book),
  };
}

function readOffer(data: unknown): OfferFile {
  const parsed = offerFile.safeParse(data);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    const where = path.length === 0 ? "the file" : path.map(String).join(".");
    throw new OfferError(`is no offer file of the AWS Price List: ${where}: ${message}`);
  }
  const { offerCode, products } = parsed.data;
  if (offerCode !== OFFER_CODE) throw new OfferError(`is the price list of ${offerCode}, not of ${OFFER_CODE}`);
  if (Object.keys(products).length === 0) throw new OfferError("has no products");
  return parsed.data;
}

function regionOf({ attributes }: OfferProduct): string {
  return attributes.regionCode ?? attributes.location ?? "";
}

function chooseRegion(offer: OfferFile, wanted: string | undefined): string {
  const regions = [...new Set(Object.values(offer.products).map(regionOf))].filter(name => name !== "").sort();
  if (wanted !== undefined) {
    if (!regions.includes(wanted)) {
      throw new OfferError(`has no prices of region ${wanted}; it has ${regions.join(", ")}`);
    }
    return wanted;
  }
  if (regions.length === 1) return regions[0];
  throw new OfferError(
    regions.length === 0
      ? "names no region"
      : `has ${regions.length} regions: say which with --region (${regions.join(", ")})`,
  );
}

/** What a row of the list is. */
export type Meaning =
  | { readonly kind: "node"; readonly node: string; readonly engine: EngineProduct }
  | { readonly kind: "ecpu" | "stored"; readonly engine: EngineProduct }
  | { readonly kind: "backup" }
  | { readonly kind: "left"; readonly reason: string };

function meaningOf({ attributes, productFamily }: OfferProduct): Meaning {
  const usage = attributes.usagetype ?? "";
  if (attributes.locationType === "AWS Outposts" || usage.includes("Outpost")) return leave("nodes on AWS Outposts");
  if (usage.includes("ExtendedSupport")) return leave("extended support: books hold it as a share of the node price");
  const node = /(?:^|-)NodeUsage:(cache\.\S+)$/u.exec(usage)?.[1];
  const serverless = /(?:^|-)(ElastiCacheProcessingUnits|CachedData):(\w+)$/u.exec(usage);
  if (node !== undefined) {
    if (!isNodeType(node)) return leave("node types that the catalogue does not describe");
    const engine = engineOf(attributes.cacheEngine);
    return engine === null ? leave("nodes of unknown engines") : { kind: "node", node, engine };
  }
  if (serverless !== null) {
    const engine = engineOf(serverless[2]);
    if (engine === null) return leave("serverless rates of unknown engines");
    return { kind: serverless[1] === "CachedData" ? "stored" : "ecpu", engine };
  }
  if (/(?:^|-)BackupUsage$/u.test(usage) || productFamily === "Storage Snapshot") return { kind: "backup" };
  if (usage.includes("BackupUsage:")) return leave("backups by engine: one price for all is kept");
  return leave("rows of an unknown kind");
}

function leave(reason: string): Meaning {
  return { kind: "left", reason };
}

function engineOf(name: string | undefined): EngineProduct | null {
  const lower = (name ?? "").toLowerCase();
  return ENGINE_PRODUCTS.find(product => product === lower || (product === "redis" && lower === "redis oss")) ?? null;
}

function readProduct(product: OfferProduct, offer: OfferFile, rows: Rows, left: Groups): void {
  const { sku, attributes } = product;
  const label = `${attributes.usagetype ?? "?"} ${attributes.cacheEngine ?? ""}`.trimEnd();
  const meaning = meaningOf(product);
  if (meaning.kind === "left") return left.add(meaning.reason, label);
  const [onDemand] = Object.values(offer.terms.OnDemand[sku] ?? {});
  const usd = onDemand === undefined ? null : usdPer(onDemand, unitsOf(meaning.kind));
  if (usd === null) left.add("rows without an on-demand price in US dollars", label);
  else if (!rows.price(meaning, usd)) left.add("second prices of the same thing that differ from the first", label);
  if (meaning.kind !== "node") return;
  for (const term of Object.values(offer.terms.Reserved[sku] ?? {})) {
    const problem = rows.reserve(meaning.node, meaning.engine, term);
    if (problem !== null) left.add(problem, `${label} ${Object.values(term.termAttributes ?? {}).join(" ")}`.trimEnd());
  }
}

function unitsOf(kind: "node" | "ecpu" | "stored" | "backup"): readonly string[] {
  switch (kind) {
    case "node":
      return HOURS;
    case "ecpu":
      return ["ElastiCacheProcessingUnit", "ElastiCacheProcessingUnits", "ECPU"];
    case "stored":
      return ["GB-Hours", "GB-Hrs", "GB-hours"];
    case "backup":
      return MONTHS;
  }
}
