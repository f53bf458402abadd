// What a drill did to those who use the cache, from its start to its end: which share of each client group's requests was
// answered, and how many writes were acknowledged. It watches from outside and changes nothing.

import { ErrorReply } from "../engine/reply.ts";
import { FAILED } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import type { DrillReport } from "./drill.ts";

/** Begins to watch; the returned function ends it and writes the figures. A drill that was refused has none. */
export function followImpact(world: World, report: DrillReport): () => void {
  const before = world.traffic.map(traffic => world.recorder.soFar(traffic.index));
  let acknowledged = 0;
  const stop = world.watchReplies((request, reply) => {
    if (world.requests.reads[request] === 0 && !(reply instanceof ErrorReply)) acknowledged++;
  });
  return () => {
    stop();
    if (report.refused !== null) return;
    // Who follows shards knows those of its own shards.
    report.figures.acknowledgedWrites ??= acknowledged;
    world.clients.forEach((client, group) => {
      let ended = 0;
      let failed = 0;
      for (const { index, config } of world.traffic) {
        if (config.client !== group) continue;
        const now = world.recorder.soFar(index);
        for (let outcome = 0; outcome < now.length; outcome++) ended += now[outcome] - before[index][outcome];
        failed += now[FAILED] - before[index][FAILED];
      }
      if (ended > 0) report.figures[`${client.config.name}AvailabilityPercent`] = 100 * (1 - failed / ended);
    });
  };
}
