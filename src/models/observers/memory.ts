// Memory stays within its limit: a primary that may evict anything holds at most maxmemory and one reply's worth, unless what
// cannot be evicted (connections, buffers) is more than that. The ledger of the data set agrees with its keys.

import type { Engine } from "../../engine/engine.ts";
import { MemcachedEngine } from "../../engine/memcached/engine.ts";
import type { Node } from "../node.ts";
import type { ObserverSpec } from "./observer.ts";

/** Bytes of all items of a Memcached node, list by list; 0 elsewhere. */
function itemBytes(engine: Engine): number {
  return engine instanceof MemcachedEngine ? engine.store.lru.bytes.reduce((sum, bytes) => sum + bytes, 0) : 0;
}

/** What one command may add before the next one evicts; values of the workload come on top. */
const SLACK_BYTES = 64 * 1_024;

export const memoryObserver: ObserverSpec = {
  name: "memory",
  law: "used memory stays within maxmemory and the stated overhead; the ledger of bytes agrees with the keys",
  begin(world, tell) {
    const largest = Math.max(
      0,
      ...world.config.workloads.map(({ valueBytes }) => Math.min(1e9, valueBytes.support[1])),
    );
    const checkLimit = (node: Node) => {
      const { engine } = node;
      const { maxmemory, policy } = engine.settings;
      if (maxmemory === 0 || engine.role !== "primary" || !policy.name.startsWith("allkeys")) return;
      const fixed = engine.usedMemory - engine.dataBytes;
      const allowed = Math.max(maxmemory, fixed) + 2 * largest + SLACK_BYTES;
      if (engine.usedMemory > allowed) {
        tell(`${node.name} uses ${engine.usedMemory} bytes, ${allowed} are allowed with maxmemory ${maxmemory}`);
      }
    };
    return {
      look() {
        for (const node of world.cluster.nodes) {
          if (node.engine.usedMemory < 0) tell(`${node.name} uses ${node.engine.usedMemory} bytes`);
          if (node.state === "up" && !node.engine.isLoading) checkLimit(node);
        }
      },
      quiet() {
        for (const node of world.cluster.nodes) {
          let bytes = itemBytes(node.engine);
          for (const database of node.engine.databases) {
            database?.forEachEntry(entry => {
              bytes += database.bytesOf(entry);
            });
          }
          if (bytes !== node.engine.dataBytes) {
            tell(`${node.name} counts ${node.engine.dataBytes} bytes of data, its keys have ${bytes}`);
          }
        }
      },
    };
  },
};
