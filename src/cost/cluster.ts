// The bill of a cluster of nodes, and that of a serverless cache. Left out: taxes and support plans.

import { isUnknownPrice, type PriceBook, type UnknownPrice } from "../catalog/prices.ts";
import { type BackupUsage, backupCharges } from "./backup.ts";
import { type Bill, bill, type Charges, type CostLine } from "./bill.ts";
import {
  type Durability,
  durabilityCharges,
  extendedSupportCharges,
  type NodeUsage,
  nodeCharges,
  type SupportYear,
} from "./nodes.ts";
import { originCharges } from "./origin.ts";
import { coveredCharges } from "./reservations.ts";
import { type ServerlessUsage, serverlessCharges } from "./serverless.ts";
import { crossAzCharges, replicationCharges } from "./transfer.ts";

export interface OriginUsage {
  readonly requestsPerMonth: number;
  readonly usdPerMillion: number;
}

export interface ClusterUsage extends NodeUsage {
  /** Nodes of other types, mean over the time that is billed. */
  readonly added?: readonly NodeUsage[];
  readonly durability: Durability;
  readonly backups: BackupUsage;
  /** Requests and replies between clients and nodes in different zones, both directions. */
  readonly crossAzBytesPerMonth: number;
  /** The replication stream across zones, where it is taken to be billed. */
  readonly replicationBytesPerMonth?: number | undefined;
  /** Reservations already held, which cover what they can; the rest is on demand. */
  readonly held?: readonly NodeUsage[] | undefined;
  /** An old version that the nodes run on, and the year of its extended support. */
  readonly extendedSupport?: { readonly version: string; readonly year: SupportYear } | undefined;
  readonly origin?: OriginUsage | undefined;
}

/** Prices that the book lacks, all of them at once, each once. */
export interface Unpriced {
  readonly unknown: readonly UnknownPrice[];
}

export function clusterBill(usage: ClusterUsage, book: PriceBook): ClusterBill | Unpriced {
  const { extendedSupport, held = [], added = [] } = usage;
  const covered = held.length === 0 ? null : coveredCharges(usage, held, book);
  const nodes = covered === null ? [nodeCharges(usage, book)] : "charges" in covered ? [covered.charges] : [...covered];
  const total = totalOf([
    ...nodes,
    ...added.map(one => nodeCharges(one, book)),
    durabilityCharges(usage, usage.durability, book),
    ...(extendedSupport === undefined
      ? []
      : [extendedSupportCharges(usage, extendedSupport.version, extendedSupport.year, book)]),
    backupCharges(usage.backups, book),
    crossAzCharges(usage.crossAzBytesPerMonth, book),
    replicationCharges(usage.replicationBytesPerMonth ?? 0, book),
    ...origin(usage.origin),
  ]);
  if (isUnpriced(total)) return total;
  return { ...total, unused: covered !== null && "unused" in covered ? covered.unused : [] };
}

/** A bill, and what of held reservations nothing runs on: parts of its lines. */
export interface ClusterBill extends Bill {
  readonly unused: readonly CostLine[];
}

export interface CacheUsage extends ServerlessUsage {
  readonly backups: BackupUsage;
  readonly origin?: OriginUsage | undefined;
}

export function serverlessBill(usage: CacheUsage, book: PriceBook): Bill | Unpriced {
  return totalOf([serverlessCharges(usage, book), backupCharges(usage.backups, book), ...origin(usage.origin)]);
}

function origin(usage: OriginUsage | undefined): Charges[] {
  return usage === undefined ? [] : [originCharges(usage.requestsPerMonth, usage.usdPerMillion)];
}

function totalOf(parts: readonly (Charges | UnknownPrice)[]): Bill | Unpriced {
  const unknown = new Map(parts.filter(isUnknownPrice).map(one => [one.message, one]));
  if (unknown.size > 0) return { unknown: [...unknown.values()] };
  return bill(parts.filter((part): part is Charges => !isUnknownPrice(part)));
}

export function isUnpriced(result: Bill | Unpriced): result is Unpriced {
  return "unknown" in result;
}
