// The collected AWS facts, where this checkout stands beside them. Tests that compare with them skip elsewhere; the
// figures copied into the other tests run everywhere.

import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const FOLDER = resolve(process.env.CACHECAST_SHARED ?? "../shared", "facts");

export const FACTS_ABSENT = !existsSync(FOLDER);

export interface NodeFact {
  type: string;
  family: string;
  size: string;
  class: string;
  vcpu: number;
  memoryGiB: number;
  maxmemoryBytes: number;
  usableDataBytesAtDefaultReserve: number;
  ssdGiB: number | null;
  networkBaselineGbps: number;
  networkBurstGbps: number | null;
  enhancedIo: boolean;
  tlsOffload: boolean;
  enhancedIoMultiplexing: boolean;
  maxclients: number;
  replicaOutputBufferLimitBytes: number | null;
  memcachedMaxCacheMemoryMB: number | null;
  memcachedThreads: number | null;
  priceOnDemandHourUsd: Record<"valkey" | "redis" | "memcached", number | null>;
  syncDurabilitySurchargeHourUsd: number | null;
  burst: {
    creditsPerHour: number;
    maxAccruedCredits: number;
    baselinePctPerVcpu: number;
    launchCredits: number;
    cloudWatchCreditMetrics: boolean;
  } | null;
}

interface Rates {
  storagePerGBHour: number;
  perMillionEcpu: number;
  minimumStorageGB: number;
}

export interface PriceFacts {
  hoursPerMonth: number;
  serverless: { usEast1: Record<string, Rates>; apNortheast2: Record<string, Rates | null> };
  reserved: { discountVsOnDemand: Record<"1y" | "3y", Record<string, number>> };
  backup: { perGBMonth: number };
  dataTransfer: { crossAzPerGBEachDirection: number; sameAz: number };
  extendedSupport: { premiumOfRedisOnDemandNode: { year1: number; year2: number; year3: number } };
  durability: { sync: { surchargeOfNodePrice: number }; async: { surchargeOfNodePrice: number } };
  databaseSavingsPlans: { maxDiscountServerless: number; maxDiscountProvisioned: number };
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(resolve(FOLDER, name), "utf8"));
}

export function nodeFacts(): NodeFact[] {
  return (read("elasticache-nodes.json") as { nodes: NodeFact[] }).nodes;
}

export function priceFacts(): PriceFacts {
  return read("elasticache-pricing.json") as PriceFacts;
}
