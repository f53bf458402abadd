// From cluster mode disabled to enabled, in place (AWS, modify-cluster-mode; since Valkey 7.2 and Redis OSS 7.0):
//
//   1. compatible   every node gives way to one that runs with cluster-enabled (replace-nodes.ts); there is one shard, the
//                   endpoints stay, and clients of either kind are served. Nothing else may be changed meanwhile
//   2. clients turn to the cluster protocol and the configuration endpoint
//   3. enabled      keys of different slots are refused from now on (CROSSSLOT); shards may be added; there is no way back
//
// That a compatible cluster takes calls over several slots, as its clients are used to, is assumed.

import type { Cluster } from "../cluster.ts";
import { viewOf } from "../cluster-view.ts";
import { begin, type ManoeuvreReport } from "./manoeuvre.ts";
import { replaceNodes } from "./replace-nodes.ts";

export function enableClusterMode(
  cluster: Cluster,
  clientsNs: number,
  /** Turns the clients to the cluster protocol. */
  turnClients: () => void,
  report: ManoeuvreReport,
  done: () => void,
): void {
  const { variant, mode, node, profile, replicasPerShard } = cluster.config;
  const enabled = mode === "cluster" ? "cluster mode is enabled already" : null;
  const only = variant === undefined ? "this cluster has one form only" : null;
  const manoeuvre = begin(cluster, "enabling cluster mode", report, done, enabled ?? only);
  if (manoeuvre === null || variant === undefined) return;
  const { sim, log } = cluster;
  report.target = "cluster";
  const made = variant({ node: node.type, engine: profile.name, mode: "cluster" });
  const { startNs } = manoeuvre;
  replaceNodes(cluster, { ...made, mode: "single", replicasPerShard }, manoeuvre, () => {
    manoeuvre.phase("compatible", startNs, "new nodes, their syncs, cluster.scaling.drain");
    log.add("control plane", "cluster mode is compatible: clients of either kind are served", manoeuvre.event);
    const sinceNs = sim.now;
    sim.after(clientsNs, "cluster mode/clients", () => {
      turnClients();
      manoeuvre.phase("clients turn", sinceNs, "clients");
      cluster.config = { ...cluster.config, mode: "cluster" };
      for (const one of cluster.nodes) if (one.state === "up") one.engine.cluster = viewOf(cluster, one);
      log.add("control plane", "cluster mode is enabled", manoeuvre.event);
      manoeuvre.end();
    });
  });
}
