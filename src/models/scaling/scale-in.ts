// Fewer shards: the slots of the last ones go to the others, then, when clients have had time to learn of it, their nodes
// leave. A shard that keeps a slot (an item above
// 256 MB, a target without memory) is not removed. AWS advises free memory of 1.5 times what the leaving shards hold on
// those that stay; when there is less, that is told, and the memory of the targets decides what happens.

import type { Cluster, Shard } from "../cluster.ts";
import { removeShard } from "../cluster-members.ts";
import { evenShares, planShares } from "../slot-migration/plan.ts";
import { begin, type ManoeuvreReport } from "./manoeuvre.ts";
import { scalingOf } from "./provision.ts";
import { move } from "./reshard.ts";

const ADVISED_FREE = 1.5;

export function scaleIn(cluster: Cluster, shards: number, report: ManoeuvreReport, done: () => void): void {
  const { members } = cluster;
  const text = `scaling in by ${shards} ${shards === 1 ? "shard" : "shards"}`;
  const few = shards >= members.length ? `there are ${members.length} shards: one has to stay` : null;
  const manoeuvre = begin(cluster, text, report, done, few);
  if (manoeuvre === null) return;
  const leaving = members.slice(members.length - shards);
  const staying = members.slice(0, members.length - shards);
  report.target = leaving.map(shard => `shard ${shard.index + 1}`).join(", ");
  tellMemory(cluster, leaving, staying, report, manoeuvre.event);
  const routes = planShares(cluster.slots.owner, evenShares(staying.map(shard => shard.index)));
  move(cluster, manoeuvre, routes, undefined, () => {
    const drainedNs = cluster.sim.now;
    cluster.sim.after(scalingOf(cluster).drainNs, "scaling/shards leave", () => {
      const owners = new Set(cluster.slots.owner);
      for (const shard of leaving) if (!owners.has(shard.index)) removeShard(cluster, shard, manoeuvre.event);
      report.figures.shards = cluster.members.length;
      manoeuvre.phase("shards leave", drainedNs, "cluster.scaling.drain");
      manoeuvre.end();
    });
  });
}

function tellMemory(
  cluster: Cluster,
  leaving: readonly Shard[],
  staying: readonly Shard[],
  report: ManoeuvreReport,
  event: number,
): void {
  const used = leaving.reduce((sum, { primary }) => sum + primary.engine.usedMemory, 0);
  let free = 0;
  for (const { primary } of staying) {
    const { maxmemory } = primary.engine.settings;
    if (maxmemory === 0) return;
    free += Math.max(0, maxmemory - primary.engine.usedMemory);
  }
  report.figures.freeToUsedRatio = free / used;
  if (free >= ADVISED_FREE * used) return;
  const ratio = (free / used).toFixed(2);
  cluster.log.add("control plane", `free memory is ${ratio} times what is to move; AWS advises ${ADVISED_FREE}`, event);
}
