// A zone is gone with every host in it. Primaries fail over to other zones; what stood there is replaced when the zone is
// back, not before (aws-facts.md, 4).

import { z } from "zod";
import { type Drill, zoneProblems } from "./drill.ts";
import { duration } from "./fields.ts";
import { followDisturbance } from "./recovery.ts";

const options = z
  .strictObject({
    zone: z.int().min(1).default(1).meta({ description: "Zone number, from 1." }),
    clients: z.enum(["stay", "leave"]).default("leave").meta({
      description: "leave: the instances in it are gone too, the others take over their load. stay: only the nodes go.",
    }),
    for: duration("How long the zone is away.", ["10m"]).prefault("5m"),
  })
  .meta({ description: "Every host of a zone is gone for a while." });

export const zoneOutage: Drill<z.infer<typeof options>> = {
  name: "zone-outage",
  summary: "every host of a zone is gone, its clients with it if told",
  options,
  problems({ zone, clients }, facts) {
    const problems = zoneProblems(zone, facts);
    if (clients === "leave" && facts.zones === 1) {
      problems.push({ path: ["clients"], message: "there is one zone only: nobody is left to take over the load" });
    }
    return problems;
  },
  run(context, { zone, clients, for: lengthNs }) {
    const { world, report, finish } = context;
    const index = zone - 1;
    const name = world.config.zones[index];
    const shards = world.cluster.shards.filter(shard =>
      [shard.primary, ...shard.replicas].some(node => node.zone === index && node.state === "up"),
    );
    if (shards.length === 0 && clients === "stay") {
      report.refused = `no node is in ${name}`;
      return finish();
    }
    report.target = name;
    const startNs = world.sim.now;
    const recovery = followDisturbance(context, shards);
    if (clients === "leave") for (const client of world.clients) client.presence.leave(index);
    const { event } = world.nodeFaults.zoneLost(index, name);
    world.sim.after(lengthNs, "drill/zone-outage", () => {
      if (clients === "leave") for (const client of world.clients) client.presence.comeBack(index);
      world.nodeFaults.zoneBack(index, name, event);
      report.phases.push({ name: "zone away", startNs, endNs: world.sim.now, boundBy: "the drill's «for»" });
      recovery.causeOver();
    });
  },
};
