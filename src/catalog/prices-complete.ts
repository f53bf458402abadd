// What an imported price book lacks, and how another book's general prices are taken over.

import { nodeTypes } from "./nodes.ts";
import type { PriceBook } from "./prices.ts";
import { type BookFile, PAYMENTS, TERMS } from "./prices-file.ts";
import { Groups, type RowGroup } from "./prices-rows.ts";
import { ENGINE_PRODUCTS } from "./product.ts";

const SECTIONS = [
  ["backup", "backup storage"],
  ["dataTransfer", "transfer across zones (it is in the list of AWSDataTransfer)"],
  ["durability", "surcharge for durable writes"],
  ["extendedSupport", "premium of extended support"],
  ["savingsPlan", "discounts of Database Savings Plans (they have an API of their own)"],
] as const;

/** The parts of a book that may be complete or not. */
type Content = Pick<BookFile, "onDemand" | "serverless" | (typeof SECTIONS)[number][0]> & {
  readonly reserved: Pick<BookFile["reserved"], "discounts" | "offers">;
};

/** What a complete book has and this one lacks. */
export function missingFrom(book: Content): RowGroup[] {
  const groups = new Groups();
  const priced = new Map(book.onDemand.map(row => [row.node, row]));
  const discounts = new Set(book.reserved.discounts.map(({ term, payment }) => `${term} ${payment}`));
  const offers = new Set(
    book.reserved.offers.map(({ node, engine, term, payment }) => `${node} ${engine ?? "any"} ${term} ${payment}`),
  );
  for (const { type, engines, newClusters } of nodeTypes()) {
    for (const engine of newClusters ? engines : []) {
      if ((priced.get(type)?.[engine] ?? null) === null) {
        groups.add("on-demand prices", `${type} ${engine}`);
        continue;
      }
      for (const terms of TERMS.flatMap(term => PAYMENTS.map(payment => `${term} ${payment}`))) {
        const known = [`${type} ${engine} ${terms}`, `${type} any ${terms}`].some(one => offers.has(one));
        if (!known && !discounts.has(terms)) groups.add("reserved prices", `${type} ${engine} ${terms}`);
      }
    }
  }
  for (const engine of ENGINE_PRODUCTS) {
    if (!book.serverless.some(row => row.engine === engine)) groups.add("serverless rates", engine);
  }
  for (const [section, what] of SECTIONS) if (book[section] === null) groups.add("other prices", what);
  return groups.list();
}

/** How much of a book there is: in words, and what it lacks. */
export function coverageOf(book: PriceBook): { readonly priced: string; readonly missing: readonly RowGroup[] } {
  const priced = `${book.onDemand.size} node types, ${book.reservedOffers.size} reserved prices, ${book.reservedDiscounts.size} reserved discounts, serverless for ${[...book.serverless.keys()].join(", ") || "no engine"}`;
  const { backup, dataTransfer, durability, extendedSupport, savingsPlan } = book;
  const missing = missingFrom({
    onDemand: [...book.onDemand.values()],
    reserved: { discounts: [...book.reservedDiscounts.values()], offers: [...book.reservedOffers.values()] },
    serverless: [...book.serverless.values()],
    ...{ backup, dataTransfer, durability, extendedSupport, savingsPlan },
  });
  return { priced, missing };
}

/** Takes from another book what offer files never hold; what came from there says so in its source. */
export function completeFrom(book: BookFile, other: PriceBook): BookFile {
  const sources = { ...book.sources };
  const take = <T extends { readonly sources: readonly string[] }>(mine: T | null, theirs: T | null): T | null => {
    if (mine !== null || theirs === null) return mine;
    const renamed = theirs.sources.map(id => `${other.name}/${id}`);
    theirs.sources.forEach((id, i) => {
      sources[renamed[i]] = other.sources[id];
    });
    return { ...theirs, sources: renamed };
  };
  const support = take(book.extendedSupport, other.extendedSupport);
  return {
    ...book,
    backup: take(book.backup, other.backup),
    dataTransfer: take(book.dataTransfer, other.dataTransfer),
    durability: take(book.durability, other.durability),
    savingsPlan: take(book.savingsPlan, other.savingsPlan),
    extendedSupport:
      support === null || support === book.extendedSupport
        ? support
        : { ...support, versions: support.versions.map(one => ({ ...one, sources: support.sources })) },
    sources,
  };
}
