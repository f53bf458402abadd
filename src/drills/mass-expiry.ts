// Keys that were stored together run out together: a share of a workload's keys ends at one instant. Misses go to the origin
// at once; the memory comes back at the pace of the active expire cycle (hz, active-expire-effort), which takes the engine
// thread for up to a quarter of its time; replicas get a DEL for each.

import { z } from "zod";
import { engineMs } from "../models/epoch.ts";
import type { Node } from "../models/node.ts";
import { CONTROL_SESSION } from "../models/node-sessions.ts";
import type { World } from "../models/world.ts";
import { NS_PER_MS } from "../units.ts";
import { followAftermath } from "./aftermath.ts";
import { prepare } from "./blocking-command.ts";
import { type Drill, findWorkload, workloadProblems } from "./drill.ts";
import { share } from "./fields.ts";

const options = z
  .strictObject({
    workload: z.string().optional().meta({ description: "Whose keys; the first workload's when left out." }),
    share: share("Of its keys, the most popular first.", ["80%"]).prefault("100%"),
  })
  .meta({ description: "A workload's keys end at one instant." });

const LOOK_NS = 20 * NS_PER_MS;

export const massExpiry: Drill<z.infer<typeof options>> = {
  name: "mass-expiry",
  summary: "a share of a workload's keys ends at one instant",
  options,
  problems({ workload, share: part }, facts) {
    const problems = workloadProblems(workload, facts);
    if (part === 0) problems.push({ path: ["share"], message: "must be more than nothing" });
    return problems;
  },
  run(context, { workload, share: part }) {
    const { world, report } = context;
    const { sim, cluster } = world;
    const traffic = findWorkload(world, workload);
    const { keys, keyCount } = traffic.config;
    report.target = `keys of ${traffic.config.name}`;
    const count = Math.max(1, Math.round(keyCount * part));
    // Engines may be ahead of the instant by what they have promised: a key must not be past its time as it gets it.
    const ahead = Math.max(engineMs(sim.now), ...cluster.nodes.map(node => node.engine.nowMs));
    const endMs = String(ahead + 1);
    const sessions = new Map(cluster.nodes.map(node => [node, node.engine.session(CONTROL_SESSION, true)]));
    const ending = new Map(cluster.nodes.map((node): [Node, string[]] => [node, []]));
    let marked = 0;
    for (let key = 0; key < count; key++) {
      const { primary, replicas } = cluster.shards[cluster.shardOfSlot[keys.slot(key)]];
      // One that has ended already goes now, by its DEL, as for any reader.
      if (primary.engine.execute(sessions.get(primary)!, ["exists", keys.text(key)]) !== 1) continue;
      marked++;
      for (const node of [primary, ...replicas]) ending.get(node)!.push(keys.text(key));
    }
    // As if all had been stored together long ago: that is how things stand, it takes no time and is not replicated.
    for (const [node, texts] of ending)
      prepare(
        node,
        texts.map(text => ["pexpireat", text, endMs]),
      );
    for (const { stream } of cluster.shards) stream.commit(sim.now);
    report.figures.keys = marked;
    world.log.add(report.target, `${marked} keys end at once`);
    const startNs = sim.now;
    const before = expired(world);
    const asked = world.origin.requests;
    const look = () => {
      if (expired(world) - before < marked * ALL_BUT && sim.now - startNs < LONGEST_NS) {
        sim.after(LOOK_NS, "expiry watch", look);
        return;
      }
      report.figures.reclaimSeconds = (sim.now - startNs) / 1e9;
      report.figures.originRequests = world.origin.requests - asked;
      const boundBy = "the active expire cycle: hz, active-expire-effort";
      report.phases.push({ name: "keys reclaimed", startNs, endNs: sim.now, boundBy });
      followAftermath(
        context,
        cluster.nodes.filter(node => node.state === "up"),
        sim.now,
      );
    };
    sim.after(LOOK_NS, "expiry watch", look);
  },
};

/** The rest lies in buckets at which the cycle looks last; keys that are written anew meanwhile live again. */
const ALL_BUT = 0.98;
const LONGEST_NS = 60e9;

function expired(world: World): number {
  let sum = 0;
  for (const { primary } of world.cluster.shards) sum += primary.engine.stats.expiredKeys;
  return sum;
}
