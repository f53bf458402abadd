// Traffic between clients and nodes in another Availability Zone. AWS bills the EC2 side for each direction, so what
// counts is the sum of requests and replies that crossed. Traffic within a zone costs nothing. Whether replication between
// nodes is billed is unresolved: AWS's toolkit says so, the pricing page's text says not. Who asks for it gets it priced
// like clients' traffic, unless the book knows better.

import { assert } from "../assert.ts";
import { type PriceBook, type UnknownPrice, unknownPrice } from "../catalog/prices.ts";
import { type Charges, costLine } from "./bill.ts";

/** AWS's own example (250 MB/s, half of it crossing: $3,285 a month, valkey.io 2024-12-22) comes out with 10^9. */
export const BYTES_PER_BILLED_GB = 1e9;

export function crossAzCharges(bytesPerMonth: number, book: PriceBook): Charges | UnknownPrice {
  assert(bytesPerMonth >= 0, `traffic of ${bytesPerMonth} bytes is below zero`);
  if (bytesPerMonth === 0) return { invoiced: [], fees: [] };
  if (book.dataTransfer === null) {
    return unknownPrice(book, "price of cross-zone traffic", "it does not price data transfer");
  }
  const gigabytes = bytesPerMonth / BYTES_PER_BILLED_GB;
  const line = costLine("client traffic across zones", gigabytes, "GB", book.dataTransfer.crossAzPerGBUsd);
  return { invoiced: [line], fees: [] };
}

/** The stream from primaries to replicas in other zones, for those who take it to be billed: in and out. */
export function replicationCharges(bytesPerMonth: number, book: PriceBook): Charges | UnknownPrice {
  assert(bytesPerMonth >= 0, `traffic of ${bytesPerMonth} bytes is below zero`);
  if (bytesPerMonth === 0) return { invoiced: [], fees: [] };
  if (book.dataTransfer === null) return unknownPrice(book, "price of replication", "it does not price data transfer");
  const { replicationCrossAzPerGBUsd, crossAzPerGBUsd } = book.dataTransfer;
  const usd = replicationCrossAzPerGBUsd ?? 2 * crossAzPerGBUsd;
  return { invoiced: [costLine("replication across zones", bytesPerMonth / BYTES_PER_BILLED_GB, "GB", usd)], fees: [] };
}
