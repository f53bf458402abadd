// From the scenario's cluster to how its replicas follow: limits that the service sets per node type, or upstream's.

import type { NodeType } from "../catalog/nodes.ts";
import { outputLimits } from "../engine/parameters/arguments.ts";
import { splitWords } from "../engine/words.ts";
import type { OutputLimit, ReplicationConfig } from "../models/config.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { EngineSetup } from "./engine-parameters.ts";
import type { Scenario } from "./schema.ts";

export function replicationConfig(
  { replication, management }: Scenario["cluster"],
  node: NodeType,
  { parameters }: EngineSetup,
): ReplicationConfig {
  const seconds = (name: string, otherwise: number) => Number(parameters[name] ?? otherwise) * NS_PER_SECOND;
  return {
    batchNs: replication.batch,
    syncBandwidthShare: replication.syncBandwidth,
    outputLimit: management === "elasticache" ? perNode(node) : upstream(parameters["client-output-buffer-limit"]),
    timeoutNs: seconds("repl-timeout", 60),
    maxLagNs: seconds("min-replicas-max-lag", 10),
    dualChannel: parameters["dual-channel-replication-enabled"] === "yes",
  };
}

/** ElastiCache: 10 % of the node's maxmemory, hard and soft, 60 s (aws-facts.md, 3). */
function perNode(node: NodeType): OutputLimit {
  const bytes = node.replicaOutputBufferLimitBytes ?? Math.floor(node.maxmemoryBytes / 10);
  return { hardBytes: bytes, softBytes: bytes, softNs: 60 * NS_PER_SECOND };
}

/** valkey.conf: replica 256mb 64mb 60. */
function upstream(given: string | undefined): OutputLimit {
  const text = outputLimits(splitWords(given ?? "") ?? [], "slave 268435456 67108864 60");
  const words = text.split(" ");
  const [hard, soft, seconds] = words.slice(words.indexOf("slave") + 1).map(Number);
  const orNone = (bytes: number) => (bytes === 0 ? Number.POSITIVE_INFINITY : bytes);
  // A soft limit of zero is none.
  return { hardBytes: orNone(hard), softBytes: orNone(soft === 0 ? hard : soft), softNs: seconds * NS_PER_SECOND };
}
