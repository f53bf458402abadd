// What the origin behind the cache takes for every request that gets through to it: misses, and what is answered without
// the cache. A figure of the scenario's, since nobody else knows it.

import { assert } from "../assert.ts";
import { type Charges, costLine } from "./bill.ts";

export function originCharges(requestsPerMonth: number, usdPerMillion: number): Charges {
  assert(requestsPerMonth >= 0, `${requestsPerMonth} requests to the origin are below zero`);
  if (usdPerMillion === 0 || requestsPerMonth === 0) return { invoiced: [], fees: [] };
  return {
    invoiced: [costLine("requests to the origin", requestsPerMonth / 1e6, "million requests", usdPerMillion)],
    fees: [],
  };
}
