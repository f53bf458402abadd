// Following a shard back to health after one of its nodes died: the phases of the failover, the first write that succeeds
// again, the end of errors, the replica that makes the shard whole. It watches from outside and changes nothing.

import { ErrorReply } from "../engine/reply.ts";
import type { ClusterObserver, Shard } from "../models/cluster.ts";
import type { FailoverPhase } from "../models/failover/failover.ts";
import { FAILED } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../units.ts";
import type { DrillContext } from "./drill.ts";

/** Clients count as recovered after so long without an error, a timeout or a lost connection. */
const QUIET_NS = NS_PER_SECOND;
const LOOK_NS = 100 * NS_PER_MS;

export function followRecovery({ world, report, finish }: DrillContext, shard: Shard, lostPrimary: boolean): void {
  const { sim, cluster } = world;
  const startNs = sim.now;
  let promotedNs: number | null = null;
  let firstWrite = !lostPrimary;
  let whole = false;
  let quietSince = sim.now;
  let troubles = countTroubles(world);

  const onPhase = (of: number, phase: FailoverPhase) => {
    if (of === shard.index) report.phases.push(phase);
  };
  world.phaseListeners.push(onPhase);

  const observer: ClusterObserver = {
    promoted(of, lost) {
      if (of !== shard || promotedNs !== null) return;
      promotedNs = sim.now;
      report.figures.lostWrites = lost;
    },
    replicaOnline(of) {
      if (of !== shard || whole) return;
      whole = true;
      report.phases.push({ name: "replica rebuilt", startNs, endNs: sim.now, boundBy: "replacement and full sync" });
    },
  };
  cluster.observers.push(observer);

  const stopWatching = world.watchReplies((request, reply) => {
    if (firstWrite || promotedNs === null || reply instanceof ErrorReply) return;
    const { requests } = world;
    const slot = requests.slot[request];
    if (requests.reads[request] === 1 || slot < 0 || cluster.shardOfSlot[slot] !== shard.index) return;
    firstWrite = true;
    report.phases.push({
      name: "first write",
      startNs: promotedNs,
      endNs: sim.now,
      boundBy: "client: topology refresh, DNS TTL, backoff",
    });
  });

  const look = () => {
    const now = countTroubles(world);
    if (now !== troubles) quietSince = sim.now;
    troubles = now;
    const healed = !lostPrimary || promotedNs !== null;
    if (report.endNs === null && healed && sim.now - quietSince >= QUIET_NS) {
      report.phases.push({ name: "errors over", startNs, endNs: quietSince, boundBy: "the longest of the above" });
      finish();
    }
    if (report.endNs !== null && firstWrite && whole) {
      stopWatching();
      world.phaseListeners.splice(world.phaseListeners.indexOf(onPhase), 1);
      cluster.observers.splice(cluster.observers.indexOf(observer), 1);
      return;
    }
    sim.after(LOOK_NS, "recovery watch", look);
  };
  sim.after(LOOK_NS, "recovery watch", look);
}

/** Everything that clients may have suffered so far. */
function countTroubles(world: World): number {
  let sum = world.recorder.totals[FAILED];
  for (const { counters } of world.clients)
    sum += counters.timeouts + counters.connectionErrors + counters.errorReplies;
  return sum;
}
