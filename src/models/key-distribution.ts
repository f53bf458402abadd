// How clients of Memcached spread keys over its nodes: there are no slots, each client computes the node itself. Here it does so
// over 16,384 buckets, which are slots by another name: a key's bucket is CRC16 mod 16384, a bucket's node is
//
//   modulo   bucket mod n, over the nodes in their order. With another n, n/(n+1) of all keys are looked for elsewhere.
//   ketama   the next point on a ring on which each node has 160 (libketama: 40 hashes of four points). With one node more or
//            less only the keys of about one node, 1/n, move; nodes hold uneven shares, by about 1/sqrt(160) = 8 %.
//
// All clients agree. Hashes are FNV-1a with a final mix in place of MD5: any even hash gives the same shares.

import { SLOT_COUNT } from "../engine/slots.ts";

export const KEY_DISTRIBUTIONS = ["ketama", "modulo"] as const;
export type KeyDistribution = (typeof KEY_DISTRIBUTIONS)[number];

const POINTS = 160;

/** The shard of every bucket, for the shards that there are. */
export function distribute(method: KeyDistribution, shards: readonly number[]): Int16Array {
  const owner = new Int16Array(SLOT_COUNT);
  if (shards.length === 0) return owner;
  if (method === "modulo") {
    for (let bucket = 0; bucket < SLOT_COUNT; bucket++) owner[bucket] = shards[bucket % shards.length];
    return owner;
  }
  const ring = shards
    .flatMap(shard => Array.from({ length: POINTS }, (_, i) => ({ at: evenHash(`node ${shard}-${i}`), shard })))
    .sort((a, b) => a.at - b.at || a.shard - b.shard);
  const buckets = Array.from({ length: SLOT_COUNT }, (_, bucket) => ({ at: evenHash(`bucket ${bucket}`), bucket }));
  buckets.sort((a, b) => a.at - b.at);
  let next = 0;
  for (const { at, bucket } of buckets) {
    while (next < ring.length && ring[next].at < at) next++;
    owner[bucket] = ring[next % ring.length].shard;
  }
  return owner;
}

function evenHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
