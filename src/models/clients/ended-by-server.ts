// Connections that the server's side ends on purpose, whatever they carry: what IAM has opened, when its last AUTH is too long ago,
// and all of a group where a change of the password closes them.

import type { Simulation } from "../../sim/simulation.ts";
import type { Login } from "../access/login.ts";
import type { Cluster } from "../cluster.ts";
import { type ConnectionTable, OPEN } from "./connection-table.ts";

/** What it needs of the group's connections. */
interface Ends {
  readonly table: ConnectionTable;
  owns(connection: number): boolean;
  endedByServer(connection: number): void;
}

export class EndedByServer {
  constructor(
    private readonly connections: Ends,
    private readonly sim: Simulation,
    private readonly cluster: Cluster,
  ) {}

  /** A connection has logged in: it stands for so long as the service lets it. */
  expireLater(connection: number, login: Login): void {
    if (!Number.isFinite(login.connectionNs)) return;
    const { table } = this.connections;
    const epoch = table.epoch[connection];
    this.sim.after(login.connectionNs, "iam connection expires", () => {
      if (table.epoch[connection] !== epoch || table.state[connection] !== OPEN) return;
      login.expired++;
      this.cluster.nodes[table.node[connection]].listener.expired++;
      this.connections.endedByServer(connection);
    });
  }

  /** All of the group. */
  all(): void {
    const { table } = this.connections;
    for (let connection = 0; connection < table.limit; connection++) {
      if (table.state[connection] === OPEN && this.connections.owns(connection)) {
        this.connections.endedByServer(connection);
      }
    }
  }
}
