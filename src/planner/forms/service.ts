// What a command takes on the engine thread and on the wire, in the mean and the second moment over value sizes: the same
// cost model as the simulated node's (models/cpu.ts, models/costs.ts), for GET and SET of string values.
//
// Left out: what comes rarely (forks, expiry cycles, new connections, crons).

import type { Engine } from "../../engine/engine.ts";
import { bulkBytes, commandBytes } from "../../engine/reply.ts";
import type { Cpu } from "../../models/cpu.ts";
import type { Moments } from "./waits.ts";

/** One kind of command: time on the engine thread and on an I/O thread, mean bytes in and out. */
export interface Service {
  readonly engine: Moments;
  readonly io: Moments;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface ServiceTimes {
  readonly hit: Service;
  readonly miss: Service;
  /** A store with nothing to evict. */
  readonly store: Service;
  /** Time per key that an eviction or an expiry takes. */
  readonly evictNs: number;
  readonly expireNs: number;
  /** A store that comes by the replication stream, on a replica's thread. */
  readonly replay: Moments;
}

const NULL_BYTES = 5;
const OK_BYTES = 5;

export function serviceTimes(
  cpu: Cpu,
  engine: Pick<Engine, "commands" | "costs">,
  keyLength: number,
  sizes: Float64Array,
  ttlSeconds: number | null,
): ServiceTimes {
  const key = "k".repeat(Math.max(1, Math.round(keyLength)));
  const get = commandBytes(["get", key]);
  // The value's own bytes are added per size.
  const set =
    commandBytes(ttlSeconds === null ? ["set", key, ""] : ["set", key, "", "EX", String(Math.round(ttlSeconds))]) -
    bulkBytes(0);
  const getNs = cpu.commandNs(engine.commands.get("get")!.id, 0);
  const setNs = cpu.commandNs(engine.commands.get("set")!.id, 0);
  const once = cpu.turnNs + cpu.overheadNs;
  const service = (base: number, bytesIn: (size: number) => number, bytesOut: (size: number) => number): Service => {
    const sums = { mean: 0, second: 0, io: 0, ioSecond: 0, bytesIn: 0, bytesOut: 0 };
    for (const size of sizes) {
      const [incoming, outgoing] = [bytesIn(size), bytesOut(size)];
      const ns = once + base + incoming * cpu.byteInNs + outgoing * cpu.byteOutNs;
      const ioNs = cpu.ioTurnNs + incoming * cpu.ioByteNs;
      sums.mean += ns;
      sums.second += ns * ns;
      sums.io += ioNs;
      sums.ioSecond += ioNs * ioNs;
      sums.bytesIn += incoming;
      sums.bytesOut += outgoing;
    }
    const n = sizes.length;
    return {
      engine: { mean: sums.mean / n, second: sums.second / n },
      io: { mean: sums.io / n, second: sums.ioSecond / n },
      bytesIn: sums.bytesIn / n,
      bytesOut: sums.bytesOut / n,
    };
  };
  const store = service(
    setNs,
    size => set + bulkBytes(Math.round(size)),
    () => OK_BYTES,
  );
  // In a stream the turn is shared by thousands.
  const replayNs = store.engine.mean - cpu.turnNs - OK_BYTES * cpu.byteOutNs;
  return {
    hit: service(
      getNs,
      () => get,
      size => bulkBytes(Math.round(size)),
    ),
    miss: service(
      getNs,
      () => get,
      () => NULL_BYTES,
    ),
    store,
    evictNs: cpu.scaled(engine.costs.evictKeyNs),
    expireNs: cpu.scaled(engine.costs.expireKeyNs),
    replay: { mean: replayNs, second: store.engine.second - store.engine.mean ** 2 + replayNs ** 2 },
  };
}
