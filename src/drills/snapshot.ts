// A backup: one node of every shard (or of one) forks and saves, all at the same time as ElastiCache does it. A later restore
// finds what these shards held; nothing new, if a shard could not save or a node died first.

import { z } from "zod";
import { isForkless, reasonOf } from "../models/forkless-save.ts";
import type { Node } from "../models/node.ts";
import { startSave } from "../models/save.ts";
import { takeBackup } from "../models/scaling/restore.ts";
import { type Drill, targetProblems } from "./drill.ts";

const options = z
  .strictObject({
    from: z
      .enum(["primary", "replica"])
      .default("replica")
      .meta({ description: "Which member saves; a shard without replicas saves on its primary." }),
    shard: z.int().min(1).optional().meta({ description: "Only this shard, from 1; all when left out." }),
  })
  .meta({ description: "A backup by fork, with its pause and its copy-on-write." });

export const snapshot: Drill<z.infer<typeof options>> = {
  name: "snapshot",
  summary: "a backup by fork, with its pause and its copy-on-write, or without one where memory is short",
  options,
  problems: ({ shard = 1 }, facts) => targetProblems({ shard }, facts),
  run({ world, report, finish }, { from, shard: only }) {
    const shards = world.cluster.members.filter(shard => only === undefined || shard.index === only - 1);
    const nodes = shards
      .map(shard =>
        from === "replica" ? (shard.replicas.find(replica => replica.state === "up") ?? shard.primary) : shard.primary,
      )
      .filter(node => node.state === "up" && node.save === null && !node.engine.isLoading);
    report.target = nodes.map(node => node.name).join(", ");
    if (nodes.length === 0) {
      report.refused = "no node is free to save";
      return finish();
    }
    let running = nodes.length;
    world.cluster.backingUp++;
    const backup = world.cluster.keepsBackups ? takeBackup(world.cluster, shards) : null;
    let whole = nodes.length === shards.length;
    for (const node of nodes) {
      const event = world.log.add(node.name, `snapshot begins${isForkless(node) ? `, ${reasonOf(node)}` : ""}`);
      startSave(node, world.sim, save => {
        const { figures, phases } = report;
        const keep = (name: string, value: number) => {
          figures[name] = Math.max(figures[name] ?? 0, value);
        };
        if (save.forkless) keep("writesDelayedMs", save.delayedNs / 1e6);
        else keep("forkMs", save.forkNs / 1e6);
        keep("peakCopiedBytes", save.peakCopiedBytes);
        keep("copiedSharePercent", (100 * save.peakCopiedBytes) / Math.max(1, save.dataBytes));
        keep("rewrittenKeys", save.rewrittenKeys);
        if (!save.forkless)
          phases.push({
            name: `${node.name} fork`,
            startNs: save.startedNs,
            endNs: save.startedNs + save.forkNs,
            boundBy: "1 ms + 12 ms per GiB of RSS",
          });
        phases.push({
          name: `${node.name} save`,
          startNs: save.startedNs,
          endNs: save.startedNs + save.durationNs,
          boundBy: save.forkless
            ? "the engine thread's share for it, and what is written"
            : "child CPU per key and byte",
        });
        whole &&= save.completed;
        world.log.add(node.name, save.completed ? "snapshot ends" : "snapshot lost with its node", event);
        noteMemory(node, figures);
        if (--running > 0) return;
        if (whole && backup !== null) world.cluster.backup = backup;
        world.cluster.backingUp--;
        finish();
      });
    }
  },
};

/** The least memory that the host had left, with the save's copies at their peak. */
function noteMemory(node: Node, figures: Record<string, number>): void {
  const { freeBytes } = node.memory();
  figures.freeAfterBytes = Math.min(figures.freeAfterBytes ?? Number.POSITIVE_INFINITY, freeBytes);
}
