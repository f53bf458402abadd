// Data tiering: what a node with an SSD holds and what a gigabyte costs on it. The SSD is in the node's price.

import { nodeType } from "../catalog/nodes.ts";
import { isUnknownPrice, onDemandHourly, type PriceBook, type UnknownPrice } from "../catalog/prices.ts";
import type { EngineProduct } from "../catalog/product.ts";

/** GiB of memory and SSD together. */
export function capacityGiB(node: string): number {
  const { memoryGiB, ssdGiB } = nodeType(node);
  return memoryGiB + (ssdGiB ?? 0);
}

/** How many times its memory a node holds: 4.77 on r6gd, 1 elsewhere. */
export function capacityFactor(node: string): number {
  return capacityGiB(node) / nodeType(node).memoryGiB;
}

/** On-demand dollars per GiB and hour at full use. */
export function hourlyPerGiB(node: string, engine: EngineProduct, book: PriceBook): number | UnknownPrice {
  const hourly = onDemandHourly(book, node, engine);
  return isUnknownPrice(hourly) ? hourly : hourly / capacityGiB(node);
}
