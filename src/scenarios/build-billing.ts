// From the scenario's billing keys to what bills are made from, and what of them contradicts the rest: an option that
// changes nothing in this configuration is a mistake, not a preference.

import type { NodeType } from "../catalog/nodes.ts";
import type { EngineProduct } from "../catalog/product.ts";
import type { ClusterUsage } from "../cost/cluster.ts";
import type { Durability, NodeUsage } from "../cost/nodes.ts";
import type { Purchase } from "../cost/purchase.ts";
import { mayCover } from "../cost/reservations.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";

export interface Billing {
  readonly purchase: Purchase;
  readonly held: readonly NodeUsage[];
  readonly savingsPlanDiscount: number | undefined;
  /** Undefined: the book's lower figure. */
  readonly freeBackups: number | undefined;
  readonly extendedSupport: ClusterUsage["extendedSupport"];
  readonly durability: Durability;
  readonly replicationTransfer: boolean;
  readonly originUsdPerMillion: number;
}

export function buildBilling(scenario: Scenario, node: NodeType, product: EngineProduct, report: Report): Billing {
  const { billing, cluster, origin } = scenario;
  const serverless = cluster.deployment === "serverless";
  const purchase = cluster.purchase as Purchase;
  const tell = (key: string, message: string) => report(["billing", key], message);
  if (billing.savingsPlan !== undefined && purchase !== "savings-plan-1y") {
    tell("savingsPlan", `changes nothing: the purchase is ${purchase}; use «purchase: savings-plan-1y»`);
  }
  if (billing.freeBackups !== undefined && cluster.backups === 0) {
    tell("freeBackups", "changes nothing: no backups are kept; use «backups:»");
  }
  const running: NodeUsage = { node: node.type, engine: product, nodes: 1, purchase };
  const held = billing.reservations.map((one, i): NodeUsage => {
    const usage: NodeUsage = {
      node: one.node,
      nodes: one.nodes,
      engine: one.engine ?? product,
      purchase: one.purchase as Purchase,
    };
    if (!serverless && !mayCover(usage, running)) {
      const path = ["billing", "reservations", i, "node"];
      report(path, `covers nothing here: ${one.node} ${usage.engine} against ${node.type} ${product}`);
    }
    return usage;
  });
  if (!serverless && held.length > 0 && purchase !== "on-demand") {
    tell("reservations", `contradict the purchase ${purchase}: what they do not cover is on demand; leave it out`);
  }
  if (!serverless && billing.extendedSupport !== undefined && product !== "redis") {
    tell("extendedSupport", `is for Redis OSS 4 to 6; the engine is ${cluster.engine}`);
  }
  if (!serverless && billing.replicationTransfer && (cluster.replicas === 0 || scenario.zones === 1)) {
    tell("replicationTransfer", "changes nothing: no replica stands in another zone");
  }
  return {
    purchase,
    held,
    savingsPlanDiscount: billing.savingsPlan,
    freeBackups: billing.freeBackups,
    extendedSupport: billing.extendedSupport,
    durability: serverless ? "none" : cluster.durability.mode,
    replicationTransfer: billing.replicationTransfer,
    originUsdPerMillion: origin?.costPerMillion ?? 0,
  };
}
