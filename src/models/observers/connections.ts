// Connections are conserved: what a node counts is what clients hold or are being given; never fewer than none, never more
// than maxclients.

import { ACCEPTED, OPEN } from "../clients/connection-table.ts";
import type { ObserverSpec } from "./observer.ts";

export const connectionsObserver: ObserverSpec = {
  name: "connections",
  law: "a node counts the connections that clients hold or are being given, at most maxclients",
  begin(world, tell) {
    return {
      look() {
        const { connections: table, cluster } = world;
        const held = new Map<number, number>();
        for (let connection = 0; connection < table.limit; connection++) {
          const state = table.state[connection];
          const node = table.node[connection];
          if (state !== ACCEPTED && state !== OPEN) continue;
          if (table.incarnation[connection] !== cluster.nodes[node].incarnation) continue;
          held.set(node, (held.get(node) ?? 0) + 1);
        }
        for (const { id, name, connections, config } of cluster.nodes) {
          const counted = held.get(id) ?? 0;
          if (connections !== counted) tell(`${name} counts ${connections} connections, clients hold ${counted}`);
          if (connections > config.maxclients)
            tell(`${name} has ${connections} connections, allowed ${config.maxclients}`);
        }
      },
    };
  },
};
