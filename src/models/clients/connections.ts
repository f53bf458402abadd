// The connections of one group of client instances: a pool per instance and node, who gets which connection, who waits,
// what happens when one opens, breaks or is refused.
//
// An exclusive pool lends a connection to one request at a time, the one used last first, and opens another when none is
// free and there is room. A multiplexing one sends all requests over its connections in turn.

import type { Simulation } from "../../sim/simulation.ts";
import { TimerLane } from "../../sim/timer-lane.ts";
import type { Cluster } from "../cluster.ts";
import type { ClientConfig } from "../config.ts";
import { CONNECT } from "../messages.ts";
import type { Latency } from "../network.ts";
import { Pool } from "../pool.ts";
import { type Failure, NO_REQUEST, type Requests } from "../requests.ts";
import { ACCEPTED, CONNECTING, type ConnectionTable, NO_CONNECTION, OPEN } from "./connection-table.ts";

/** Who asks for connections: the client group. */
export interface Carrier {
  readonly target: number;
  /** A connection has been found for a request that waited. */
  transmit(request: number, connection: number): void;
  /** A waiting request's node cannot be reached. */
  tryAgainOrFail(request: number, failure: Failure): void;
  /** An attempt to connect came to nothing. */
  connectFailed(instance: number): void;
}

/** SYN, SYN-ACK and ACK: one-way trips until the server's kernel has a whole connection. */
const TRIPS_TO_ESTABLISH = 3;

export class Connections {
  /** By local instance, then by node id. */
  private readonly pools: (Pool | undefined)[][] = [];
  private readonly all: Pool[] = [];
  private readonly connectTimers: TimerLane;
  private readonly size: number;
  private readonly multiplex: boolean;

  constructor(
    private readonly config: ClientConfig,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    private readonly table: ConnectionTable,
    private readonly cluster: Cluster,
    private readonly latency: Latency,
    private readonly carrier: Carrier,
  ) {
    this.size = config.pool.size;
    this.multiplex = config.pool.multiplex;
    for (let i = 0; i < config.instances; i++) this.pools.push([]);
    this.connectTimers = new TimerLane(
      sim,
      config.connectTimeoutNs,
      (connection, epoch) => table.epoch[connection] === epoch && table.state[connection] < OPEN,
      connection => this.connectFailed(connection),
    );
  }

  poolOf(local: number, node: number): Pool {
    const pools = this.pools[local];
    const known = pools[node];
    if (known !== undefined) return known;
    const pool = new Pool(this.all.length, this.carrier.target, local, this.config.zones[local], node);
    pools[node] = pool;
    this.all.push(pool);
    return pool;
  }

  poolOfRequest(request: number): Pool {
    return this.all[this.requests.pool[request]];
  }

