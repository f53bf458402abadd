// The eight maxmemory policies, as data: which keys they may take and by what they are ranked. How candidates are
// found is the same for all ranked policies (pool.ts).

/** lru, lfu, ttl: by score, from a pool of sampled candidates. random: any. none: writes are refused instead. */
export type Ranking = "lru" | "lfu" | "ttl" | "random" | "none";

export interface EvictionPolicy {
  readonly name: string;
  readonly ranking: Ranking;
  /** Only keys with an expiry may go. */
  readonly volatileOnly: boolean;
}

/** In the order in which the server lists them. */
export const POLICIES: readonly EvictionPolicy[] = [
  { name: "volatile-lru", ranking: "lru", volatileOnly: true },
  { name: "volatile-lfu", ranking: "lfu", volatileOnly: true },
  { name: "volatile-random", ranking: "random", volatileOnly: true },
  { name: "volatile-ttl", ranking: "ttl", volatileOnly: true },
  { name: "allkeys-lru", ranking: "lru", volatileOnly: false },
  { name: "allkeys-lfu", ranking: "lfu", volatileOnly: false },
  { name: "allkeys-random", ranking: "random", volatileOnly: false },
  { name: "noeviction", ranking: "none", volatileOnly: false },
];

export const POLICY_NAMES: readonly string[] = POLICIES.map(policy => policy.name);

export function evictionPolicy(name: string): EvictionPolicy {
  return POLICIES.find(policy => policy.name === name)!;
}
