// A replica holds what its primary held at the replica's offset: one that has received everything has as many keys and bytes,
// and when it is quiet the same data, key by key.

import { dataDigest } from "../../engine/rdb/digest.ts";
import type { ObserverSpec } from "./observer.ts";

export const replicasObserver: ObserverSpec = {
  name: "replicas",
  law: "a replica that has received everything holds what its primary holds",
  begin(world, tell) {
    const { cluster } = world;
    return {
      look() {
        for (const shard of cluster.members) {
          if (shard.primary.state !== "up") continue;
          for (const link of shard.stream.links) {
            const { replica, offset, paused, broken } = link;
            if (offset > shard.stream.offset)
              tell(`${replica.name} has received ${offset} bytes of ${shard.stream.offset}`);
            if (paused || broken || replica.state !== "up" || offset !== shard.stream.offset) continue;
            const [own, theirs] = [replica.engine, shard.primary.engine].map(engine =>
              engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0),
            );
            if (own !== theirs) {
              tell(`${replica.name} has received everything and holds ${own} keys, ${shard.primary.name} ${theirs}`);
            }
          }
        }
      },
      quiet() {
        this.look!();
        for (const shard of cluster.members) {
          const wanted = dataDigest(shard.primary.engine);
          for (const replica of shard.replicas) {
            const link = cluster.linkOf(replica);
            if (replica.state !== "up" || link === undefined || link.broken || link.paused) {
              tell(`${replica.name} does not follow ${shard.primary.name} though nothing is wrong any more`);
            }
            if (link !== undefined && link.pendingBytes > 0)
              tell(`${replica.name} lacks ${link.pendingBytes} bytes though it is quiet`);
            const found = dataDigest(replica.engine);
            if (found !== wanted)
              tell(`${replica.name} and ${shard.primary.name} hold different data: ${found}, ${wanted}`);
          }
        }
      },
    };
  },
};
