// The table of distributions that text can name. A form says which arguments it takes: `value` carries the unit of what
// is drawn (a duration, a size), `number` has none.

import { UnitError } from "../../units.ts";
import { constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { empirical } from "./empirical.ts";
import { exponential } from "./exponential.ts";
import { lognormalByMean, lognormalByPercentiles } from "./lognormal.ts";
import { pareto } from "./pareto.ts";
import { uniform } from "./uniform.ts";

export interface DistributionForm {
  readonly parameters: readonly { readonly name: string; readonly kind: "value" | "number" }[];
  /** Throws UnitError for arguments that make no distribution. */
  make(args: readonly number[]): Distribution;
}

export interface DistributionKind {
  readonly name: string;
  readonly summary: string;
  readonly forms: readonly DistributionForm[];
  /** Takes any number of values instead of named arguments. */
  readonly list?: (values: readonly number[]) => Distribution;
}

const value = (name: string) => ({ name, kind: "value" as const });
const number = (name: string) => ({ name, kind: "number" as const });

function need(condition: boolean, text: string, expected: string): void {
  if (!condition) throw new UnitError(text, expected);
}

export const DISTRIBUTIONS: readonly DistributionKind[] = [
  {
    name: "constant",
    summary: "always the same",
    forms: [{ parameters: [value("value")], make: ([one]) => constant(one) }],
  },
  {
    name: "uniform",
    summary: "every value between two alike",
    forms: [
      {
        parameters: [value("min"), value("max")],
        make: ([min, max]) => {
          need(min <= max, "uniform", "min not above max");
          return uniform(min, max);
        },
      },
    ],
  },
  {
    name: "exponential",
    summary: "memoryless, by its mean",
    forms: [{ parameters: [value("mean")], make: ([mean]) => exponential(mean) }],
  },
  {
    name: "lognormal",
    summary: "a body around the median and a long upper tail; by median and 99th percentile, or by mean and sigma",
    forms: [
      {
        parameters: [value("p50"), value("p99")],
        make: ([p50, p99]) => {
          need(p50 > 0 && p99 >= p50, "lognormal", "0 < p50 <= p99");
          return lognormalByPercentiles(p50, p99);
        },
      },
      {
        parameters: [value("mean"), number("sigma")],
        make: ([mean, sigma]) => {
          need(mean > 0 && sigma >= 0 && sigma <= 10, "lognormal", "mean > 0 and sigma between 0 and 10");
          return lognormalByMean(mean, sigma);
        },
      },
    ],
  },
  {
    name: "pareto",
    summary: "a power-law tail: P(X > x) = (min / x)^shape",
    forms: [
      {
        parameters: [value("min"), number("shape")],
        make: ([min, shape]) => {
          need(min > 0 && shape > 0, "pareto", "min > 0 and shape > 0");
          return pareto(min, shape);
        },
      },
    ],
  },
  {
    name: "empirical",
    summary: "one of the listed values, each alike",
    forms: [],
    list: empirical,
  },
];
