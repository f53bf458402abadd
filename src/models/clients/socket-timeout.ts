// A library's own watch over a shared connection: it closes one on which nothing has come for so long while answers are missing
// (ioredis and node-redis: socketTimeout; off in both unless set). Unlike a command's timeout, which gives up the command
// and goes on using the connection.

import type { Simulation } from "../../sim/simulation.ts";
import type { ConnectionTable } from "./connection-table.ts";

export class SocketTimeout {
  /** Connections that somebody looks at again at some instant to come. */
  private readonly watched = new Set<number>();
  /** When something was first sent after the last answer: commands that their callers gave up count, the library waits for them. */
  private readonly askedNs = new Map<number, number>();

  constructor(
    private readonly limitNs: number,
    private readonly sim: Simulation,
    private readonly table: ConnectionTable,
    /** Since when the command that has waited longest on a connection has; null: none is under way. */
    private readonly waitingSince: (connection: number) => number | null,
    private readonly broken: (connection: number) => void,
  ) {}

  sent(connection: number): void {
    if (!this.askedNs.has(connection)) this.askedNs.set(connection, this.sim.now);
    if (!this.watched.has(connection)) this.lookAfter(connection, this.limitNs);
  }

  heard(connection: number): void {
    this.table.heardNs[connection] = this.sim.now;
    this.askedNs.delete(connection);
  }

  private lookAfter(connection: number, ns: number): void {
    const epoch = this.table.epoch[connection];
    this.watched.add(connection);
    this.sim.after(ns, "socket timeout", () => {
      this.watched.delete(connection);
      if (this.table.epoch[connection] === epoch) this.look(connection);
      else this.askedNs.delete(connection);
    });
  }

  private look(connection: number): void {
    const sinceNs = this.askedNs.get(connection) ?? this.waitingSince(connection);
    if (sinceNs === null) return;
    const silentNs = this.sim.now - Math.max(sinceNs, this.table.heardNs[connection]);
    if (silentNs >= this.limitNs) {
      this.askedNs.delete(connection);
      this.broken(connection);
    } else this.lookAfter(connection, this.limitNs - silentNs);
  }
}
