// What replicas meant to clients: reads that they answered and how old the answers were, writes that waited for them.

import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import { significant } from "./rounding.ts";

export function replicaReadsOf({ cluster, staleAges }: World): Result["replicaReads"] {
  if (staleAges === null) return null;
  let reads = 0;
  let stale = 0;
  for (const { replicaReads } of cluster.nodes) {
    reads += replicaReads?.reads ?? 0;
    stale += replicaReads?.stale ?? 0;
  }
  const ms = (q: number) => (staleAges.supports(q) ? significant(staleAges.quantile(q) / 1e6) : null);
  return {
    reads,
    stale,
    ageMs: { p50: ms(0.5), p99: ms(0.99), max: stale === 0 ? null : significant(staleAges.max / 1e6) },
  };
}

export function waitsOf({ cluster: { nodes } }: World): Result["waits"] {
  if (nodes.every(({ waits }) => waits === null)) return null;
  let writes = 0;
  let tooFew = 0;
  for (const { waits } of nodes) {
    writes += waits?.waited ?? 0;
    tooFew += waits?.tooFew ?? 0;
  }
  return { writes, tooFew };
}
