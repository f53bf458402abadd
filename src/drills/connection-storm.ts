// A deployment, or a scaling event, restarts application instances all at once: every one of them opens its connections at the
// same time, with a TLS handshake and a login each, and the engine thread that accepts them serves nobody else meanwhile.

import { z } from "zod";
import type { Client } from "../models/client.ts";
import { restartInstance } from "../models/clients/restart.ts";
import { followAftermath } from "./aftermath.ts";
import type { Drill } from "./drill.ts";
import { duration, share } from "./fields.ts";

const options = z
  .strictObject({
    client: z.string().optional().meta({ description: "Which group of clients; all of them when left out." }),
    instances: share("How many of its instances restart.", ["100%"]).prefault("100%"),
    over: duration("How long the restarts are spread over, evenly.", ["0s", "2m"]).prefault("0s"),
  })
  .meta({ description: "Application instances restart and open all their connections anew." });

export const connectionStorm: Drill<z.infer<typeof options>> = {
  name: "connection-storm",
  summary: "application instances restart at once, and open all their connections anew",
  options,
  problems({ client }, { clients }) {
    if (client === undefined || clients.includes(client)) return [];
    const message = `there is no group of clients ${client}; there are ${clients.join(", ")}`;
    return [{ path: ["client"], message }];
  },
  run(context, { client: only, instances: part, over }) {
    const { world, report } = context;
    const { sim } = world;
    const startNs = sim.now;
    const groups = world.clients.filter(({ config }) => only === undefined || config.name === only);
    report.target = groups.map(({ config }) => config.name).join(", ");
    const before = totals(world.clients);
    const nodes = world.cluster.nodes.filter(node => node.state === "up");
    const dropped = nodes.reduce((sum, { listener }) => sum + listener.dropped, 0);
    for (const { listener } of nodes) listener.peakQueue = 0;
    let restarted = 0;
    for (const group of groups) {
      const count = Math.round(group.config.instances * part);
      restarted += count;
      for (let instance = 0; instance < count; instance++) {
        const wait = Math.round((over * instance) / Math.max(1, count));
        sim.after(wait, "instance restarts", () =>
          restartInstance(group, world.connections, world.requests, instance, sim.now),
        );
      }
    }
    world.log.add(report.target, `${restarted} instances restart`);
    report.figures.instances = restarted;
    followAftermath(context, nodes, startNs + over, () => {
      const after = totals(world.clients);
      report.figures.connects = after.attempts - before.attempts;
      report.figures.failedConnects = after.failures - before.failures;
      report.figures.longestAcceptQueue = Math.max(0, ...nodes.map(({ listener }) => listener.peakQueue));
      report.figures.droppedSyns = nodes.reduce((sum, { listener }) => sum + listener.dropped, 0) - dropped;
    });
  },
};

function totals(clients: readonly Client[]): { attempts: number; failures: number } {
  let attempts = 0;
  let failures = 0;
  for (const { connections } of clients) {
    attempts += connections.dialer.attempts;
    failures += connections.dialer.failures;
  }
  return { attempts, failures };
}
