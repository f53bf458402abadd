// The bill of a run: what the world used, carried on over a month, at the book's prices.

import { maxmemoryAfterReserve, nodeType } from "../catalog/nodes.ts";
import { type Bill, type CostLine, costLine } from "../cost/bill.ts";
import { clusterBill, isUnpriced, serverlessBill, type Unpriced } from "../cost/cluster.ts";
import { idleLines } from "../cost/idle.ts";
import { FLOOR_ECPU, FLOOR_STORED } from "../cost/serverless.ts";
import type { ServerlessCache } from "../models/serverless/cache.ts";
import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import { HOURS_PER_MONTH, NS_PER_HOUR } from "../units.ts";
import type { Built } from "./build.ts";
import { sure } from "./rounding.ts";
import { standsFor } from "./stands-for.ts";

/** What a run's bill is told of it beside the world. */
export interface RunUsage {
  /** Highest BytesUsedForCache of each node, added up. */
  readonly peakUsedBytes: number;
}

export function costOf(built: Built, world: World, usage: RunUsage): Result["cost"] {
  const { book, billing } = built;
  if (world.serverless !== null) return serverlessCost(built, world, world.serverless);
  const bill = clusterBill(clusterUsage(built, world), book);
  const assumptions = assumptionsOf(built);
  const base = { book: book.name, asOf: book.asOf, purchase: billing.purchase, assumptions };
  if (isUnpriced(bill)) return { ...base, ...unpriced(bill) };
  return { ...base, ...totals(bill), idle: [...bill.unused, ...idleOf(built, world, bill, usage)].map(rounded) };
}

function serverlessCost(built: Built, world: World, cache: ServerlessCache): Result["cost"] {
  const { book, billing, product, scenario } = built;
  const perMonth = monthsOf(world);
  const bill = serverlessBill(
    {
      engine: product,
      // A begun hour goes on as it was.
      hours: cache.ledger.hours(world.sim.now).map(({ lengthNs, ecpu, storedBytes }) => ({
        ecpu: (ecpu * NS_PER_HOUR) / lengthNs,
        storedBytes,
      })),
      floors: { ecpuPerSecond: cache.config.minimumEcpu, storedBytes: cache.config.minimumBytes },
      savingsPlanDiscount: billing.purchase === "savings-plan-1y" ? billing.savingsPlanDiscount : null,
      backups: {
        bytesPerBackup: cache.storedBytes,
        kept: scenario.cluster.backups,
        free: billing.freeBackups ?? book.backup?.freeBackupsLow ?? 0,
      },
      origin: {
        requestsPerMonth: world.origin.requests * perMonth,
        usdPerMillion: billing.originUsdPerMillion,
      },
    },
    book,
  );
  const base = { book: book.name, asOf: book.asOf, purchase: billing.purchase, assumptions: assumptionsOf(built) };
  return isUnpriced(bill) ? { ...base, ...unpriced(bill) } : { ...base, ...totals(bill), idle: idleOfCache(bill) };
}

/** What is billed although nothing is stored or asked for it. */
function idleOfCache({ lines, monthlyUsd }: Bill): CostLine[] {
  return lines
    .filter(line => line.what === FLOOR_STORED || line.what === FLOOR_ECPU)
    .map(({ what, monthlyUsd: floor }) => rounded(costLine(what, floor / monthlyUsd, "share of the bill", monthlyUsd)));
}

function clusterUsage({ node, product, billing, scenario, book }: Built, world: World) {
  const { cluster } = scenario;
  const capacity = world.cluster.capacity.means();
  const nodes = capacity.find(one => one.type === node.type)?.nodes ?? 0;
  const perMonth = monthsOf(world);
  const { shards } = world.cluster;
  const stored = shards.reduce((sum, shard) => sum + shard.primary.ram.usedBytes, 0);
  const crossZone = world.cluster.nodes.reduce((sum, one) => sum + one.crossZoneBytes, 0);
  const replicated = shards.reduce((sum, { primary, replicas, stream }) => {
    const away = replicas.filter(replica => replica.zone !== primary.zone).length;
    return sum + away * stream.offset;
  }, 0);
  return {
    node: node.type,
    engine: product,
    nodes,
    // Node types that came by scaling, on demand: a reservation is for what was planned.
    added: capacity
      .filter(one => one.type !== node.type)
      .map(one => ({ node: one.type, engine: product, nodes: one.nodes, purchase: "on-demand" as const })),
    purchase: billing.purchase,
    savingsPlanDiscount: billing.savingsPlanDiscount,
    held: billing.held,
    durability: billing.durability,
    extendedSupport: billing.extendedSupport,
    backups: {
      bytesPerBackup: stored,
      kept: cluster.backups,
      free: billing.freeBackups ?? book.backup?.freeBackupsLow ?? 0,
    },
    crossAzBytesPerMonth: crossZone * perMonth,
    replicationBytesPerMonth: billing.replicationTransfer ? replicated * perMonth : 0,
    origin: {
      requestsPerMonth: world.origin.requests * perMonth,
      usdPerMillion: billing.originUsdPerMillion,
    },
  };
}

