// Which zone a node of a shard goes into.
//
// Primaries take turns through the zones; with Multi-AZ the members of a shard go into different zones as long as there
// are some left. A scenario can name the zones to use, or the zone of each member (ElastiCache: PreferredAvailabilityZones,
// NodeGroupConfiguration).

import type { ClusterConfig } from "./config.ts";

/** Zone number for a member (0: the primary) of a shard. */
export function zoneFor(config: ClusterConfig, zoneCount: number, shard: number, member: number): number {
  const { placement, multiAz } = config;
  const named = placement?.shards[shard]?.[member];
  if (named !== undefined) return named;
  const turn = shard + (multiAz ? member : 0);
  const preferred = placement?.preferred ?? null;
  return preferred === null ? turn % zoneCount : preferred[turn % preferred.length];
}
