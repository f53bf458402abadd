// What can be bought: nodes of a type by shards by replicas by way of paying, of each engine, and serverless caches.

import { type NodeType, nodeTypes } from "../../catalog/nodes.ts";
import { isUnknownPrice } from "../../catalog/prices.ts";
import { nodeCharges } from "../../cost/nodes.ts";
import type { Purchase } from "../../cost/purchase.ts";
import type { Built } from "../../scenarios/build.ts";
import { type EngineSide, engineSides } from "./engine-side.ts";

/** What nodes do does not depend on how they are paid for. */
export interface NodeBody {
  readonly engine: string;
  readonly node: NodeType;
  readonly shards: number;
  readonly replicas: number;
}

export interface NodeShape extends NodeBody {
  readonly kind: "nodes";
  /** The same for shapes that differ in nothing but purchase. */
  readonly body: string;
  readonly purchase: Purchase;
  /** Nodes only. */
  readonly nodesMonthlyUsd: number;
}

export interface ServerlessShape {
  readonly kind: "serverless";
  readonly body: string;
  readonly engine: string;
  readonly purchase: Purchase;
}

export type Shape = NodeShape | ServerlessShape;

/** `own`: the scenario's engine, which need not be said. */
export function shapeName(shape: Shape, own: string): string {
  const paid = shape.purchase === "on-demand" ? "" : `, ${shape.purchase}`;
  const engine = shape.engine === own ? "" : `, ${shape.engine}`;
  if (shape.kind === "serverless") return `serverless${engine}${paid}`;
  return `${shape.shards} × (1 + ${shape.replicas}) ${shape.node.type}${engine}${paid}`;
}

function serverlessShape(engine: string, purchase: Purchase): ServerlessShape {
  return { kind: "serverless", body: `serverless ${engine}`, engine, purchase };
}

/** `usd`: of one node a month. */
function nodeShape({ engine, node, shards, replicas }: NodeBody, purchase: Purchase, usd: number): NodeShape {
  const body = `${engine} ${node.type} ${shards} ${replicas}`;
  return {
    kind: "nodes",
    body,
    engine,
    node,
    shards,
    replicas,
    purchase,
    nodesMonthlyUsd: usd * shards * (1 + replicas),
  };
}

/** The row of excuses that a shape belongs to. */
export function shapeType(shape: Shape): string {
  return shape.kind === "serverless" ? "serverless" : shape.node.type;
}

/** What one node costs a month; null where the book has no price. */
function monthlyOf({ book }: Built, { product }: EngineSide, node: string, purchase: Purchase): number | null {
  const one = nodeCharges({ node, engine: product, nodes: 1, purchase }, book);
  if (isUnknownPrice(one)) return null;
  return [...one.invoiced, ...one.fees.map(fee => fee.spread)].reduce((sum, line) => sum + line.monthlyUsd, 0);
}

/** The cluster that the scenario describes, as it is paid for; null where it has no price. */
export function standingShape(built: Built, side: EngineSide): Shape | null {
  const { cluster } = built.scenario;
  const purchase = cluster.purchase as Purchase;
  if (cluster.deployment === "serverless") return serverlessShape(side.name, purchase);
  const usd = monthlyOf(built, side, built.node.type, purchase);
  if (usd === null) return null;
  const { shards, replicas } = cluster;
  return nodeShape({ engine: side.name, node: built.node, shards, replicas }, purchase, usd);
}

/** All shapes of nodes that the scenario allows, the cheapest first. Node types without a price in the book are left out. */
export function nodeShapes(built: Built): NodeShape[] {
  const { plan, cluster } = built.scenario;
  const shapes: NodeShape[] = [];
  if (!plan.deployment.includes("nodes")) return shapes;
  const shardCounts = cluster.deployment === "nodes" && cluster.mode === "single" ? [1] : plan.shards;
  for (const side of engineSides(built)) {
    for (const node of nodeTypes()) {
      if (!plan.families.includes(node.family) || !node.engines.includes(side.product)) continue;
      for (const purchase of plan.purchase as Purchase[]) {
        const usd = monthlyOf(built, side, node.type, purchase);
        if (usd === null) continue;
        for (const shards of shardCounts) {
          for (const replicas of plan.replicas) {
            shapes.push(nodeShape({ engine: side.name, node, shards, replicas }, purchase, usd));
          }
        }
      }
    }
  }
  const names = new Map(shapes.map(shape => [shape, shapeName(shape, cluster.engine)]));
  return shapes.sort((a, b) => a.nodesMonthlyUsd - b.nodesMonthlyUsd || (names.get(a)! < names.get(b)! ? -1 : 1));
}

/** Serverless caches of the engines that the service runs and the book prices. */
export function serverlessShapes(built: Built): ServerlessShape[] {
  const { plan } = built.scenario;
  if (!plan.deployment.includes("serverless")) return [];
  return engineSides(built).flatMap(({ name, product }): ServerlessShape[] => {
    if (!built.book.serverless.has(product) || name === "redis-7.0") return [];
    const planned = plan.purchase.includes("savings-plan-1y") && built.book.savingsPlan?.engine === product;
    const ways: Purchase[] = planned ? ["on-demand", "savings-plan-1y"] : ["on-demand"];
    return ways.map(purchase => serverlessShape(name, purchase));
  });
}
