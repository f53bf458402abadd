// exp(mu + sigma Z). Latencies and value sizes look like it: a body around the median and a long upper tail.

import { assert } from "../../assert.ts";
import type { Distribution } from "./distribution.ts";
import { standardNormal } from "./ziggurat.ts";

/** The standard normal's 99th percentile. */
const NORMAL_P99 = 2.3263478740408408;

/** By the mean and standard deviation of the logarithm. */
export function lognormal(mu: number, sigma: number): Distribution {
  assert(sigma >= 0, `lognormal: sigma ${sigma} is negative`);
  const mean = Math.exp(mu + sigma ** 2 / 2);
  return {
    sample: random => Math.exp(mu + sigma * standardNormal(random)),
    mean,
    variance: Math.expm1(sigma ** 2) * mean ** 2,
    support: [0, Number.POSITIVE_INFINITY],
  };
}

/** By mean of the values and sigma of their logarithm. */
export function lognormalByMean(mean: number, sigma: number): Distribution {
  return lognormal(Math.log(mean) - sigma ** 2 / 2, sigma);
}

/** By median and 99th percentile, the two figures that dashboards show. */
export function lognormalByPercentiles(p50: number, p99: number): Distribution {
  assert(p99 >= p50 && p50 > 0, `lognormal: p99 ${p99} must not be below p50 ${p50}, which must be positive`);
  return lognormal(Math.log(p50), Math.log(p99 / p50) / NORMAL_P99);
}
