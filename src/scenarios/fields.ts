// The building blocks of the scenario's schema: quantities as text, turned into numbers at the door. Each carries its
// description and examples, which become the hover text in editors.

import { z } from "zod";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { parseBytes, parseCount, parseDurationNs, parseFraction, UnitError } from "../units.ts";
import { MAX_VALUE_BYTES } from "../workload/values.ts";
import { parseDistribution } from "./distribution-text.ts";

/** Turns text into a value; what the parser refuses becomes an issue at the field. */
function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

/** The same for fields that may also be a plain number. */
function parsedOrNumber<T>(parse: (text: string | number) => T) {
  return z.union([z.number(), z.string()]).transform((input, context): T => {
    try {
      return parse(input);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

export function duration(description: string, examples: readonly string[] = ["250us", "10m", "1h"]) {
  return parsed(parseDurationNs).meta({ description: `${description} A duration.`, examples: [...examples] });
}

export function count(description: string, examples: readonly (string | number)[] = [1000, "20k", "2M"]) {
  return parsedOrNumber(parseCount).meta({ description: `${description} A whole number.`, examples: [...examples] });
}

export function share(description: string, examples: readonly (string | number)[] = ["80%", 0.8]) {
  return parsedOrNumber(text => {
    const value = parseFraction(text);
    if (value > 1) throw new UnitError(String(text), "a share between 0% and 100%");
    return value;
  }).meta({ description: `${description} A share.`, examples: [...examples] });
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

/** A name out of a table. */
export function nameOf<const T extends readonly [string, ...string[]]>(names: T, description: string) {
  return z.enum(names).meta({ description });
}
