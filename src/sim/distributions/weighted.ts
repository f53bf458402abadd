// Values with weights, in the two readings that published histograms use (CacheLib's cachebench knows both):
//   as many weights as values      discrete: each value has its weight
//   one weight fewer than values   the values are edges; within a bucket every value is equally likely

import { assert } from "../../assert.ts";
import { aliasTable } from "./alias.ts";
import type { Distribution } from "./distribution.ts";

export function weighted(values: readonly number[], weights: readonly number[]): Distribution {
  const discrete = weights.length === values.length;
  assert(
    discrete || weights.length === values.length - 1,
    `weighted: ${values.length} values need ${values.length} or ${values.length - 1} weights, got ${weights.length}`,
  );
  const pick = aliasTable(weights);
  let total = 0;
  let mean = 0;
  let second = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  weights.forEach((weight, i) => {
    const low = values[i];
    const high = discrete ? low : values[i + 1];
    assert(discrete || high >= low, `weighted: bucket edges must ascend, got ${low} then ${high}`);
    if (weight === 0) return;
    least = Math.min(least, low);
    most = Math.max(most, high);
    total += weight;
    mean += (weight * (low + high)) / 2;
    // E[X^2] of a uniform on [low, high].
    second += (weight * (low * low + low * high + high * high)) / 3;
  });
  mean /= total;
  second /= total;
  return {
    sample: discrete
      ? random => values[pick(random)]
      : random => {
          const i = pick(random);
          return values[i] + (values[i + 1] - values[i]) * random.next();
        },
    mean,
    variance: Math.max(0, second - mean ** 2),
    support: [least, most],
  };
}
