// Opening connections: attempts with their timeout, what a failed one means for those who wait, and the library's own
// attempts in the background, with growing waits.

import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { TimerLane } from "../../sim/timer-lane.ts";
import type { Cluster } from "../cluster.ts";
import type { ClientConfig } from "../config.ts";
import { CONNECT, RECONNECT } from "../messages.ts";
import type { Latency } from "../network.ts";
import type { Pool } from "../pool.ts";
import { NO_REQUEST, type Requests } from "../requests.ts";
import { backoffNs } from "../retry.ts";
import { PRIMARY_ENDPOINT } from "../topology.ts";
import { type ConnectionTable, OPEN } from "./connection-table.ts";
import type { Carrier } from "./connections.ts";
import { SYN_GIVE_UP_NS, TRIPS_TO_ESTABLISH } from "./syn.ts";

/** What becomes of a connection: told by the dialer. */
interface Outcome {
  opened(connection: number, pool: Pool): void;
  close(connection: number): void;
}

export class Dialer {
  /** Attempts to connect, and those that failed. */
  attempts = 0;
  failures = 0;
  private readonly timers: TimerLane;
  private readonly random: Random;

  constructor(
    private readonly config: ClientConfig,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    private readonly table: ConnectionTable,
    private readonly cluster: Cluster,
    private readonly latency: Latency,
    private readonly carrier: Carrier,
    private readonly outcome: Outcome,
  ) {
    const { timeoutNs, workNs } = config.connect;
    this.random = sim.random(`${config.name}/reconnect`);
    const pending = (connection: number, epoch: number) =>
      table.epoch[connection] === epoch && table.state[connection] < OPEN;
    const limitNs = Math.min(timeoutNs, workNs + SYN_GIVE_UP_NS);
    this.timers = new TimerLane(sim, limitNs, pending, connection => this.failed(connection));
  }

  /** The node at the other end of a pool's next connection. */
  nodeOf(pool: Pool): number {
    return pool.member === PRIMARY_ENDPOINT ? this.carrier.resolve(pool.instance) : pool.member;
  }

  dialIfRoom(pool: Pool): void {
    if (pool.open + pool.connecting < this.config.pool.size) this.dial(pool);
  }

  /** Opens connections until the pool has so many, as an instance does that starts. */
  fill(pool: Pool, count: number): void {
    for (let have = pool.open + pool.connecting; have < count; have++) this.dial(pool);
  }

  private dial(pool: Pool): void {
    const { sim, config, table } = this;
    const node = this.cluster.nodes[this.nodeOf(pool)];
    const connection = table.open(pool, node.id, sim.now);
    this.attempts++;
    pool.connecting++;
    const epoch = table.epoch[connection];
    let delay = config.connect.workNs;
    for (let i = 0; i < TRIPS_TO_ESTABLISH; i++) delay += this.latency.oneWayNs(pool.zone, node.zone);
    if (this.latency.faults === null) sim.send(delay, node.target, CONNECT, connection, epoch);
    else sim.after(config.connect.workNs, "syn", () => node.listener.knock(connection, epoch));
    this.timers.start(connection, epoch);
  }

  /** The server has answered the first command. */
  connected(connection: number, epoch: number): void {
    const { table } = this;
    if (table.epoch[connection] !== epoch) return;
    const pool = table.pool[connection];
    table.state[connection] = OPEN;
    table.openedNs[connection] = this.sim.now;
    pool.connecting--;
    pool.open++;
    pool.failures = 0;
    this.outcome.opened(connection, pool);
  }

  refused(connection: number, epoch: number): void {
    if (this.table.epoch[connection] === epoch) this.failed(connection);
  }

  /** The server does not believe who it is. */
  denied(connection: number, epoch: number): void {
    if (this.table.epoch[connection] !== epoch) return;
    this.carrier.login?.refuse(this.sim.now);
    this.failed(connection, "login");
  }

  failed(connection: number, why: "connection" | "login" = "connection"): void {
    const pool = this.table.pool[connection];
    this.outcome.close(connection);
    this.failures++;
    if (why === "connection") this.carrier.connectFailed(pool.instance);
    pool.failures++;
    if (this.config.connect.again !== null) return this.dialLater(pool);
    // Whoever wanted this connection tries again, perhaps elsewhere; when nobody else is coming, so do all who wait.
    const nobodyComes = pool.open === 0 && pool.connecting === 0;
    for (let first = true; first || nobodyComes; first = false) {
      const request = pool.dequeue(this.requests);
      if (request === NO_REQUEST) return;
      this.carrier.tryAgainOrFail(request, why);
    }
  }

  /** A connection is gone that the library opens again by itself, after a while. */
  lost(pool: Pool): void {
    if (this.config.connect.again !== null) this.dialLater(pool);
  }

  private dialLater(pool: Pool): void {
    if (pool.paused) return;
    pool.paused = true;
    const wait = backoffNs(this.config.connect.again!, Math.max(1, pool.failures), this.random);
    this.sim.send(wait, this.carrier.target, RECONNECT, pool.id, 0);
  }

  reconnect(pool: Pool): void {
    pool.paused = false;
    const wanted =
      pool.queued > 0 || pool.member === PRIMARY_ENDPOINT || this.carrier.knows(pool.instance, pool.member);
    if (wanted) this.dialIfRoom(pool);
  }
}
