// The connections of one group of client instances: a pool per instance and node, who gets which connection, who waits,
// what happens when one opens, breaks or is refused.
//
// An exclusive pool lends a connection to one request at a time and opens another when none is free and there is room. A
// multiplexing one sends all requests over its connections in turn, and opens lost ones again by itself, with growing
// waits, if its library does. Cluster mode disabled: connections of the primary endpoint go where its name leads when
// they are made, and stay there.
//
// A process that dies resets its connections. A client that listens to its sockets hears of that at once; one that looks
// only when it uses them (validation: none) keeps dead ones and fails a request for each. A host that vanishes tells
// nobody: exclusive connections are closed when a reply does not come in time, shared ones when the client's kernel gives
// up (tcp-timers.ts) or the library does (socket-timeout.ts).

import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Login } from "../access/login.ts";
import type { Cluster } from "../cluster.ts";
import type { ClientConfig } from "../config.ts";
import type { Latency } from "../network.ts";
import { Pool } from "../pool.ts";
import { NO_REQUEST, type Requests } from "../requests.ts";
import { ACCEPTED, CONNECTING, type ConnectionTable, DEAD, LOST, NO_CONNECTION, OPEN } from "./connection-table.ts";
import { Dialer } from "./dialer.ts";
import { EndedByServer } from "./ended-by-server.ts";
import { IdleWatch } from "./idle-watch.ts";
import { SocketTimeout } from "./socket-timeout.ts";
import { TcpTimers } from "./tcp-timers.ts";

/** Who asks for connections: the client group. */
export interface Carrier {
  readonly target: number;
  /** Null: nothing is asked for. */
  readonly login: Login | null;
  /** A connection has been found for a request that waited. */
  transmit(request: number, connection: number): void;
  /** The connection that carried a request is gone. */
  lost(request: number): void;
  /** A waiting request's node cannot be reached. */
  tryAgainOrFail(request: number, failure: "connection" | "login"): void;
  /** An attempt to connect came to nothing. */
  connectFailed(instance: number): void;
  /** The node that the primary endpoint's name leads to, as the instance believes. */
  resolve(instance: number): number;
  /** Whether the instance believes that the node is one of the cluster's. */
  knows(instance: number, node: number): boolean;
}

export class Connections {
  readonly dialer: Dialer;
  readonly tcp: TcpTimers;
  readonly endings: EndedByServer;
  /** Null: the library does not watch for silence. */
  readonly silence: SocketTimeout | null;
  /** Connections that the server closed for having been idle. */
  idleClosed = 0;
  /** Requests that were given a connection whose other end was gone. */
  deadBorrowed = 0;
  readonly all: Pool[] = [];
  /** By local instance, then by node id plus one; 0 is the primary endpoint. */
  private readonly pools: (Pool | undefined)[][] = [];
  private readonly idleWatch: IdleWatch;
  private readonly random: Random;
  private readonly multiplex: boolean;
  private readonly lifo: boolean;
  private readonly ages: boolean;
  private readonly reuse: boolean;
  /** Dead connections stay in the pool until somebody uses them. */
  private readonly blind: boolean;
  private readonly oneEndpoint: boolean;

  constructor(
    private readonly config: ClientConfig,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    readonly table: ConnectionTable,
    private readonly cluster: Cluster,
    latency: Latency,
    private readonly carrier: Carrier,
  ) {
    const { pool } = config;
    this.multiplex = pool.multiplex;
    this.lifo = pool.order === "lifo";
    this.reuse = pool.reuse;
    this.ages = Number.isFinite(pool.lifetimeNs);
    this.blind = !pool.multiplex && pool.validation !== "local";
    this.random = sim.random(`${config.name}/connections`);
    this.oneEndpoint = cluster.config.serverless !== undefined;
    for (let i = 0; i < config.instances; i++) this.pools.push([]);
    this.dialer = new Dialer(config, sim, requests, table, cluster, latency, carrier, this);
    this.idleWatch = new IdleWatch(config.pool, cluster, sim, this);
    this.endings = new EndedByServer(this, sim, cluster);
    const broken = (connection: number) => this.broken(connection);
    this.tcp = new TcpTimers(config.tcp, sim, table, cluster, latency, broken);
    this.silence = Number.isFinite(config.socketTimeoutNs)
      ? new SocketTimeout(config.socketTimeoutNs, sim, table, connection => this.waitingSince(connection), broken)
      : null;
  }

  /** The pool for a node; a serverless cache is one endpoint, whichever engine stands behind it. */
  poolOf(local: number, member: number): Pool {
    const pools = this.pools[local];
    const end = this.oneEndpoint ? 0 : member;
    const known = pools[end + 1];
    if (known !== undefined) return known;
    const { carrier } = this;
    const { zones, connect } = this.config;
    const pool = new Pool(this.all.length, carrier.target, local, zones[local], connect, end, carrier.login);
    pools[end + 1] = pool;
    this.all.push(pool);
    return pool;
  }

