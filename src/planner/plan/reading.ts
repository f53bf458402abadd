// Who answers reads, in the mean over clients that are spread evenly over the zones (models/topology.ts does it one by one).
//
//   primary        the primary answers all          replica   replicas in turn          any   all members in turn
//   nearest        a member of the own zone, else a replica in turn; zone-replica: the same without the primary
// Replicas share what is theirs evenly.

import type { ReadPreference } from "../../models/config/client.ts";
import type { WorldConfig } from "../../models/config.ts";
import type { DemandWorld } from "./worlds.ts";

/** Shares of all reads. */
export interface Reading {
  /** That the primary answers, and each of its replicas. */
  readonly primary: number;
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
  const places = spread ? config.zones.length : 1;
  let [all, primary, crossing] = [0, 0, 0];
  for (const { readFrom, reads, others } of parts) {
    const rate = reads + others.reduce((sum, one) => sum + (one.isRead ? one.rate : 0), 0);
    all += rate;
    primary += rate * primaryShare(readFrom, replicas, config.zones.length, places);
    crossing += rate * crossingShare(readFrom, replicas, config, places);
  }
  if (all === 0) return { primary: 1, replica: 0, crossing: blindCrossing(config) };
  const share = primary / all;
  return { primary: share, replica: replicas === 0 ? 0 : (1 - share) / replicas, crossing: crossing / all };
}

function primaryShare(from: ReadPreference, replicas: number, zones: number, places: number): number {
  if (from === "primary" || replicas === 0) return 1;
  if (from === "any") return 1 / (1 + replicas);
  // It and the members beside it in its zone share that zone's clients.
  return from === "nearest" ? 1 / zones / Math.ceil((1 + replicas) / places) : 0;
}

function crossingShare(from: ReadPreference, replicas: number, config: WorldConfig, places: number): number {
  const members = from === "nearest" ? 1 + replicas : from === "zone-replica" ? replicas : 0;
  return members === 0 ? blindCrossing(config) : 1 - Math.min(places, members) / config.zones.length;
}