/** What a quantity of the run is multiplied by to make a month's. */
function monthsOf(world: World): number {
  const { horizon } = world.config;
  const seconds = horizon === undefined ? world.sim.now / 1e9 : horizon.lengthNs / 1e9;
  return (HOURS_PER_MONTH * 3_600 * standsFor(world)) / Math.max(1e-9, seconds);
}

function idleOf({ node, scenario }: Built, world: World, bill: Bill, { peakUsedBytes }: RunUsage): CostLine[] {
  const { cluster } = scenario;
  const nodes = cluster.shards * (1 + cluster.replicas);
  const readsReplicas = world.config.clients.some(client => client.readFrom !== "primary");
  const limit = world.cluster.nodes[0].ram.limitBytes || maxmemoryAfterReserve(nodeType(node.type), 0);
  return idleLines({
    nodesMonthlyUsd: bill.lines.filter(line => line.unit === "node-hour").reduce((sum, one) => sum + one.monthlyUsd, 0),
    usedBytes: peakUsedBytes,
    limitBytes: Math.min(limit, node.maxmemoryBytes) * nodes,
    memoryBytes: node.maxmemoryBytes * nodes,
    nodes,
    idleReplicas: readsReplicas ? 0 : cluster.shards * cluster.replicas,
  });
}

/** What the bill takes for granted because nobody publishes it. */
function assumptionsOf({ billing, book, scenario }: Built): string[] {
  const percent = (share: number) => `${Number((100 * share).toFixed(2))} %`;
  const found: string[] = [];
  const serverless = scenario.cluster.deployment === "serverless";
  if (
    billing.purchase === "savings-plan-1y" &&
    billing.savingsPlanDiscount === undefined &&
    book.savingsPlan !== null
  ) {
    const { maxDiscountNodes, maxDiscountServerless } = book.savingsPlan;
    found.push(
      `a savings plan's discount is not published for ElastiCache: its maximum of ${percent(serverless ? maxDiscountServerless : maxDiscountNodes)} is taken (billing.savingsPlan)`,
    );
  }
  if (scenario.cluster.backups > 0 && billing.freeBackups === undefined && book.backup !== null) {
    found.push(
      `sources disagree how many backups are free: ${book.backup.freeBackupsLow} to ${book.backup.freeBackupsHigh}; ${book.backup.freeBackupsLow} is taken (billing.freeBackups)`,
    );
  }
  if (serverless)
    found.push(
      "traffic between zones is taken to be free on serverless caches: clients reach an endpoint in their zone",
    );
  if (!serverless && !billing.replicationTransfer && scenario.cluster.replicas > 0 && scenario.zones > 1) {
    found.push("replication across zones is taken to be free; sources disagree (billing.replicationTransfer)");
  }
  return found;
}

const cents = (usd: number) => Math.round(usd * 100) / 100;

function rounded({ what, quantity, unit, unitPriceUsd, monthlyUsd }: CostLine): CostLine {
  return {
    what,
    quantity: sure(quantity),
    unit,
    unitPriceUsd: sure(unitPriceUsd),
    monthlyUsd: cents(monthlyUsd),
  };
}

function totals(bill: Bill) {
  return {
    lines: bill.lines.map(rounded),
    monthlyUsd: cents(bill.monthlyUsd),
    cashMonthlyUsd: cents(bill.cashMonthlyUsd),
    upfrontUsd: cents(bill.upfrontUsd),
    first12MonthsUsd: cents(bill.first12MonthsUsd),
    first36MonthsUsd: cents(bill.first36MonthsUsd),
    unknown: [],
  };
}

function unpriced({ unknown }: Unpriced) {
  return {
    lines: [],
    idle: [],
    monthlyUsd: null,
    cashMonthlyUsd: null,
    upfrontUsd: null,
    first12MonthsUsd: null,
    first36MonthsUsd: null,
    unknown: unknown.map(one => one.message),
  };
}
