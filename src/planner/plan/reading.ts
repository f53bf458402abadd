// Who answers reads, in the mean over clients that are spread evenly over the zones (models/topology.ts does it one by one).
//
//   primary        the primary answers all          replica   replicas in turn          any   all members in turn
//   nearest        a member of the own zone, else a replica in turn; zone-replica: the same without the primary
// Member m of a shard stands in zone m modulo the zones (models/cluster-placement.ts). Where zones have unequal numbers of
// members, replicas have unequal shares: the one that answers most is told.

import type { ReadPreference } from "../../models/config/client.ts";
import type { WorldConfig } from "../../models/config.ts";
import type { DemandWorld } from "./worlds.ts";

/** Shares of all reads. */
export interface Reading {
  readonly primary: number;
  /** Of the replica that answers most; 0: there is none. */
  readonly replica: number;
  /** That are answered in another zone than they were asked in. */
  readonly crossing: number;
}

/** What goes anywhere crosses zones so often. */
export function blindCrossing({ zones }: WorldConfig): number {
  return (zones.length - 1) / zones.length;
}

/** `spread`: members of a shard stand in different zones as long as there are some left. */
export function readingOf({ parts }: DemandWorld, replicas: number, config: WorldConfig, spread: boolean): Reading {
  const zones = config.zones.length;
  const places = spread ? zones : 1;
  const members = new Float64Array(1 + replicas);
  let [all, crossing] = [0, 0];
  for (const { readFrom, reads, others } of parts) {
    const rate = reads + others.reduce((sum, one) => sum + (one.isRead ? one.rate : 0), 0);
    const from = replicas === 0 ? "primary" : readFrom;
    all += rate;
    crossing += rate * (isNear(from) ? awayFrom(from, replicas, zones, places) : blindCrossing(config));
    for (let m = 0; m <= replicas; m++) members[m] += rate * shareOf(m, from, replicas, zones, places);
  }
  if (all === 0) return { primary: 1, replica: 0, crossing: blindCrossing(config) };
  return { primary: members[0] / all, replica: Math.max(0, ...members.subarray(1)) / all, crossing: crossing / all };
}

function isNear(from: ReadPreference): boolean {
  return from === "nearest" || from === "zone-replica";
}

/** Zones whose clients find nobody to ask there, as a share of all. */
function awayFrom(from: ReadPreference, replicas: number, zones: number, places: number): number {
  let found = 0;
  for (let zone = 0; zone < places; zone++) if (standIn(zone, from, replicas, places) > 0) found++;
  return 1 - found / zones;
}

/** Members in a zone that its own clients may ask. */
function standIn(zone: number, from: ReadPreference, replicas: number, places: number): number {
  let count = 0;
  for (let m = from === "nearest" ? 0 : 1; m <= replicas; m++) if (m % places === zone) count++;
  return count;
}

/** What member m, the primary being 0, answers. */
function shareOf(m: number, from: ReadPreference, replicas: number, zones: number, places: number): number {
  if (from === "primary") return m === 0 ? 1 : 0;
  if (from === "any") return 1 / (1 + replicas);
  if (m === 0 && from !== "nearest") return 0;
  if (from === "replica") return 1 / replicas;
  const own = 1 / zones / standIn(m % places, from, replicas, places);
  // Those who find nobody beside them ask the replicas in turn.
  return m === 0 ? own : own + awayFrom(from, replicas, zones, places) / replicas;
}
