// Rows of a price book while they come in from an offer file, and lists of what did not get in.

import { nodeTypes } from "./nodes.ts";
import { type BookFile, PAYMENTS, type Payment, type Term } from "./prices-file.ts";
import type { Meaning } from "./prices-import.ts";
import { type OfferTerm, usdPer } from "./prices-offer.ts";
import { ENGINE_PRODUCTS, type EngineProduct } from "./product.ts";

/** Id of the one source that an imported book has. */
export const SOURCE = "LIST";
export const HOURS = ["Hrs", "Hours"];

/** Pricing page and AWS toolkit, 2026: 100 MB on Valkey, 1 GB on the others. */
const MINIMUM_STORAGE_GB: Readonly<Record<EngineProduct, number>> = { valkey: 0.1, redis: 1, memcached: 1 };

/** Without the last digits that come from multiplying. */
const clean = (value: number) => Number(value.toPrecision(12));

/** The rows of the book as they come in. */
export class Rows {
  onDemandCount = 0;
  private readonly nodes = new Map<string, Map<EngineProduct, number>>();
  private readonly ecpu = new Map<EngineProduct, number>();
  private readonly stored = new Map<EngineProduct, number>();
  private backup: number | null = null;
  private readonly offers = new Map<string, BookFile["reserved"]["offers"][number]>();

  /** Takes a price; false when another one is known already. */
  price(meaning: Exclude<Meaning, { kind: "left" }>, usd: number): boolean {
    if (meaning.kind === "backup") {
      const fits = this.backup === null || this.backup === usd;
      this.backup ??= usd;
      return fits;
    }
    if (meaning.kind !== "node") return put(meaning.kind === "ecpu" ? this.ecpu : this.stored, meaning.engine, usd);
    const { node, engine } = meaning;
    const prices = this.nodes.get(node) ?? new Map<EngineProduct, number>();
    this.nodes.set(node, prices);
    if (!prices.has(engine)) this.onDemandCount++;
    return put(prices, engine, usd);
  }

  /** Takes a reserved term; returns why it was left out, or null. */
  reserve(node: string, engine: EngineProduct, term: OfferTerm): string | null {
    const of = term.termAttributes ?? {};
    const length: Readonly<Record<string, Term>> = { "1yr": "1y", "3yr": "3y" };
    const years = length[of.LeaseContractLength ?? ""];
    const payment = (of.PurchaseOption ?? "").toLowerCase().replace(" ", "-") as Payment;
    if (years === undefined || !PAYMENTS.includes(payment)) return "reserved terms of an unknown length or payment";
    if (of.OfferingClass !== undefined && of.OfferingClass !== "standard") return "reserved terms of another class";
    const hourlyUsd = usdPer(term, HOURS);
    const upfrontUsd = usdPer(term, ["Quantity"]);
    if (hourlyUsd === null && upfrontUsd === null) return "reserved terms without a price in US dollars";
    const price = { upfrontUsd: upfrontUsd ?? 0, hourlyUsd: hourlyUsd ?? 0 };
    const key = `${node} ${engine} ${years} ${payment}`;
    const known = this.offers.get(key);
    if (known !== undefined) {
      return JSON.stringify(known.price) === JSON.stringify(price)
        ? null
        : "second prices of the same thing that differ from the first";
    }
    this.offers.set(key, { node, engine, term: years, payment, price, sources: [SOURCE] });
    return null;
  }

  sections() {
    const onDemand = nodeTypes()
      .filter(({ type }) => this.nodes.has(type))
      .map(({ type }) => {
        const price = (engine: EngineProduct) => this.nodes.get(type)?.get(engine) ?? null;
        return {
          node: type,
          valkey: price("valkey"),
          redis: price("redis"),
          memcached: price("memcached"),
          sources: [SOURCE],
        };
      });
    const serverless = ENGINE_PRODUCTS.flatMap(engine => {
      const [ecpu, stored] = [this.ecpu.get(engine), this.stored.get(engine)];
      if (ecpu === undefined || stored === undefined) return [];
      return [
        {
          engine,
          storagePerGBHourUsd: stored,
          perMillionEcpuUsd: clean(ecpu * 1e6),
          minimumStorageGB: MINIMUM_STORAGE_GB[engine],
          sources: [SOURCE],
        },
      ];
    });
    const backup: BookFile["backup"] =
      this.backup === null
        ? null
        : {
            perGBMonthUsd: this.backup,
            freeBackupsLow: 0,
            freeBackupsHigh: 1,
            note: "The list has no row for the free allowance; the sources disagree about it.",
            sources: [SOURCE],
          };
    return {
      onDemand,
      reserved: { families: null, discounts: [], offers: [...this.offers.values()] },
      serverless,
      backup,
      dataTransfer: null,
      durability: null,
      extendedSupport: null,
      savingsPlan: null,
    };
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V): boolean {
  const known = map.get(key);
  if (known === undefined) map.set(key, value);
  return known === undefined || known === value;
}

/** Rows of one kind, by what they are called. */
export interface RowGroup {
  readonly what: string;
  readonly rows: readonly string[];
}

/** Lists by reason, in the order in which the reasons came. */
export class Groups {
  private readonly byReason = new Map<string, string[]>();

  add(reason: string, row: string): void {
    const rows = this.byReason.get(reason);
    if (rows === undefined) this.byReason.set(reason, [row]);
    else rows.push(row);
  }

  list(): RowGroup[] {
    return [...this.byReason].map(([what, rows]) => ({ what, rows }));
  }
}
