// FLUSHALL on every primary: the cluster is cold from one instant to the next.

import { z } from "zod";
import { MEMCACHED_PROFILE } from "../engine/profile.ts";
import { ErrorReply } from "../engine/reply.ts";
import { keyCount } from "../models/data-size.ts";
import type { Drill } from "./drill.ts";
import { followWarmth } from "./warmth.ts";

const options = z
  .strictObject({
    mode: z
      .enum(["default", "sync", "async"])
      .default("default")
      .meta({ description: "Whether memory is freed at once or in the background; default: as the parameters say." }),
  })
  .meta({ description: "All keys are deleted." });

export const flushAll: Drill<z.infer<typeof options>> = {
  name: "flush-all",
  summary: "all keys are deleted; the cache is cold until it has filled again",
  options,
  problems: ({ mode }, { engine }) =>
    mode !== "default" && engine === MEMCACHED_PROFILE.name
      ? [{ path: ["mode"], message: "has no effect: Memcached's flush_all marks what is there, and frees nothing" }]
      : [],
  run(context, { mode }) {
    const { world, report } = context;
    const primaries = world.cluster.members.map(shard => shard.primary).filter(node => node.state === "up");
    report.target = primaries.map(node => node.name).join(", ");
    const startNs = world.sim.now;
    let longest = 0;
    let keys = 0;
    for (const node of primaries) {
      keys += keyCount(node.engine);
      const before = node.freeAtNs;
      const reply = node.runOwn(mode === "default" ? ["flushall"] : ["flushall", mode], 0);
      if (reply instanceof ErrorReply) {
        report.refused = reply.text;
        return context.finish();
      }
      longest = Math.max(longest, node.freeAtNs - before);
    }
    followWarmth(context);
    world.log.add("cluster", `FLUSHALL: ${keys} keys are gone`);
    report.figures.flushedKeys = keys;
    report.figures.longestBlockMs = longest / 1e6;
    const endNs = startNs + Math.round(longest);
    report.phases.push({ name: "flush", startNs, endNs, boundBy: "keys to free, unless in the background" });
  },
};
