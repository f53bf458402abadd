// The nodes among which clients of Memcached spread their keys: all that there are, without those that are gone where clients
// eject them. Who asks which node follows at once for clients that look again (topology.ts), and nothing moves: a key that is
// looked for elsewhere is missed there, and what was stored before a node was ejected is found again, old as it is, when
// its keys come back.

import type { Cluster, ClusterObserver, Shard } from "./cluster.ts";
import { distribute } from "./key-distribution.ts";

export class KeyRing implements ClusterObserver {
  constructor(private readonly cluster: Cluster) {
    this.spread(null);
  }

  nodeLost(): void {
    if (this.cluster.config.memcached!.ejects) this.spread("ejected");
  }

  promoted(): void {
    if (this.cluster.config.memcached!.ejects) this.spread("taken back");
  }

  shardAdded(shard: Shard): void {
    this.spread(`${shard.primary.name} added`);
  }

  private spread(why: string | null): void {
    const { cluster } = this;
    const { ejects, distribution } = cluster.config.memcached!;
    const there = cluster.members.filter(shard => !(ejects && shard.failed)).map(shard => shard.index);
    // Without any node there is nothing to change to.
    if (there.length === 0) return;
    const owners = distribute(distribution, there);
    const moved = owners.reduce((sum, shard, slot) => sum + (cluster.slots.owner[slot] === shard ? 0 : 1), 0);
    cluster.slots.assignAll(owners);
    if (why === null) return;
    const share = Math.round((1_000 * moved) / owners.length) / 10;
    cluster.log.add(
      "clients",
      `${why}: ${distribution} over ${there.length} nodes, ${share} % of the keys elsewhere`,
      null,
    );
  }
}
