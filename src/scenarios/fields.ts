// The building blocks of the scenario's schema: quantities as text, turned into numbers at the door. Those that options of
// drills need too stand in drills/fields.ts.

import { z } from "zod";
import { parsed } from "../drills/fields.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { parseBytes, parseDurationNs, parseUsd, UnitError } from "../units.ts";
import { MAX_VALUE_BYTES } from "../workload/values.ts";
import { parseDistribution } from "./distribution-text.ts";

export { bytes, count, duration, durationOrNever, rate, share } from "../drills/fields.ts";

export function money(description: string, examples: readonly string[] = ["$1500"]) {
  return parsed(parseUsd).meta({ description: `${description} US dollars.`, examples: [...examples] });
}

/** Heavy tails end where time does: at 2^53 ns (104 days). */
function withinTime({ sample, mean, variance, support: [low, high] }: Distribution): Distribution {
  const most = Number.MAX_SAFE_INTEGER;
  if (high <= most) return { sample, mean, variance, support: [low, high] };
  return { sample: random => Math.min(most, sample(random)), mean, variance, support: [low, most] };
}

/** A distribution of durations, in ns. */
export function durations(description: string, examples: readonly string[] = ["4ms", "lognormal(p50=4ms, p99=40ms)"]) {
  return parsed((text): Distribution => withinTime(parseDistribution(text, parseDurationNs))).meta({
    description: `${description} A duration or a distribution of durations.`,
    examples: [...examples],
  });
}

/** A distribution of sizes, in bytes. */
export function sizes(
  description: string,
  examples: readonly string[] = ["1KiB", "lognormal(mean=1.2KiB, sigma=0.8)"],
) {
  return parsed((text): Distribution => {
    const one = parseDistribution(text, parseBytes);
    if (one.support[0] > MAX_VALUE_BYTES || one.mean > MAX_VALUE_BYTES) {
      throw new UnitError(text, "values of at most 512MiB, the largest that the engine takes");
    }
    return one;
  }).meta({ description: `${description} A size or a distribution of sizes.`, examples: [...examples] });
}

/** A name out of a table. `why`: what is to say to a name that is known and yet not in it. */
export function nameOf<const T extends readonly [string, ...string[]]>(
  names: T,
  description: string,
  why: (name: string) => string | undefined = () => undefined,
) {
  return z
    .enum(names, { error: ({ input }) => (typeof input === "string" ? why(input) : undefined) })
    .meta({ description });
}
