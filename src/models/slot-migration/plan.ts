// Which slots go where. A plan is a list of routes: from one shard to another, with the slots that take it. Even
// distribution is by number of slots, as ElastiCache and valkey-cli do it, and moves no more of them than it must; slots
// are no measure of memory or load, so there is a plan by measured load too.

import { SLOT_COUNT } from "../../engine/slots.ts";

export interface SlotRoute {
  /** Shard numbers. */
  readonly from: number;
  readonly to: number;
  readonly slots: readonly number[];
}

/** Slots per shard when so many shards share them evenly: the first ones have one more. */
export function evenShares(shards: readonly number[]): Map<number, number> {
  const each = Math.floor(SLOT_COUNT / shards.length);
  const rest = SLOT_COUNT % shards.length;
  return new Map(shards.map((shard, place) => [shard, each + (place < rest ? 1 : 0)]));
}

/** The fewest moves after which each shard has its share. Who is not in `shares` gives all. */
export function planShares(owner: Int16Array, shares: ReadonlyMap<number, number>): SlotRoute[] {
  const owned = new Map<number, number[]>();
  for (const shard of shares.keys()) owned.set(shard, []);
  for (let slot = 0; slot < owner.length; slot++) {
    const list = owned.get(owner[slot]);
    if (list === undefined) owned.set(owner[slot], [slot]);
    else list.push(slot);
  }
  const takers = [...shares].map(([shard, share]) => ({ shard, wants: share - owned.get(shard)!.length }));
  const routes: SlotRoute[] = [];
  for (const [from, slots] of [...owned].sort(([a], [b]) => a - b)) {
    // The end of what it has: its range stays in one piece.
    let give = slots.slice(Math.min(slots.length, shares.get(from) ?? 0));
    for (const taker of takers) {
      if (give.length === 0) break;
      if (taker.wants <= 0) continue;
      const taken = give.slice(0, taker.wants);
      give = give.slice(taken.length);
      taker.wants -= taken.length;
      routes.push({ from, to: taker.shard, slots: taken });
    }
  }
  return routes;
}

/** The given number of slots from one shard to another, from the end of its range. */
export function planMove(owner: Int16Array, from: number, to: number, count: number): SlotRoute[] {
  const slots: number[] = [];
  for (let slot = owner.length - 1; slot >= 0 && slots.length < count; slot--)
    if (owner[slot] === from) slots.push(slot);
  return slots.length === 0 ? [] : [{ from, to, slots: slots.reverse() }];
}

/** Loads within this share of the mean are even enough. */
const TOLERANCE = 0.05;

/**
 * Evens out a measured load per slot, greedily: the hottest slot of the hottest shard goes to the coldest one as long as
 * that makes the two more alike. A slot that carries most of the load by itself stays where it is: nothing is gained.
 */
export function planByLoad(owner: Int16Array, load: ArrayLike<number>, shards: readonly number[]): SlotRoute[] {
  const sums = new Map(shards.map(shard => [shard, 0]));
  const slots = new Map<number, number[]>(shards.map(shard => [shard, []]));
  for (let slot = 0; slot < owner.length; slot++) {
    const shard = owner[slot];
    if (!sums.has(shard)) continue;
    sums.set(shard, sums.get(shard)! + load[slot]);
    if (load[slot] > 0) slots.get(shard)!.push(slot);
  }
  for (const list of slots.values()) list.sort((a, b) => load[b] - load[a] || a - b);
  const mean = [...sums.values()].reduce((sum, one) => sum + one, 0) / shards.length;
  const moved = new Map<string, { from: number; to: number; slots: number[] }>();
  for (;;) {
    const [hottest, coldest] = extremes(shards, sums);
    const gap = sums.get(hottest)! - sums.get(coldest)!;
    if (gap <= 2 * TOLERANCE * mean) break;
    const list = slots.get(hottest)!;
    const at = list.findIndex(slot => load[slot] < gap);
    if (at === -1) break;
    const [slot] = list.splice(at, 1);
    sums.set(hottest, sums.get(hottest)! - load[slot]);
    sums.set(coldest, sums.get(coldest)! + load[slot]);
    const name = `${hottest}>${coldest}`;
    const route = moved.get(name) ?? { from: hottest, to: coldest, slots: [] };
    route.slots.push(slot);
    moved.set(name, route);
  }
  return [...moved.values()];
}

function extremes(shards: readonly number[], sums: ReadonlyMap<number, number>): [hottest: number, coldest: number] {
  let hottest = shards[0];
  let coldest = shards[0];
  for (const shard of shards) {
    if (sums.get(shard)! > sums.get(hottest)!) hottest = shard;
    if (sums.get(shard)! < sums.get(coldest)!) coldest = shard;
  }
  return [hottest, coldest];
}
