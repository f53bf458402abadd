// Price books: what a region's list, or an article, says that things cost. A book holds only what its source prints;
// asking for the rest gives an `UnknownPrice`, which says what the book does know, and never a guess from another book.

import { assert } from "../assert.ts";
import { type DataFile, indexRows, once, parseDataFile } from "./data-file.ts";
import { isNodeType, nodeType } from "./nodes.ts";
import seoul from "./prices/aws-ap-northeast-2.json" with { type: "json" };
import singapore from "./prices/aws-ap-southeast-1.json" with { type: "json" };
import virginia from "./prices/aws-us-east-1.json" with { type: "json" };
import seed from "./prices/seed-2025.json" with { type: "json" };
import { type BookFile, bookFile, type Payment, type Term } from "./prices-file.ts";
import { ENGINE_PRODUCTS, type EngineProduct } from "./product.ts";

type OnDemandRow = Readonly<BookFile["onDemand"][number]>;
export type ReservedDiscount = Readonly<BookFile["reserved"]["discounts"][number]>;
export type PrintedOffer = Readonly<BookFile["reserved"]["offers"][number]>;
export type ServerlessRates = Readonly<BookFile["serverless"][number]>;

export interface PriceBook
  extends Readonly<
    Pick<
      BookFile,
      | "title"
      | "region"
      | "asOf"
      | "sources"
      | "backup"
      | "dataTransfer"
      | "durability"
      | "extendedSupport"
      | "savingsPlan"
    >
  > {
  readonly name: string;
  readonly onDemand: ReadonlyMap<string, OnDemandRow>;
  readonly reservedFamilies: BookFile["reserved"]["families"];
  /** By `reservedKey(term, payment)`. */
  readonly reservedDiscounts: ReadonlyMap<string, ReservedDiscount>;
  /** By `reservedKey(term, payment, node, engine)`. */
  readonly reservedOffers: ReadonlyMap<string, PrintedOffer>;
  readonly serverless: ReadonlyMap<EngineProduct, ServerlessRates>;
}

export { PAYMENTS, type Payment, TERMS, type Term } from "./prices-file.ts";

export function reservedKey(term: Term, payment: Payment, node = "", engine: EngineProduct | null = null): string {
  return `${term} ${payment} ${node} ${engine ?? ""}`.trimEnd();
}

/** A book from its file. Rows that stand twice and node types that the catalogue does not have are refused. */
export function readPriceBook(source: DataFile): PriceBook {
  const { book, onDemand, reserved, serverless, ...rest } = parseDataFile(bookFile, source);
  const indexed = <R>(kind: string, rows: readonly R[], key: (row: R) => string) =>
    indexRows(
      `${kind} of ${book}:`,
      rows.map(row => ({ file: source.file, key: key(row), row })),
    );
  for (const { node } of [...onDemand, ...reserved.offers]) {
    assert(isNodeType(node), `${source.file} prices ${node}, which no file in nodes/ describes`);
  }
  return {
    ...rest,
    name: book,
    onDemand: indexed("on-demand price", onDemand, row => row.node),
    reservedFamilies: reserved.families,
    reservedDiscounts: indexed("reserved discount", reserved.discounts, row => reservedKey(row.term, row.payment)),
    reservedOffers: indexed("reserved price", reserved.offers, row =>
      reservedKey(row.term, row.payment, row.node, row.engine),
    ),
    serverless: indexed("serverless rate", serverless, row => row.engine) as PriceBook["serverless"],
  };
}

/** The books by name. Exported so that tests can show that a name taken twice is refused. */
export function joinPriceBooks(files: readonly DataFile[]): ReadonlyMap<string, PriceBook> {
  return indexRows(
    "price book",
    files.map(readPriceBook).map((row, i) => ({ file: files[i].file, key: row.name, row })),
  );
}

const books = once(() =>
  joinPriceBooks([
    { file: "prices/aws-us-east-1.json", data: virginia },
    { file: "prices/aws-ap-northeast-2.json", data: seoul },
    { file: "prices/aws-ap-southeast-1.json", data: singapore },
    { file: "prices/seed-2025.json", data: seed },
  ]),
);

export function priceBookNames(): readonly string[] {
  return [...books().keys()];
}

export function priceBook(name: string): PriceBook {
  const found = books().get(name);
  assert(found !== undefined, `the catalogue has no price book ${name}`);
  return found;
}

/** A price that a book does not print. A value, not an error: the scenario layer turns it into an issue. */
export interface UnknownPrice {
  readonly kind: "unknown-price";
  readonly book: string;
  readonly what: string;
  /** What the book does know of it. */
  readonly known: string;
  /** The sentence for the user. */
  readonly message: string;
}

export function unknownPrice(book: PriceBook, what: string, known: string): UnknownPrice {
  const message = `price book ${book.name} has no ${what}: ${known}`;
  return { kind: "unknown-price", book: book.name, what, known, message };
}

export function isUnknownPrice(value: unknown): value is UnknownPrice {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "unknown-price";
}

/** US dollars for one node and one hour. */
export function onDemandHourly(book: PriceBook, node: string, product: EngineProduct): number | UnknownPrice {
  const row = book.onDemand.get(node);
  const price = row?.[product] ?? null;
  return price ?? unknownPrice(book, `on-demand price of ${node} with ${product}`, knownAround(book, node, row));
}

function knownAround(book: PriceBook, node: string, row: OnDemandRow | undefined): string {
  if (row !== undefined) {
    const engines = ENGINE_PRODUCTS.filter(product => row[product] !== null);
    return `for this node it knows ${engines.join(" and ")}`;
  }
  const names = [...book.onDemand.keys()];
  const siblings = names.filter(name => nodeType(name).family === nodeType(node).family);
  return `it knows ${(siblings.length > 0 ? siblings : names).join(", ")}`;
}

/** What a serverless cache of this engine costs per GB-hour and per million ECPU. */
export function serverlessRates(book: PriceBook, product: EngineProduct): ServerlessRates | UnknownPrice {
  const known = [...book.serverless.keys()].join(" and ");
  return book.serverless.get(product) ?? unknownPrice(book, `serverless rates of ${product}`, `it knows ${known}`);
}
