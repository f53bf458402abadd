// Another number of replicas in every shard (IncreaseReplicaCount, DecreaseReplicaCount): new ones come by a full sync, those
// that are too many leave, the last to have joined first. ElastiCache allows 5, and no more nodes than the account's quotas
// (quotas.ts); with automatic failover one has to stay.

import { NS_PER_MS } from "../../units.ts";
import type { Cluster } from "../cluster.ts";
import { addReplica, removeReplica } from "../cluster-members.ts";
import type { Node } from "../node.ts";
import { begin, type Manoeuvre, type ManoeuvreReport } from "./manoeuvre.ts";
import { PROVISIONING_SETTING, whenProvisioned } from "./provision.ts";
import { MOST_REPLICAS, refusalOf } from "./quotas.ts";

const LOOK_NS = 100 * NS_PER_MS;

export function changeReplicas(cluster: Cluster, replicas: number, report: ManoeuvreReport, done: () => void): void {
  const text = `${replicas} ${replicas === 1 ? "replica" : "replicas"} per shard`;
  const same = cluster.members.every(shard => shard.replicas.length === replicas);
  const why = same ? `every shard has ${text.replace(" per shard", "")} already` : problemOf(cluster, replicas);
  report.target = "cluster";
  const manoeuvre = begin(cluster, text, report, done, why);
  if (manoeuvre === null) return;
  report.figures.replicas = replicas;
  removeSurplus(cluster, replicas, manoeuvre);
  const missing = cluster.members.some(shard => shard.replicas.length < replicas);
  cluster.config = { ...cluster.config, replicasPerShard: replicas };
  if (!missing) return manoeuvre.end();
  const { startNs } = manoeuvre;
  whenProvisioned(cluster, () => {
    manoeuvre.phase("new nodes", startNs, PROVISIONING_SETTING);
    addMissing(cluster, replicas, manoeuvre);
  });
}

function problemOf(cluster: Cluster, replicas: number): string | null {
  if (replicas > MOST_REPLICAS) return `a shard has at most ${MOST_REPLICAS} replicas`;
  if (replicas === 0 && cluster.config.multiAz) return "Multi-AZ needs a replica";
  return refusalOf(cluster, 0, replicas);
}

function removeSurplus(cluster: Cluster, replicas: number, manoeuvre: Manoeuvre): void {
  for (const shard of cluster.members) {
    for (const node of shard.replicas.slice(replicas)) removeReplica(cluster, shard, node, manoeuvre.event);
  }
}

function addMissing(cluster: Cluster, replicas: number, manoeuvre: Manoeuvre): void {
  const { sim } = cluster;
  const sinceNs = sim.now;
  const added: Node[] = [];
  for (const shard of cluster.members) {
    while (shard.replicas.length < replicas) added.push(addReplica(cluster, shard, manoeuvre.event));
  }
  const look = () => {
    if (added.some(node => node.state === "up" && node.engine.isLoading)) {
      sim.after(LOOK_NS, "scaling/replicas", look);
      return;
    }
    manoeuvre.phase("sync", sinceNs, "fork, transfer and loading of the data set");
    manoeuvre.end();
  };
  look();
}
