// What freeing a value costs, and where: on the engine thread, or in the background for large ones.

import type { Engine } from "./engine.ts";
import { HASH, type Keyspace } from "./keyspace.ts";

/** Values of up to this many elements are freed at once even by UNLINK. */
const LAZY_FREE_THRESHOLD = 64;

/** Counts the elements of a value that is about to be freed. */
export function countFreed(engine: Engine, database: Keyspace, entry: number, lazy: boolean): void {
  const value = database.valueOf(entry);
  if (typeof value !== "object" || value === null || !("elements" in value)) return;
  const { effort } = engine;
  const fields = database.typeOf(entry) === HASH ? value.elements : 0;
  if (lazy && value.elements > LAZY_FREE_THRESHOLD) {
    effort.lazyFreedElements += value.elements;
    effort.lazyFreedFields += fields;
    engine.stats.lazyFreedObjects++;
  } else {
    effort.freedElements += value.elements;
    effort.freedFields += fields;
  }
}

/** What emptying a database frees: its keys and the elements of its collections. */
export function elementsOf(database: Keyspace): number {
  let elements = database.size;
  database.forEachEntry(entry => {
    const value = database.valueOf(entry);
    if (typeof value === "object" && value !== null && "elements" in value) elements += value.elements;
  });
  return elements;
}
