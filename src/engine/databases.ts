// What is done to whole databases.

import type { Engine } from "./engine.ts";

/** Exchanges two databases, as SWAPDB does. */
export function swapDatabases(engine: Engine, left: number, right: number): void {
  const { databases } = engine;
  const [a, b] = [engine.database(left), engine.database(right)];
  a.index = right;
  b.index = left;
  databases[left] = b;
  databases[right] = a;
}

/** An empty engine becomes a copy of another one's data set: the end of a full sync. */
export function copyData(from: Engine, to: Engine): void {
  from.databases.forEach((database, index) => {
    if (database !== undefined && database.size > 0) to.database(index).copyFrom(database);
  });
}
