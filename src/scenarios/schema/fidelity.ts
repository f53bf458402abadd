// Scenario keys `fidelity` and `windows`: how much of the time and of the keys is simulated.

import { z } from "zod";
import { parsed } from "../../drills/fields.ts";
import { UnitError } from "../../units.ts";
import { duration } from "../fields.ts";

const SAMPLED = /^sampled\(\s*1\s*\/\s*(\d+)\s*\)$/u;
/** Beyond that not even a cluster of the greatest size would keep enough keys for a likeness. */
const MOST_KEYS_PER = 4_096;

function keysPerOf(text: string): number {
  if (text === "exact") return 1;
  const per = Number(SAMPLED.exec(text)?.[1]);
  if (!(per >= 2 && per <= MOST_KEYS_PER)) {
    throw new UnitError(text, `exact, or sampled(1/N) with N from 2 to ${MOST_KEYS_PER}`);
  }
  return per;
}

/** One key in so many is simulated. */
export const fidelitySchema = parsed(keysPerOf)
  .prefault("exact")
  .meta({
    description:
      "Whether every request is simulated, or a sample of the keys with as much less memory and time, and results scaled back.",
    examples: ["exact", "sampled(1/16)"],
  });

export const windowsSchema = z
  .strictObject({
    count: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: "Windows in a cycle of the load; 24 when left out.", examples: [24] }),
    cycle: duration(
      "After so long the load is the same again; a day when left out, or the whole duration if shorter.",
      ["1d", "7d"],
    ).optional(),
    length: duration("Time that is measured in each window; 60s when left out.", ["60s"]).optional(),
    settle: duration("Time before that, in which the cache follows the load; 30s when left out.", ["30s"]).optional(),
    lead: duration("Time before the first window, in which the cache becomes warm; 5m when left out.", [
      "5m",
    ]).optional(),
  })
  .meta({
    description:
      "Simulates short windows that stand for the whole duration. Lengths are of the cache's time: sampled(1/N) simulates them in 1/N of it.",
  });
