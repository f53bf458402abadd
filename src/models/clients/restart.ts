// An application instance starts anew: its process is gone, and with it its connections, the commands on them and those that
// waited for one; nobody tries them again. The next process knows nothing of before: it asks for the endpoint's name and for
// the topology, has a fresh IAM token, and opens as many connections as its pools begin with.
//
// Left out: the request behind a command goes on as its pattern says (cache-aside: at the origin), calls of the origin end as
// they end, and a command that waited for its next try makes it, as its last.

import type { Client } from "../client.ts";
import { NO_REQUEST, type Requests } from "../requests.ts";
import { PRIMARY_ENDPOINT } from "../topology.ts";
import { type ConnectionTable, OPEN } from "./connection-table.ts";

/** Restarts one instance of a group; returns how many connections it opens. */
export function restartInstance(
  client: Client,
  table: ConnectionTable,
  requests: Requests,
  instance: number,
  nowNs: number,
): number {
  const { connections, config } = client;
  const pools = connections.all.filter(pool => pool.instance === instance);
  for (let request = 0; request < requests.limit; request++) {
    if (requests.alive[request] === 1 && requests.instance[request] === client.firstInstance + instance) {
      requests.attempt[request] = config.retry.attempts;
    }
  }
  for (const pool of pools) {
    for (let left = pool.queued; left > 0; left--) {
      const request = pool.dequeue(requests);
      if (request !== NO_REQUEST) client.tryAgainOrFail(request, "connection");
    }
  }
  for (let connection = 0; connection < table.limit; connection++) {
    if (table.state[connection] === OPEN && pools.includes(table.pool[connection])) connections.broken(connection);
  }
  client.views[instance].restart();
  client.login?.restart(instance, nowNs);
  const before = connections.dialer.attempts;
  for (const pool of pools) {
    if (pool.member !== PRIMARY_ENDPOINT && !client.knows(instance, pool.member)) continue;
    connections.dialer.fill(pool, connections.initial);
  }
  return connections.dialer.attempts - before;
}
