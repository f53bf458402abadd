// What can be bought: node type by shards by replicas by way of paying, each with its price.

import { type NodeType, nodeTypes } from "../../catalog/nodes.ts";
import { isUnknownPrice } from "../../catalog/prices.ts";
import { nodeCharges } from "../../cost/nodes.ts";
import type { Purchase } from "../../cost/purchase.ts";
import type { Built } from "../../scenarios/build.ts";

export interface Shape {
  readonly node: NodeType;
  readonly shards: number;
  readonly replicas: number;
  readonly purchase: Purchase;
  /** Nodes only; traffic comes on top. */
  readonly nodesMonthlyUsd: number;
}

export function shapeName({ node, shards, replicas, purchase }: Shape): string {
  const paid = purchase === "on-demand" ? "" : `, ${purchase}`;
  return `${shards} × (1 + ${replicas}) ${node.type}${paid}`;
}

/** What one node costs a month; null where the book has no price. */
function monthlyOf({ book, product }: Built, node: string, purchase: Purchase): number | null {
  const one = nodeCharges({ node, engine: product, nodes: 1, purchase }, book);
  if (isUnknownPrice(one)) return null;
  return [...one.invoiced, ...one.fees.map(fee => fee.spread)].reduce((sum, line) => sum + line.monthlyUsd, 0);
}

/** The cluster that the scenario describes, as it is paid for; null where it has no nodes or no price. */
export function standingShape(built: Built): Shape | null {
  const { cluster } = built.scenario;
  if (cluster.deployment !== "nodes") return null;
  const purchase = cluster.purchase as Purchase;
  const usd = monthlyOf(built, built.node.type, purchase);
  if (usd === null) return null;
  const { shards, replicas } = cluster;
  return { node: built.node, shards, replicas, purchase, nodesMonthlyUsd: usd * shards * (1 + replicas) };
}

/** All shapes that the scenario allows, the cheapest first. Node types without a price in the book are left out. */
export function shapesOf(built: Built): Shape[] {
  const { scenario } = built;
  const { plan, cluster } = scenario;
  const shapes: Shape[] = [];
  for (const node of nodeTypes()) {
    if (!plan.families.includes(node.family)) continue;
    for (const purchase of plan.purchase as Purchase[]) {
      const usd = monthlyOf(built, node.type, purchase);
      if (usd === null) continue;
      for (const shards of cluster.mode === "single" ? [1] : plan.shards) {
        for (const replicas of plan.replicas) {
          shapes.push({ node, shards, replicas, purchase, nodesMonthlyUsd: usd * shards * (1 + replicas) });
        }
      }
    }
  }
  return shapes.sort((a, b) => a.nodesMonthlyUsd - b.nodesMonthlyUsd || shapeName(a).localeCompare(shapeName(b)));
}
