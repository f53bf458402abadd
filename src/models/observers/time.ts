// Time goes one way: the clock of the world, of every engine, and along every stream of changes; no thread has worked longer
// than there was time.

import { engineMs } from "../epoch.ts";
import type { Change, ReplicationStream } from "../replication/stream.ts";
import type { ObserverSpec } from "./observer.ts";

export const timeObserver: ObserverSpec = {
  name: "time",
  law: "time never goes back, for the world, an engine, or along a stream; a thread works no longer than time passes",
  begin(world, tell) {
    const { sim, cluster } = world;
    let last = sim.now;
    const clocks = new Map<number, number>();
    const streams = new WeakMap<ReplicationStream, Change>();
    return {
      look() {
        if (sim.now < last) tell(`the clock went from ${last} back to ${sim.now}`);
        last = sim.now;
        for (const { id, name, engine, workedNs, stream } of cluster.nodes) {
          const before = clocks.get(id) ?? 0;
          if (engine.nowMs < before) tell(`the clock of ${name} went from ${before} back to ${engine.nowMs}`);
          clocks.set(id, engine.nowMs);
          if (workedNs > sim.now * (1 + 1e-9) + 1) tell(`${name} has worked ${workedNs} ns in ${sim.now}`);
          if (stream === null || stream.end === 0) continue;
          const newest = stream.changeOrNull(stream.end - 1);
          const known = streams.get(stream);
          if (newest === null) continue;
          if (known !== undefined && (newest.timeNs < known.timeNs || newest.end < known.end)) {
            tell(`the stream of ${name} goes back: ${newest.timeNs} ns after ${known.timeNs}`);
          }
          if (engineMs(newest.timeNs) < 0) tell(`the stream of ${name} has no time`);
          streams.set(stream, newest);
        }
      },
    };
  },
};
