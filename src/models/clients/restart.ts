// An application instance starts anew: its process is gone, and with it its connections and what was on them; the next one
// opens as many as its pool begins with, to the same nodes.

import { type ConnectionTable, OPEN } from "./connection-table.ts";
import type { Connections } from "./connections.ts";

/** Restarts one instance of a group; returns how many connections it opens. */
export function restartInstance(connections: Connections, table: ConnectionTable, instance: number): number {
  const pools = connections.all.filter(pool => pool.instance === instance);
  for (let connection = 0; connection < table.limit; connection++) {
    if (table.state[connection] === OPEN && pools.includes(table.pool[connection])) connections.broken(connection);
  }
  let opened = 0;
  for (const pool of pools) {
    const before = connections.dialer.attempts;
    connections.dialer.fill(pool, connections.initial);
    opened += connections.dialer.attempts - before;
  }
  return opened;
}
