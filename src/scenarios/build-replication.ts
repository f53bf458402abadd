// From the scenario's cluster to how its replicas follow: limits that the service sets per node type, or upstream's.

import type { NodeType } from "../catalog/nodes.ts";
import type { OutputLimit, ReplicationConfig } from "../models/config.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { EngineSetup } from "./engine-parameters.ts";
import type { Scenario } from "./schema.ts";

export function replicationConfig(
  { replication, management }: Scenario["cluster"],
  node: NodeType,
  { parameters, modelled }: EngineSetup,
): ReplicationConfig {
  return {
    batchNs: replication.batch,
    syncBandwidthShare: replication.syncBandwidth,
    outputLimit: management === "elasticache" ? perNode(node) : upstream(modelled.text("client-output-buffer-limit")),
    timeoutNs: modelled.number("repl-timeout") * NS_PER_SECOND,
    maxLagNs: Number(parameters["min-replicas-max-lag"] ?? 10) * NS_PER_SECOND,
    dualChannel: modelled.flag("dual-channel-replication-enabled"),
  };
}

/** ElastiCache: 10 % of the node's maxmemory, hard and soft, 60 s (aws-facts.md, 3). */
function perNode(node: NodeType): OutputLimit {
  const bytes = node.replicaOutputBufferLimitBytes ?? Math.floor(node.maxmemoryBytes / 10);
  return { hardBytes: bytes, softBytes: bytes, softNs: 60 * NS_PER_SECOND };
}

/** valkey.conf: replica 256mb 64mb 60. */
function upstream(text: string): OutputLimit {
  const words = text.split(" ");
  const [hard, soft, seconds] = words.slice(words.indexOf("slave") + 1).map(Number);
  const orNone = (bytes: number) => (bytes === 0 ? Number.POSITIVE_INFINITY : bytes);
  // A soft limit of zero is none.
  return { hardBytes: orNone(hard), softBytes: orNone(soft === 0 ? hard : soft), softNs: seconds * NS_PER_SECOND };
}
