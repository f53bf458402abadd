// Quantities as text in options of drills and keys of scenarios, turned into numbers at the door. Each carries its
// description and examples, which become the hover text in editors.

import { z } from "zod";
import { parseBytes, parseCount, parseDurationNs, parseFraction, parseRate, UnitError } from "../units.ts";

/** Turns text into a value; what the parser refuses becomes an issue at the field. */
export function parsed<T>(parse: (text: string) => T) {
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
export function parsedOrNumber<T>(parse: (text: string | number) => T) {
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

/** A duration that may be endless. */
export function durationOrNever(description: string, examples: readonly string[] = ["60s", "never"]) {
  return parsed(text => (text === "never" ? Number.POSITIVE_INFINITY : parseDurationNs(text))).meta({
    description: `${description} A duration, or never.`,
    examples: [...examples],
  });
}

export function count(description: string, examples: readonly (string | number)[] = [1000, "20k", "2M"]) {
  return parsedOrNumber(parseCount).meta({ description: `${description} A whole number.`, examples: [...examples] });
}

export function rate(description: string, examples: readonly string[] = ["500/s", "20k/s"]) {
  return parsed(parseRate).meta({ description: `${description} A rate.`, examples: [...examples] });
}

export function bytes(description: string, examples: readonly string[] = ["512MiB", "10GiB"]) {
  return parsed(parseBytes).meta({ description: `${description} A size.`, examples: [...examples] });
}

export function share(description: string, examples: readonly (string | number)[] = ["80%", 0.8]) {
  return parsedOrNumber(text => {
    const value = parseFraction(text);
    if (value > 1) throw new UnitError(String(text), "a share between 0% and 100%");
    return value;
  }).meta({ description: `${description} A share.`, examples: [...examples] });
}
