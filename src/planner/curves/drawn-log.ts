// Requests drawn from a workload of a scenario, as many as are wanted, for a curve without a simulation of the world.

import type { WorkloadConfig } from "../../models/config.ts";
import { standardExponential } from "../../sim/distributions/ziggurat.ts";
import { randomFrom } from "../../sim/random.ts";
import { TRACE_GET, TRACE_SET, TraceKeys, UNKNOWN_SIZE, UNKNOWN_TTL } from "../../workload/traces/trace.ts";
import { RequestLog } from "./requests.ts";

/** Why no requests can be drawn from a workload, or null. */
export function cannotDraw(workload: WorkloadConfig): string | null {
  const { pattern } = workload;
  if (pattern.kind !== "commands") return null;
  for (const { parts } of pattern.templates) {
    const name = parts[0].kind === "text" ? parts[0].text.toLowerCase() : "";
    if ((name !== "get" && name !== "set") || parts[1]?.kind !== "key") {
      return `${name.toUpperCase()}: a curve is made of GET {key} and SET {key} only`;
    }
  }
  return null;
}

/** `perSecond`: requests a second where the workload has users and no rate. */
export function drawRequests(workload: WorkloadConfig, count: number, seed: number, durationNs: number): RequestLog {
  const names = new TraceKeys();
  const log = new RequestLog(names, { valueBytes: workload.valueBytes, ttlSeconds: workload.ttlSeconds });
  const random = randomFrom(`planner/curve/${seed}/${workload.name}`);
  const { pattern, load, keys, popularity } = workload;
  const rate = load.kind === "open" ? load.rate.mean(durationNs) * load.burst : 1_000;
  let writes = 0;
  let all = 0;
  if (pattern.kind === "commands") {
    for (const { parts, weight } of pattern.templates) {
      all += weight;
      if (parts[0].kind === "text" && parts[0].text.toLowerCase() === "set") writes += weight;
    }
  }
  const writeShare = all === 0 ? 0 : writes / all;
  let ns = 0;
  for (let i = 0; i < count; i++) {
    ns += (1e9 / rate) * standardExponential(random);
    const op = writeShare > 0 && random.next() < writeShare ? TRACE_SET : TRACE_GET;
    log.push(ns, names.number(keys.text(popularity(random))), op, UNKNOWN_SIZE, UNKNOWN_TTL);
  }
  return log;
}
