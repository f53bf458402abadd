// From the scenario's cluster to how its replicas follow: limits that the service sets per node type, or upstream's.

import type { NodeType } from "../catalog/nodes.ts";
import type { ReplicationConfig } from "../models/config.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { EngineSetup } from "./engine-parameters.ts";
import { replicaLimitOf, upstreamLimit } from "./output-limits.ts";
import type { Scenario } from "./schema.ts";

export function replicationConfig(
  { replication, management }: Scenario["cluster"],
  node: NodeType,
  { parameters, modelled }: EngineSetup,
): ReplicationConfig {
  return {
    batchNs: replication.batch,
    syncBandwidthShare: replication.syncBandwidth,
    outputLimit: management === "elasticache" ? replicaLimitOf(node) : upstreamLimit(modelled, "slave"),
    timeoutNs: modelled.number("repl-timeout") * NS_PER_SECOND,
    maxLagNs: Number(parameters["min-replicas-max-lag"] ?? 10) * NS_PER_SECOND,
    dualChannel: modelled.flag("dual-channel-replication-enabled"),
  };
}
