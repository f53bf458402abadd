// What a command takes on the engine thread and on the wire, in the mean and the second moment over value sizes: the same
// cost model as the simulated node's (models/cpu.ts, models/costs.ts), for GET and SET of string values.
//
//   T = a + b x     x the value's bytes on the wire, so E[T] = a + b E[x] and E[T^2] = a^2 + 2 a b E[x] + b^2 E[x^2]
//
// Left out: what comes rarely (forks, expiry cycles, new connections, crons).

import type { Engine } from "../../engine/engine.ts";
import { bulkBytes, commandBytes } from "../../engine/reply.ts";
import type { Cpu } from "../../models/cpu.ts";
import type { Moments } from "./waits.ts";

/** One kind of command: time on the engine thread, mean bytes in and out. */
export interface Service {
  readonly engine: Moments;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface ServiceTimes {
  readonly hit: Service;
  readonly miss: Service;
  /** A store with nothing to evict. */
  readonly store: Service;
  /** A store that comes by the replication stream, on a replica's thread. */
  readonly replay: Moments;
}

const NULL_BYTES = 5;
const OK_BYTES = 5;

/** The first two moments of what values take on the wire. */
export function wireMoments(sizes: Float64Array): Moments {
  let [mean, second] = [0, 0];
  for (const size of sizes) {
    const bytes = bulkBytes(Math.round(size));
    mean += bytes / sizes.length;
    second += bytes ** 2 / sizes.length;
  }
  return { mean, second };
}

/** `values`: bytes on the wire (`wireMoments`). */
export function serviceTimes(
  cpu: Cpu,
  { commands }: Pick<Engine, "commands">,
  keyLength: number,
  values: Moments,
  ttlSeconds: number | null,
): ServiceTimes {
  const key = "k".repeat(Math.max(1, Math.round(keyLength)));
  const get = commandBytes(["get", key]);
  // The value's own bytes are added per size.
  const set =
    commandBytes(ttlSeconds === null ? ["set", key, ""] : ["set", key, "", "EX", String(Math.round(ttlSeconds))]) -
    bulkBytes(0);
  const once = cpu.turnNs + cpu.overheadNs;
  const getNs = once + cpu.commandNs(commands.get("get")!.id, 0) + get * cpu.byteInNs;
  const setNs = once + cpu.commandNs(commands.get("set")!.id, 0) + set * cpu.byteInNs + OK_BYTES * cpu.byteOutNs;
  const store = linear(setNs, cpu.byteInNs, values);
  return {
    hit: { engine: linear(getNs, cpu.byteOutNs, values), bytesIn: get, bytesOut: values.mean },
    miss: { engine: linear(getNs + NULL_BYTES * cpu.byteOutNs, 0, values), bytesIn: get, bytesOut: NULL_BYTES },
    store: { engine: store, bytesIn: set + values.mean, bytesOut: OK_BYTES },
    // In a stream the turn is shared by thousands, and nobody is answered.
    replay: linear(setNs - cpu.turnNs - OK_BYTES * cpu.byteOutNs, cpu.byteInNs, values),
  };
}

/** Moments of a + b x. */
function linear(a: number, b: number, x: Moments): Moments {
  return { mean: a + b * x.mean, second: a * a + 2 * a * b * x.mean + b * b * x.second };
}
