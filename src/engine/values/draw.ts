// Random members of a collection: with repetition, or distinct ones.

import type { Random } from "../../sim/random.ts";
import type { MemberTable } from "./member-table.ts";

/** A collection that one can draw from: its members, or its pairs of field and value. */
export interface Urn<T> {
  readonly elements: number;
  readonly table: MemberTable<unknown> | null;
  all(): T[];
  draw(random: Random): T;
  /** What makes two draws the same. */
  name(item: T): string;
}

/** So many items, each drawn from the whole collection. */
export function drawRepeatedly<T>(urn: Urn<T>, count: number, random: Random): T[] {
  const drawn: T[] = [];
  if (urn.table === null && count > 1) {
    const all = urn.all();
    for (let i = 0; i < count; i++) drawn.push(all[random.below(all.length)]);
  } else {
    for (let i = 0; i < count; i++) drawn.push(urn.draw(random));
  }
  return drawn;
}

/** From a list, `count` of its items in their order, every choice equally likely. */
export function chooseInOrder<T>(items: readonly T[], count: number, random: Random): { chosen: T[]; rest: T[] } {
  const chosen: T[] = [];
  const rest: T[] = [];
  for (let i = 0; i < items.length; i++) {
    if (random.below(items.length - i) < count - chosen.length) chosen.push(items[i]);
    else rest.push(items[i]);
  }
  return { chosen, rest };
}

/** The collection is taken whole when it is less than so many times what is asked for. */
const DENSE = 3;

/** So many distinct items; fewer when there are no more. */
export function drawDistinct<T>(urn: Urn<T>, count: number, random: Random): T[] {
  if (count >= urn.elements) return urn.all();
  if (urn.table === null || count * DENSE > urn.elements) return chooseInOrder(urn.all(), count, random).chosen;
  const drawn = new Map<string, T>();
  while (drawn.size < count) {
    const item = urn.draw(random);
    const name = urn.name(item);
    if (!drawn.has(name)) drawn.set(name, item);
  }
  return [...drawn.values()];
}
