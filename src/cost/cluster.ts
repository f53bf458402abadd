// The bill of a cluster of nodes. Left out: replication traffic, extended support of old engine versions, savings plans
// (only their maxima are known), taxes and support plans.

import { isUnknownPrice, type PriceBook, type UnknownPrice } from "../catalog/prices.ts";
import { type BackupUsage, backupCharges } from "./backup.ts";
import { type Bill, bill, type Charges } from "./bill.ts";
import { type Durability, durabilityCharges, type NodeUsage, nodeCharges } from "./nodes.ts";
import { crossAzCharges } from "./transfer.ts";

export interface ClusterUsage extends NodeUsage {
  readonly durability: Durability;
  readonly backups: BackupUsage;
  /** Requests and replies between clients and nodes in different zones, both directions. */
  readonly crossAzBytesPerMonth: number;
}

/** Prices that the book lacks, all of them at once, each once. */
export interface Unpriced {
  readonly unknown: readonly UnknownPrice[];
}

export function clusterBill(usage: ClusterUsage, book: PriceBook): Bill | Unpriced {
  const parts = [
    nodeCharges(usage, book),
    durabilityCharges(usage, usage.durability, book),
    backupCharges(usage.backups, book),
    crossAzCharges(usage.crossAzBytesPerMonth, book),
  ];
  const unknown = new Map(parts.filter(isUnknownPrice).map(one => [one.message, one]));
  if (unknown.size > 0) return { unknown: [...unknown.values()] };
  return bill(parts.filter((part): part is Charges => !isUnknownPrice(part)));
}

export function isUnpriced(result: Bill | Unpriced): result is Unpriced {
  return "unknown" in result;
}
