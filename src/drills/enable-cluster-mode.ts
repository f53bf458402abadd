// From cluster mode disabled to enabled, without a new cluster (the seed says it takes one; AWS has done it in place since 7.0).

import { z } from "zod";
import { enableClusterMode as enable } from "../models/scaling/enable-cluster-mode.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { Drill, DrillProblem } from "./drill.ts";
import { duration } from "./fields.ts";

const DEFAULT_TURN_NS = 10 * NS_PER_SECOND;

const options = z
  .strictObject({
    clients: duration("From «compatible» until the clients use the cluster protocol; 10s when left out.", [
      "10s",
    ]).optional(),
  })
  .meta({ description: "Cluster mode is enabled in place." });

export const enableClusterMode: Drill<z.infer<typeof options>> = {
  name: "enable-cluster-mode",
  summary: "cluster mode is enabled in place, by way of «compatible»",
  options,
  problems(_options, { mode, replicas }) {
    const found: DrillProblem[] = [];
    if (mode === "cluster")
      found.push({ path: [], message: "cluster mode is enabled already: «mode: single» is where it starts" });
    if (replicas === 0) found.push({ path: [], message: "needs automatic failover, and so a replica: «replicas: 1»" });
    return found;
  },
  run: ({ world, report, finish }, { clients }) =>
    enable(
      world.cluster,
      clients ?? DEFAULT_TURN_NS,
      () => {
        for (const client of world.clients) client.useClusterProtocol();
      },
      report,
      finish,
    ),
};