  /** Opens all connections to a node that has room, as a fleet that has been running for a while has them. */
  warmUp(local: number, nodeId: number): void {
    const { table, cluster, sim, size } = this;
    const pool = this.poolOf(local, nodeId);
    const node = cluster.nodes[nodeId];
    const count = Math.min(size, Math.max(0, cluster.config.maxclients - node.connections));
    for (let i = 0; i < count; i++) {
      const connection = table.open(pool, nodeId, sim.now);
      table.state[connection] = OPEN;
      table.incarnation[connection] = node.incarnation;
      (this.multiplex ? pool.shared : pool.idle).push(connection);
    }
    pool.open = count;
    node.addConnections(count);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Lending.

  /** A connection for the request, or NO_CONNECTION: then it waits in the pool's queue. */
  acquire(request: number, pool: Pool): number {
    const { requests } = this;
    requests.pool[request] = pool.id;
    if (this.multiplex) {
      const { shared } = pool;
      if (shared.length > 0) return shared[pool.turn++ % shared.length];
    } else if (pool.idle.length > 0) {
      return pool.idle.pop()!;
    }
    pool.enqueue(request, requests);
    if (pool.open + pool.connecting < this.size) this.connect(pool);
    return NO_CONNECTION;
  }

  /** The request has its answer: the next in line takes the connection. */
  release(connection: number): void {
    if (this.multiplex) return;
    const { table } = this;
    table.usedNs[connection] = this.sim.now;
    const pool = table.pool[connection];
    const request = pool.queued === 0 ? NO_REQUEST : pool.dequeue(this.requests);
    if (request === NO_REQUEST) pool.idle.push(connection);
    else this.carrier.transmit(request, connection);
  }

  /** The client closes a connection, which is not idle; another is opened if somebody waits for one. */
  drop(connection: number): void {
    const pool = this.table.pool[connection];
    this.close(connection);
    if (pool.queued > 0 && pool.open + pool.connecting < this.size) this.connect(pool);
  }

  /** A request stops waiting for a connection. */
  leave(request: number): void {
    this.poolOfRequest(request).remove(request, this.requests);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Opening and closing.

  private connect(pool: Pool): void {
    const { sim, config, table, cluster } = this;
    const connection = table.open(pool, pool.node, sim.now);
    const node = cluster.nodes[pool.node];
    pool.connecting++;
    let delay = config.overheadNs;
    for (let i = 0; i < TRIPS_TO_ESTABLISH; i++) delay += this.latency.oneWayNs(pool.zone, node.zone);
    sim.send(delay, node.target, CONNECT, connection, table.epoch[connection]);
    this.connectTimers.start(connection, table.epoch[connection]);
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
    if (!this.multiplex) return this.release(connection);
    const { shared } = pool;
    shared.push(connection);
    for (;;) {
      const request = pool.dequeue(this.requests);
      if (request === NO_REQUEST) return;
      this.carrier.transmit(request, shared[pool.turn++ % shared.length]);
    }
  }

  refused(connection: number, epoch: number): void {
    if (this.table.epoch[connection] === epoch) this.connectFailed(connection);
  }

  private connectFailed(connection: number): void {
    const pool = this.table.pool[connection];
    this.close(connection);
    this.carrier.connectFailed(pool.instance);
    // Nobody is coming: those who wait for this node try again, perhaps elsewhere.
    if (pool.open > 0 || pool.connecting > 0) return;
    for (;;) {
      const request = pool.dequeue(this.requests);
      if (request === NO_REQUEST) return;
      this.carrier.tryAgainOrFail(request, "connection");
    }
  }

  /** Ends a connection that is in no list. The server hears of it if it knows the connection. */
  private close(connection: number): void {
    const { table } = this;
    const pool = table.pool[connection];
    if (table.state[connection] < OPEN) pool.connecting--;
    else pool.open--;
    const node = this.cluster.nodes[table.node[connection]];
    const counted = table.state[connection] !== CONNECTING && table.incarnation[connection] === node.incarnation;
    if (counted && node.state === "up") node.addConnections(-1);
    table.close(connection);
  }

  /** A node's process died: its kernel resets every connection. Requests on the wire are told by the world. */
  reset(node: number): void {
    const { requests, table } = this;
    for (const pools of this.pools) {
      const pool = pools[node];
      if (pool === undefined) continue;
      pool.idle.length = 0;
      pool.shared.length = 0;
    }
    for (let request = 0; request < requests.limit; request++) {
      const channel = requests.channel[request];
      if (channel === NO_CONNECTION || requests.alive[request] === 0 || requests.onWire[request] === 0) continue;
      if (table.node[channel] === node && this.owns(channel)) requests.channel[request] = NO_CONNECTION;
    }
    for (let connection = 0; connection < table.limit; connection++) {
      const state = table.state[connection];
      if (state < ACCEPTED || table.node[connection] !== node || !this.owns(connection)) continue;
      if (state === ACCEPTED) this.connectFailed(connection);
      else this.close(connection);
    }
  }

  private owns(connection: number): boolean {
    return this.table.pool[connection].client === this.carrier.target;
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    let sum = 0;
    for (const pool of this.all) sum += pool.queued;
    return sum;
  }

  get open(): number {
    let sum = 0;
    for (const pool of this.all) sum += pool.open;
    return sum;
  }
}
