// What the reader endpoint's record holds: the replicas that serve. It follows the cluster with the delay of the service's
// DNS (`cluster.failover.dns`); a replica that has died leaves it when the control plane has noticed (`detection`); one that is
// taken out of service leaves it before.

import type { Cluster } from "./cluster.ts";
import type { ManagedFailoverConfig } from "./config.ts";
import { type Authority, ReaderRecord } from "./dns.ts";
import type { Node } from "./node.ts";

/** Makes the record of a cluster with cluster mode disabled, and keeps it. */
export function readerEndpoint(cluster: Cluster, primary: Authority, config: ManagedFailoverConfig): ReaderRecord {
  const { sim } = cluster;
  const [shard] = cluster.shards;
  const record = new ReaderRecord(
    shard.replicas.map(replica => replica.id),
    primary,
  );
  const random = () => sim.random("reader endpoint");
  const dnsNs = () => Math.max(1, Math.round(config.dnsNs.sample(random())));
  const drop = (node: Node) => {
    record.nodes = record.nodes.filter(id => id !== node.id);
  };
  cluster.observers.push({
    replicaOnline(_shard, replica) {
      sim.after(dnsNs(), "reader endpoint", () => {
        if (replica.state === "up" && !record.nodes.includes(replica.id)) record.nodes.push(replica.id);
      });
    },
    promoted(of) {
      const { primary: heir } = of;
      sim.after(dnsNs(), "reader endpoint", () => {
        if (of.primary === heir) drop(heir);
      });
    },
    nodeLost(node) {
      const noticed = Math.round(config.detectionNs.sample(random()));
      sim.after(noticed + dnsNs(), "reader endpoint", () => {
        if (node.state !== "up") drop(node);
      });
    },
    nodeRemoved: drop,
  });
  return record;
}
