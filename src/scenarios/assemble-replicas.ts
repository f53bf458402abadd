// What replicas meant to clients: reads that they answered and how old the answers were, writes that waited for them.

import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import { significant } from "./rounding.ts";
import { scaledCounts } from "./stands-for.ts";

export function replicaReadsOf(world: World): Result["replicaReads"] {
  const { cluster, staleAges } = world;
  if (staleAges === null) return null;
  let reads = 0;
  let stale = 0;
  for (const { replicaReads } of cluster.nodes) {
    reads += replicaReads?.reads ?? 0;
    stale += replicaReads?.stale ?? 0;
  }
  const ms = (q: number) => (staleAges.supports(q) ? significant(staleAges.quantile(q) / 1e6) : null);
  return {
    ...scaledCounts(world, { reads, stale }),
    ageMs: { p50: ms(0.5), p99: ms(0.99), max: stale === 0 ? null : significant(staleAges.max / 1e6) },
  };
}

export function waitsOf(world: World): Result["waits"] {
  const { nodes } = world.cluster;
  if (nodes.every(({ waits }) => waits === null)) return null;
  let writes = 0;
  let tooFew = 0;
  for (const { waits } of nodes) {
    writes += waits?.waited ?? 0;
    tooFew += waits?.tooFew ?? 0;
  }
  return scaledCounts(world, { writes, tooFew });
}
