// When to try again: exponential backoff between two bounds, with jitter (M. Brooker, "Exponential Backoff And Jitter",
// AWS Architecture Blog, 2015).

import type { Random } from "../sim/random.ts";
import type { BackoffConfig } from "./config.ts";

/** Wait before try number `attempt + 1` after `attempt` tries, in whole ns. */
export function backoffNs(config: BackoffConfig, attempt: number, random: Random): number {
  const backoff = Math.min(config.backoffHighNs, config.backoffLowNs * 2 ** (attempt - 1));
  switch (config.jitter) {
    case "none":
      return Math.round(backoff);
    case "equal":
      return Math.round(backoff / 2 + (backoff / 2) * random.next());
    case "full":
      return Math.round(backoff * random.next());
  }
}
