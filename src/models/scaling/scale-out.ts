// More shards: new nodes, then the slots are evened out over all. A new shard has as many replicas as the others (AWS, online
// resharding), those counted whose host is lost just now.

import type { Cluster } from "../cluster.ts";
import { addShard } from "../cluster-members.ts";
import { begin, type ManoeuvreReport } from "./manoeuvre.ts";
import { PROVISIONING_SETTING, whenProvisioned } from "./provision.ts";
import { refusalOf } from "./quotas.ts";
import { evenRoutes, move } from "./reshard.ts";

export function scaleOut(cluster: Cluster, shards: number, report: ManoeuvreReport, done: () => void): void {
  const text = `scaling out by ${shards} ${shards === 1 ? "shard" : "shards"}`;
  const single = cluster.config.mode === "single" ? "cluster mode is disabled: there is one shard" : null;
  report.target = "cluster";
  const manoeuvre = begin(cluster, text, report, done, single ?? refusalOf(cluster, shards));
  if (manoeuvre === null) return;
  const { startNs } = manoeuvre;
  whenProvisioned(cluster, () => {
    manoeuvre.phase("new nodes", startNs, PROVISIONING_SETTING);
    const { replicasPerShard } = cluster.config;
    const added = Array.from({ length: shards }, () => addShard(cluster, replicasPerShard, manoeuvre.event));
    report.target = added.map(shard => `shard ${shard.index + 1}`).join(", ");
    report.figures.shards = cluster.members.length;
    // Memcached's nodes know nothing of each other: clients ask the new ones from now on, and nothing moves.
    if (cluster.config.memcached !== undefined) return manoeuvre.end();
    move(cluster, manoeuvre, evenRoutes(cluster), undefined, () => manoeuvre.end());
  });
}
