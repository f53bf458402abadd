// Requests drawn from a workload of a scenario, as many as are wanted, for a curve without a simulation of the world: whom they are for
// as the simulation draws it (drift and keys that are asked for once among them), and what its writes do to what the cache has.
//
// Left out: how long a miss takes, so two for one key are never under way together. A GET of a mix that finds nothing is taken to be
// followed by a store, as in traces.

import type { WorkloadConfig } from "../../models/config.ts";
import { keyDrawer } from "../../models/key-draw.ts";
import { standardExponential } from "../../sim/distributions/ziggurat.ts";
import { randomFrom } from "../../sim/random.ts";
import {
  TRACE_DELETE,
  TRACE_GET,
  TRACE_SET,
  TraceKeys,
  UNKNOWN_SIZE,
  UNKNOWN_TTL,
} from "../../workload/traces/trace.ts";
import { RequestLog } from "./requests.ts";

/** Why no requests can be drawn from a workload, or null. */
export function cannotDraw({ name, load, pattern, absentShare = 0, holds }: WorkloadConfig): string | null {
  const refused = (why: string) => `workload ${name}: ${why}`;
  if (load.kind !== "open") return refused("how often users ask depends on the answers: a curve needs a rate");
  if (absentShare > 0)
    return refused("keys that the origin does not have are asked for and never stored, which no curve shows");
  if (holds != null) return refused("a curve is made of strings");
  if (pattern.kind === "commands") {
    for (const { parts } of pattern.templates) {
      const command = commandOf(parts);
      if ((command !== "get" && command !== "set") || parts[1]?.kind !== "key") {
        return refused(`${command.toUpperCase()}: a curve is made of GET {key} and SET {key} only`);
      }
    }
    return null;
  }
  if (pattern.kind !== "cache-aside" && pattern.kind !== "write-behind") {
    return refused(`${pattern.kind} is no pattern of reads that store what they miss`);
  }
  if (pattern.fill === false) return refused("its reads store nothing");
  if (pattern.sliding === true) return refused("every read begins the time to live anew, which no curve shows");
  return null;
}

type Templates = Extract<WorkloadConfig["pattern"], { kind: "commands" }>["templates"];

function commandOf(parts: Templates[number]["parts"]): string {
  return parts[0].kind === "text" ? parts[0].text.toLowerCase() : "";
}

/** Share of the requests that write, and what that is to the cache; null: nothing. */
function writesOf({ pattern, writeShare = 0 }: WorkloadConfig): { readonly share: number; readonly op: number | null } {
  if (pattern.kind === "commands") {
    const weights = pattern.templates.map(({ parts, weight }) => (commandOf(parts) === "set" ? weight : 0));
    const all = pattern.templates.reduce((sum, one) => sum + one.weight, 0);
    return { share: weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1e-12, all), op: TRACE_SET };
  }
  const copy = pattern.kind === "cache-aside" ? (pattern.write?.copy ?? "around") : "update";
  return { share: writeShare, op: copy === "around" ? null : copy === "update" ? TRACE_SET : TRACE_DELETE };
}

export function drawRequests(workload: WorkloadConfig, count: number, seed: number, durationNs: number): RequestLog {
  const names = new TraceKeys();
  const log = new RequestLog(names, { valueBytes: workload.valueBytes, ttlSeconds: workload.ttlSeconds });
  const { load, keys, name } = workload;
  const random = randomFrom(`planner/curve/${seed}/${name}`);
  const rate = load.kind === "open" ? load.rate.mean(durationNs) * load.burst : 0;
  const clock = { now: 0, random: (stream: string) => randomFrom(`planner/curve/${seed}/${stream}`) };
  const draw = keyDrawer(workload, clock);
  const { share, op: write } = writesOf(workload);
  for (let i = 0; i < count; i++) {
    clock.now += (1e9 / rate) * standardExponential(random);
    const op = share > 0 && random.next() < share ? write : TRACE_GET;
    const key = draw();
    if (op !== null) log.push(clock.now, names.number(keys.text(key)), op, UNKNOWN_SIZE, UNKNOWN_TTL);
  }
  return log;
}
