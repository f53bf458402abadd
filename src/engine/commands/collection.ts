// What the commands on sets and hashes share: what happens after members were taken out, and after look-ups that moved a
// hash table's rehash on.

import type { Context } from "../context.ts";
import type { Collection } from "../keyspace.ts";
import type { MemberTable } from "../values/member-table.ts";

/** Tells that `removed` members were taken out of the value under an entry; the key goes with the last one. */
export function membersRemoved(
  ctx: Context,
  key: string,
  entry: number,
  collection: Collection,
  removed: number,
  eventClass: string,
  event: string,
): void {
  ctx.effort.elements += removed;
  if (collection.elements > 0) {
    ctx.db.changed(entry);
    ctx.modified(key, eventClass, event);
  } else {
    ctx.remove(entry, false);
    ctx.modified(key, eventClass, event);
    ctx.engine.notifyKeyspace("g", "del", key, ctx.db.index);
  }
  ctx.dirty += removed - 1;
}

/** A value that may be a hash table. */
export interface Tabled extends Collection {
  readonly table: MemberTable<unknown> | null;
}

/**
 * Runs look-ups in a collection. They move an unfinished rehash on: that writes memory, and in the end it frees the old
 * bucket array.
 */
export function lookingUp<T>(ctx: Context, entry: number, collection: Tabled, look: () => T): T {
  const { table } = collection;
  if (table === null || !table.rehashing) return look();
  const result = look();
  ctx.db.changed(entry);
  return result;
}