  poolOfRequest(request: number): Pool {
    return this.all[this.requests.pool[request]];
  }

  /** Opens connections to a node that has room, as a fleet that has been running for a while has them. */
  warmUp(pool: Pool): void {
    if (this.oneEndpoint && pool.open > 0) return;
    const { table, cluster, sim, config } = this;
    const node = cluster.nodes[this.dialer.nodeOf(pool)];
    const count = Math.min(config.pool.initial, Math.max(0, cluster.config.maxclients - node.connections));
    for (let i = 0; i < count; i++) {
      const connection = table.open(pool, node.id, sim.now);
      table.state[connection] = OPEN;
      table.incarnation[connection] = node.incarnation;
      const age = this.ages ? this.random.next() * config.pool.lifetimeNs : Number.POSITIVE_INFINITY;
      table.openedNs[connection] = sim.now - age;
      (this.multiplex ? pool.shared : pool.idle).push(connection);
      if (pool.login !== null) this.endings.expireLater(connection, pool.login);
    }
    pool.open += count;
    node.addConnections(count);
    if (this.idleWatch.active) this.idleWatch.look(pool);
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
    } else {
      const connection = this.lend(pool);
      if (connection !== NO_CONNECTION) return connection;
    }
    pool.enqueue(request, requests);
    if (!pool.paused && pool.queued > pool.connecting) this.dialer.dialIfRoom(pool);
    return NO_CONNECTION;
  }

  private lend({ idle }: Pool): number {
    while (idle.length > 0) {
      const connection = this.lifo ? idle.pop()! : idle.shift()!;
      if (!this.ages || this.sim.now - this.table.openedNs[connection] < this.config.pool.lifetimeNs) return connection;
      this.close(connection);
    }
    return NO_CONNECTION;
  }

  /** How many connections an instance's pool begins with. */
  get initial(): number {
    return this.config.pool.initial;
  }

  /** Whether a connection is being opened for everybody who waits: then the connect timeout bounds the wait. */
  isExpecting({ queued, connecting }: Pool): boolean {
    return !this.multiplex && queued <= connecting;
  }

  /** The request has its answer: the next in line takes the connection. */
  release(connection: number): void {
    if (this.multiplex) {
      this.silence?.heard(connection);
    } else if (this.reuse) this.pass(connection);
    else this.drop(connection);
  }

  /** A free connection goes to whoever waits longest, or back into the pool. */
  private pass(connection: number): void {
    const { table } = this;
    const pool = table.pool[connection];
    table.usedNs[connection] = this.sim.now;
    const request = pool.queued === 0 ? NO_REQUEST : pool.dequeue(this.requests);
    if (request !== NO_REQUEST) return this.carrier.transmit(request, connection);
    pool.idle.push(connection);
    if (this.idleWatch.active) this.idleWatch.look(pool);
  }

  /** The client closes a connection that is not idle; another is opened if somebody waits for one. */
  drop(connection: number): void {
    const pool = this.table.pool[connection];
    if (this.multiplex) {
      this.abandon(connection);
      this.unshare(pool, connection);
    }
    this.close(connection);
    if (pool.queued > pool.connecting) this.dialer.dialIfRoom(pool);
  }

  /** The other end closes a connection that has just been released. */
  retire(connection: number): void {
    const { idle } = this.table.pool[connection];
    const at = idle.lastIndexOf(connection);
    if (at !== -1) idle.splice(at, 1);
    // Somebody else has it already: the server's close meets that request.
    if (at !== -1 || this.multiplex) this.drop(connection);
  }

  /** A request was given a connection whose other end is gone: its first write or read fails. */
  foundDead(connection: number): void {
    this.deadBorrowed++;
    this.broken(connection);
  }

  /** The client finds that a connection is gone, in use or not: all that is on it fails at once. */
  broken(connection: number): void {
    const pool = this.table.pool[connection];
    const failed = [...this.requestsOn(connection)];
    const at = pool.idle.indexOf(connection);
    if (at !== -1) pool.idle.splice(at, 1);
    if (this.multiplex) this.unshare(pool, connection);
    this.close(connection);
    for (const request of failed) {
      this.requests.channel[request] = NO_CONNECTION;
      this.carrier.lost(request);
    }
    if (pool.queued > pool.connecting) this.dialer.dialIfRoom(pool);
  }

  private *requestsOn(connection: number): Iterable<number> {
    const { alive, onWire, channel, limit } = this.requests;
    for (let request = 0; request < limit; request++) {
      if (alive[request] === 1 && onWire[request] === 1 && channel[request] === connection) yield request;
    }
  }

  private waitingSince(connection: number): number | null {
    let since = Number.POSITIVE_INFINITY;
    for (const request of this.requestsOn(connection)) since = Math.min(since, this.requests.issuedNs[request]);
    return Number.isFinite(since) ? since : null;
  }

  /** A request stops waiting for a connection. */
  leave(request: number): void {
    this.poolOfRequest(request).remove(request, this.requests);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Opening and closing.

  /** A connection of the pool can be used. */
  opened(connection: number, pool: Pool): void {
    if (pool.login !== null) this.endings.expireLater(connection, pool.login);
    if (!this.multiplex) return this.pass(connection);
    const { shared } = pool;
    this.table.usedNs[connection] = this.sim.now;
    shared.push(connection);
    if (this.idleWatch.active) this.idleWatch.look(pool);
    for (;;) {
      const request = pool.dequeue(this.requests);
      if (request === NO_REQUEST) return;
      this.carrier.transmit(request, shared[pool.turn++ % shared.length]);
    }
  }

  /** Ends a connection that is in no list. The server hears of it if it knows the connection. */
  close(connection: number): void {
    const { table } = this;
    const pool = table.pool[connection];
    if (table.state[connection] < OPEN) pool.connecting--;
    else pool.open--;
    this.serverForgets(connection);
    this.tcp.over(connection);
    table.close(connection);
  }

  /** The server ends a connection whatever it carries. */
  endedByServer(connection: number): void {
    const isIdle = this.table.pool[connection].idle.includes(connection);
    if (this.blind && isIdle) this.closedByServer(connection);
    else this.broken(connection);
  }

  private serverForgets(connection: number): void {
    const { table } = this;
    const state = table.state[connection];
    const node = this.cluster.nodes[table.node[connection]];
    if (state === CONNECTING || state === DEAD || state === LOST || (node.state !== "up" && node.state !== "frozen"))
      return;
    if (table.incarnation[connection] === node.incarnation) node.addConnections(-1);
  }

  /**
   * The server closed an idle connection. Who listens to the socket, or looks before it uses it, takes it out of the
   * pool (true); who does not, keeps it, and a request will find out.
   */
  closedByServer(connection: number): boolean {
    const { table } = this;
    const pool = table.pool[connection];
    this.idleClosed++;
    if (this.blind) {
      this.serverForgets(connection);
      table.state[connection] = DEAD;
      return false;
    }
    this.close(connection);
    if (this.multiplex) this.dialer.lost(pool);
    return true;
  }

  private unshare(pool: Pool, connection: number): void {
    const at = pool.shared.indexOf(connection);
    if (at !== -1) pool.shared.splice(at, 1);
    this.dialer.lost(pool);
  }

  /** Requests under way on a shared connection that breaks have no connection any more. */
  private abandon(connection: number): void {
    for (const request of this.requestsOn(connection)) this.requests.channel[request] = NO_CONNECTION;
  }

  /**
   * A node's process died: its kernel resets the connections of the zones that it reaches. Requests on the wire are told by
   * the world.
   */
  reset(node: number, reaches: (zone: number) => boolean): void {
    const { requests, table } = this;
    const theirs = (connection: number) => table.node[connection] === node && reaches(table.pool[connection].zone);
    for (let request = 0; request < requests.limit; request++) {
      const channel = requests.channel[request];
      if (requests.alive[request] === 0 || requests.onWire[request] === 0 || channel === NO_CONNECTION) continue;
      if (!theirs(channel) || !this.owns(channel)) continue;
      requests.channel[request] = NO_CONNECTION;
      if (!this.multiplex) this.close(channel);
    }
    for (const pool of this.all) {
      if (pool.idle.some(theirs)) this.resetIdle(pool, theirs);
      for (const connection of pool.shared.filter(theirs)) {
        this.unshare(pool, connection);
        this.close(connection);
      }
    }
    for (let connection = 0; connection < table.limit; connection++) {
      if (table.state[connection] === ACCEPTED && theirs(connection) && this.owns(connection)) {
        this.dialer.failed(connection);
      }
    }
  }

  private resetIdle(pool: Pool, theirs: (connection: number) => boolean): void {
    const kept = pool.idle.filter(connection => this.blind || !theirs(connection));
    for (const connection of pool.idle) {
      if (!theirs(connection)) continue;
      if (this.blind) this.table.state[connection] = DEAD;
      else this.close(connection);
    }
    pool.idle.length = 0;
    pool.idle.push(...kept);
  }

  owns(connection: number): boolean {
    return this.table.pool[connection].client === this.carrier.target;
  }

  // -------------------------------------------------------------------------------------------------------------

  reconnect(id: number): void {
    this.dialer.reconnect(this.all[id]);
  }

  watchIdle(id: number): void {
    this.idleWatch.wake(this.all[id]);
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    let sum = 0;
    for (const pool of this.all) sum += pool.queued;
    return sum;
  }

  get openCount(): number {
    let sum = 0;
    for (const pool of this.all) sum += pool.open;
    return sum;
  }
}
