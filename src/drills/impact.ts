// What a drill did to those who use the cache, from its start to its end: which share of each client group's requests was
// answered, and how many writes were acknowledged. It watches from outside and changes nothing.

import { ErrorReply } from "../engine/reply.ts";
import type { World } from "../models/world.ts";
import { Availability } from "./availability.ts";
import type { DrillReport } from "./drill.ts";

/** Begins to watch; the returned function ends it and writes the figures. A drill that was refused has none. */
export function followImpact(world: World, report: DrillReport): () => void {
  const availability = new Availability(world);
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
      const percent = availability.percent(group);
      if (percent !== null) report.figures[`${client.config.name}AvailabilityPercent`] = percent;
    });
  };
}
