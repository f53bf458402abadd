// What becomes of connections that nobody uses. The server closes those that have been idle for its `timeout` parameter (0:
// never); it looks at every client once a second and counts whole seconds, so it does so up to a second later. The client
// closes those that have been idle for longer than it wants, down to `minIdle`.
//
// One event per pool that has something to lose, at the instant at which its longest idle connection is due.

import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { Cluster } from "../cluster.ts";
import type { PoolConfig } from "../config.ts";
import { IDLE } from "../messages.ts";
import type { Pool } from "../pool.ts";
import { OPEN } from "./connection-table.ts";
import type { Connections } from "./connections.ts";

export class IdleWatch {
  /** Whether anybody closes idle connections here. */
  readonly active: boolean;
  private readonly clientNs: number;
  private readonly serverNs: number;

  constructor(
    private readonly config: PoolConfig,
    cluster: Cluster,
    private readonly sim: Simulation,
    private readonly connections: Connections,
  ) {
    this.clientNs = config.multiplex ? Number.POSITIVE_INFINITY : config.idleNs;
    const seconds = cluster.config.listen.idleSeconds;
    this.serverNs = seconds === 0 ? Number.POSITIVE_INFINITY : (seconds + 1) * NS_PER_SECOND;
    this.active = Math.min(this.clientNs, this.serverNs) < Number.POSITIVE_INFINITY;
  }

  /** A connection of the pool has become idle. */
  look(pool: Pool): void {
    if (!pool.watched) this.arm(pool);
  }

  private arm(pool: Pool): void {
    const dueNs = this.nextDueNs(pool);
    if (!Number.isFinite(dueNs)) return;
    pool.watched = true;
    this.sim.send(Math.max(1, Math.ceil(dueNs - this.sim.now)), pool.client, IDLE, pool.id, 0);
  }

  private nextDueNs(pool: Pool): number {
    const { table } = this.connections;
    const keeps = pool.open <= this.config.minIdle;
    const limit = Math.min(this.serverNs, keeps ? Number.POSITIVE_INFINITY : this.clientNs);
    let due = Number.POSITIVE_INFINITY;
    for (const connection of this.config.multiplex ? pool.shared : pool.idle) {
      if (table.state[connection] !== OPEN) continue;
      due = Math.min(due, table.usedNs[connection] + limit);
      // They stand in the order in which they were used: nobody is due before the first.
      if (!this.config.multiplex) return due;
    }
    return due;
  }

  wake(pool: Pool): void {
    pool.watched = false;
    const { table } = this.connections;
    const { now } = this.sim;
    const list = this.config.multiplex ? pool.shared : pool.idle;
    const kept = list.filter(connection => {
      const idle = now - table.usedNs[connection];
      if (table.state[connection] === OPEN && idle >= this.serverNs) {
        return !this.connections.closedByServer(connection);
      }
      if (idle < this.clientNs || pool.open <= this.config.minIdle) return true;
      this.connections.close(connection);
      return false;
    });
    list.length = 0;
    list.push(...kept);
    this.arm(pool);
  }
}
