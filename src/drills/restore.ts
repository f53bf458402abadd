// The cluster is lost, and another one takes its place: from the last snapshot of this run, or empty.

import { z } from "zod";
import { restore as restoreCluster } from "../models/scaling/restore.ts";
import type { Drill } from "./drill.ts";
import { followWarmth } from "./warmth.ts";

const options = z
  .strictObject({
    from: z
      .enum(["snapshot", "nothing"])
      .default("snapshot")
      .meta({ description: "What the new cluster starts with: the last snapshot of this run, or nothing." }),
    shards: z.int().min(1).max(500).optional().meta({ description: "Shards of the new cluster; as many as before." }),
  })
  .meta({ description: "A new cluster in the place of a lost one." });

export const restore: Drill<z.infer<typeof options>> = {
  name: "restore",
  summary: "the cluster is lost; a new one stands in its place, from a snapshot or empty, and has to warm up",
  options,
  problems({ from, shards }, facts) {
    const found = [];
    if (from === "snapshot" && !facts.earlier.includes("snapshot")) {
      found.push({
        path: ["from"],
        message: "there is no snapshot before it: add a «snapshot» drill, or «from: nothing»",
      });
    }
    if (shards !== undefined && shards > 1 && facts.mode === "single") {
      found.push({ path: ["shards"], message: `mode single has one shard, got ${shards}` });
    }
    return found;
  },
  run(context, { from, shards }) {
    const { world, report, finish } = context;
    const { cluster } = world;
    const backup = from === "snapshot" ? cluster.backup : null;
    if (from === "snapshot" && backup === null) {
      report.refused = "there is no whole snapshot: it is not over yet, or a shard of it could not be saved";
      return finish();
    }
    restoreCluster(cluster, backup, shards ?? cluster.members.length, report, () => {
      if (report.refused !== null) finish();
    });
    if (report.refused === null) followWarmth(context);
  },
};
