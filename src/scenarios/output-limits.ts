// client-output-buffer-limit of replicas and of subscribers: what the service sets and lets be set, or upstream's.

import type { NodeType } from "../catalog/nodes.ts";
import type { Parameters } from "../engine/parameters.ts";
import type { OutputLimit } from "../models/config.ts";
import { NS_PER_SECOND } from "../units.ts";

/** Of ElastiCache's names; those of ordinary clients are 0, which is none. */
const PUBSUB = ["hard-limit", "soft-limit", "soft-seconds"].map(part => `client-output-buffer-limit-pubsub-${part}`);

export function isSubscriberLimit(name: string): boolean {
  return PUBSUB.includes(name);
}

/** ElastiCache: 10 % of the node's maxmemory, hard and soft, 60 s (aws-facts.md, 3). */
export function replicaLimitOf(node: NodeType): OutputLimit {
  const bytes = node.replicaOutputBufferLimitBytes ?? Math.floor(node.maxmemoryBytes / 10);
  return outputLimit(bytes, bytes, 60);
}

/** ElastiCache's three parameters: 32 MiB, 8 MiB and 60 s unless they are set (aws-facts.md, 3). */
export function subscriberLimitOf(value: (name: string) => number): OutputLimit {
  const [hard, soft, seconds] = PUBSUB.map(value);
  return outputLimit(hard, soft, seconds);
}

/** Of a self-managed server's client-output-buffer-limit (valkey.conf: replica 256mb 64mb 60, pubsub 32mb 8mb 60). */
export function upstreamLimit(modelled: Parameters, kind: "slave" | "pubsub"): OutputLimit {
  const words = modelled.text("client-output-buffer-limit").split(" ");
  const [hard, soft, seconds] = words.slice(words.indexOf(kind) + 1).map(Number);
  return outputLimit(hard, soft, seconds);
}

/** A limit of zero is none; without a soft one there is the hard one. */
function outputLimit(hard: number, soft: number, seconds: number): OutputLimit {
  const orNone = (bytes: number) => (bytes === 0 ? Number.POSITIVE_INFINITY : bytes);
  return { hardBytes: orNone(hard), softBytes: orNone(soft === 0 ? hard : soft), softNs: seconds * NS_PER_SECOND };
}
