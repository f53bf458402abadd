// Scenario keys of `cluster.serverless`.

import { z } from "zod";
import { bytes, duration, durations, rate, share } from "../fields.ts";

function limits(which: string, what: string) {
  return z
    .strictObject({
      ecpu: rate(`${which} rate of ECPU.`, ["100k/s"]).optional(),
      storage: bytes(`${which} amount of data.`, ["10GiB"]).optional(),
    })
    .prefault({})
    .meta({ description: what });
}

export const serverlessSchema = z
  .strictObject({
    minimum: limits(
      "Least",
      "Pre-scaling: capacity that is there from the start, and billed even when it is not used.",
    ),
    maximum: limits(
      "Most",
      "Caps. Above the rate commands are throttled; above the storage keys with a TTL are evicted, then writes fail.",
    ),
    supported: rate(
      "ECPU that the cache supports when the run begins, since it has grown to that. 30k/s when left out (90k/s with reads from replicas), or the minimum.",
      ["30k/s"],
    ).optional(),
    doubling: duration("Time in which the supported rate doubles. By engine when left out.", ["3m", "2m"]).optional(),
    growAt: share("Use of the supported rate from which on it grows; 50% when left out (assumed).", ["50%"]).optional(),
    hold: duration("How long a throttled command is held before it is refused; 100ms when left out (assumed).", [
      "100ms",
    ]).optional(),
    latency: durations(
      "What the service's proxies add to a command, both ways together; lognormal(p50=500us, p99=3ms) when left out (assumed).",
      ["lognormal(p50=500us, p99=3ms)"],
    ).optional(),
    ecpuTime: duration("vCPU time that counts as one ECPU; that of a simple GET when left out.", ["3us"]).optional(),
  })
  .meta({ description: "With «deployment: serverless»: limits, and what is assumed of the service." });
