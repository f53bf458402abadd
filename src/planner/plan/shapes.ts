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

/** All shapes that the scenario allows, the cheapest first. Node types without a price in the book are left out. */
export function shapesOf(built: Built): Shape[] {
  const { scenario, book, product } = built;
  const { plan, cluster } = scenario;
  const shapes: Shape[] = [];
  for (const node of nodeTypes()) {
    if (!plan.families.includes(node.family)) continue;
    for (const purchase of plan.purchase as Purchase[]) {
      const one = nodeCharges({ node: node.type, engine: product, nodes: 1, purchase }, book);
      if (isUnknownPrice(one)) continue;
      const lines = [...one.invoiced, ...one.fees.map(fee => fee.spread)];
      const usd = lines.reduce((sum, line) => sum + line.monthlyUsd, 0);
      for (const shards of cluster.mode === "single" ? [1] : plan.shards) {
        for (const replicas of plan.replicas) {
          shapes.push({ node, shards, replicas, purchase, nodesMonthlyUsd: usd * shards * (1 + replicas) });
        }
      }
    }
  }
  return shapes.sort((a, b) => a.nodesMonthlyUsd - b.nodesMonthlyUsd || shapeName(a).localeCompare(shapeName(b)));
}
