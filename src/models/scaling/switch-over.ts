// A planned change of primary, as a coordinated failover does it (CLUSTER FAILOVER): writes to the primary wait, the replica
// catches up with the last of them, takes over, and what has waited is sent on to it. Nothing is lost.
//
//   pause of writes = 3 round trips + what the replica has yet to apply + cluster.scaling.handOver
//                     (asking for it, the offset, the vote; upstream, cluster_legacy.c)
//
// When the replica has not caught up after 5 s (upstream's limit) the writers go on and it is tried again later. In cluster
// mode the old primary answers MOVED. With cluster mode disabled the endpoint's record changes at the same instant: clients
// that have cached it get READONLY until their own time to live is over.

import { NS_PER_MS, NS_PER_SECOND } from "../../units.ts";
import type { Cluster, Shard } from "../cluster.ts";
import type { Node } from "../node.ts";
import { roundTripsNs } from "../slot-migration/migration.ts";
import { pauseWrites, resumeWrites } from "../write-pause.ts";
import { drawNs, scalingOf } from "./provision.ts";

const LIMIT_NS = 5 * NS_PER_SECOND;
const LOOK_NS = NS_PER_MS;

/** `done` is told how long writes waited, or null when it came to nothing. */
export function switchOver(
  cluster: Cluster,
  shard: Shard,
  heir: Node,
  cause: number | null,
  done: (pausedNs: number | null) => void,
): void {
  const { sim, latency } = cluster;
  const old = shard.primary;
  const startNs = sim.now;
  const trips = roundTripsNs(latency, 3, old.zone, heir.zone);
  const extra = drawNs(cluster, scalingOf(cluster).handOverNs, "hand-over");
  const isPossible = () => shard.primary === old && old.state === "up" && shard.replicas.includes(heir);
  const leave = (pausedNs: number | null) => {
    resumeWrites(old, sim);
    done(pausedNs);
  };
  const look = () => {
    if (!isPossible() || heir.state !== "up" || heir.engine.isLoading) return leave(null);
    const link = cluster.linkOf(heir);
    const behind = link === undefined || link.pendingBytes > 0 || old.backlogNs > 0 || heir.backlogNs > 0;
    if (!behind) {
      takeOver(cluster, shard, heir, cause);
      return leave(sim.now - startNs);
    }
    if (sim.now - startNs > LIMIT_NS) return leave(null);
    sim.after(LOOK_NS, "scaling/hand-over", look);
  };
  pauseWrites(old);
  sim.after(trips + extra, "scaling/hand-over", look);
}

function takeOver(cluster: Cluster, shard: Shard, heir: Node, cause: number | null): void {
  // The old primary hears of it at once, steps down and follows from where it stands: it has all that the heir has.
  const promoted = cluster.promote(shard, heir, cause);
  if (cluster.primaryEndpoint === null) return;
  cluster.primaryEndpoint.node = heir.id;
  cluster.log.add("dns", `primary endpoint points to ${heir.name}`, promoted);
}
