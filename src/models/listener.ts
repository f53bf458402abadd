// The listening socket of a node: what stands between a client's SYN and the first command that it may send.
//
// Accept queue. The kernel completes handshakes by itself and keeps up to min(tcp-backlog, somaxconn) + 1 connections for
// the process; while the queue is full it drops SYNs, and the client's kernel sends them again (clients/syn.ts).
// models/physics.md 5: frozen server, 2,000 connects: exactly 129 and 512 complete at once for backlogs of 128 and 511, the rest at 1, 2, 3, 5, 7 s.
//
// Turns. The event loop accepts a limited number per turn (1,000 up to 7.2; Valkey 8: 10 plain or 1 with TLS) and serves in
// between what else has come. A turn of accepting is taken when the thread has done what came before; what comes while it
// accepts is served before the next such turn.
//
// Costs. Accepting takes the engine thread 35 us of the reference core (37-48 us with the first command and the close,
// models/physics.md 5); turning one away because maxclients is reached half of that (20-22 us). A TLS handshake takes
// what tls.ts says, on an I/O thread where the node has them for TLS. Logging in (HELLO, AUTH) is a command.
//
// Left out: SYN cookies, TIME_WAIT and the ports of the client's host, the listen backlog of half-open ones.

import { WRONG_PASSWORD } from "../engine/errors.ts";
import { ErrorReply } from "../engine/reply.ts";
import type { Session } from "../engine/session.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { Login } from "./access/login.ts";
import { ACCEPTED, type ConnectionTable, DEAD, LOST, OPEN } from "./clients/connection-table.ts";
import { nextSynNs, TRIPS_TO_ESTABLISH } from "./clients/syn.ts";
import * as costs from "./costs.ts";
import { clientsIn } from "./faults/links.ts";
import { ACCEPT, CONNECT, CONNECTED, DENIED, LOGIN, REFUSED } from "./messages.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";
import { LOGIN_SESSION } from "./node-sessions.ts";
import { handshake } from "./tls.ts";

export class Listener {
  /** Turned away: maxclients reached, or nobody listens. */
  refused = 0;
  /** SYNs dropped because the accept queue was full. */
  dropped = 0;
  /** Logins that were refused. */
  denied = 0;
  /** Connections whose last AUTH was too long ago. */
  expired = 0;
  /** The longest that the accept queue has been. */
  peakQueue = 0;

  private readonly queue: number[] = [];
  private readonly epochs: number[] = [];
  private head = 0;
  private turnPending = false;
  private readonly room: number;
  private readonly perTurn: number;
  private loginSession: Session | null = null;

  constructor(
    private readonly node: Node,
    private readonly table: ConnectionTable,
    private readonly sim: Simulation,
    private readonly latency: Latency,
  ) {
    const { listen, tls } = node.config;
    this.room = listen.backlog + 1;
    this.perTurn = tls ? listen.tlsAcceptsPerTurn : listen.acceptsPerTurn;
  }

  get waiting(): number {
    return this.queue.length - this.head;
  }

  /** A connection's handshake is done, as far as the network goes. */
  arrive(connection: number, epoch: number): void {
    const { node, table } = this;
    if (table.epoch[connection] !== epoch) return; // given up meanwhile
    const isGone = node.state === "lost" || node.state === "removed";
    if (isGone || !node.tracking.admits(node.connections)) return this.tryLater(connection, epoch);
    if (node.state === "down") return this.refuse(connection, epoch, this.sim.now);
    if (this.waiting >= this.room) {
      this.dropped++;
      return this.tryLater(connection, epoch);
    }
    this.queue.push(connection);
    this.epochs.push(epoch);
    if (this.waiting > this.peakQueue) this.peakQueue = this.waiting;
    if (!this.turnPending) this.scheduleTurn();
  }

  /** The client's kernel sends its SYN again, for as long as the client waits. */
  private tryLater(connection: number, epoch: number): void {
    const { sim, table, node } = this;
    const wait = nextSynNs(sim.now - table.startedNs[connection] - table.pool[connection].connect.workNs);
    if (wait === null) return;
    if (this.latency.faults === null) {
      sim.send(wait + this.establishNs(connection), node.target, CONNECT, connection, epoch);
    } else {
      sim.after(wait, "syn", () => this.knock(connection, epoch));
    }
  }

  private establishNs(connection: number): number {
    const { zone } = this.table.pool[connection];
    let delay = 0;
    for (let i = 0; i < TRIPS_TO_ESTABLISH; i++) delay += this.latency.oneWayNs(zone, this.node.zone);
    return delay;
  }

  /** A client's kernel sends a SYN over a network with faults. */
  knock(connection: number, epoch: number): void {
    const { node, table, latency } = this;
    if (table.epoch[connection] !== epoch) return; // given up meanwhile
    const party = clientsIn(table.pool[connection].zone);
    const extra = latency.faults === null ? 0 : latency.faults.openingNs(party, node.id);
    if (extra === null) return this.tryLater(connection, epoch);
    this.sim.send(this.establishNs(connection) + extra, node.target, CONNECT, connection, epoch);
  }

  private scheduleTurn(): void {
    this.turnPending = true;
    const { sim, node } = this;
    sim.send(Math.max(0, Math.ceil(node.thread.freeAtNs - sim.now)), node.target, ACCEPT, node.incarnation, 0);
  }

  /** One turn of the event loop takes connections from the queue. */
  turn(incarnation: number): void {
    const { node } = this;
    if (incarnation !== node.incarnation) return;
    this.turnPending = false;
    for (let i = 0; i < this.perTurn && this.waiting > 0; i++) {
      const connection = this.queue[this.head];
      this.accept(connection, this.epochs[this.head++]);
    }
    if (this.waiting > 0) return this.scheduleTurn();
    this.queue.length = this.epochs.length = this.head = 0;
  }

  private accept(connection: number, epoch: number): void {
    const { node, table, sim } = this;
    if (table.epoch[connection] !== epoch) {
      // The client has closed it: the server learns of that after accepting it.
      node.block(node.cpu.scaled(costs.ACCEPT_NS));
      return;
    }
    if (node.connections >= node.config.maxclients) {
      return this.refuse(connection, epoch, node.block(node.cpu.scaled(costs.ACCEPT_NS / 2)));
    }
    table.state[connection] = ACCEPTED;
    table.incarnation[connection] = node.incarnation;
    node.newConnections++;
    node.addConnections(1);
    let ready = node.block(node.cpu.acceptNs);
    const { zone, connect } = table.pool[connection];
    if (node.config.tls) {
      const { cpuNs, trips } = handshake(connect.tls, node.config.certificate);
      ready = node.handshake(node.cpu.scaled(cpuNs)) + this.roundTripsNs(trips, zone);
    }
    sim.send(Math.round(ready - sim.now), node.target, LOGIN, connection, epoch);
  }

  private roundTripsNs(trips: number, zone: number): number {
    let ns = 0;
    for (let i = 0; i < trips; i++) {
      ns += this.latency.oneWayNs(this.node.zone, zone) + this.latency.oneWayNs(zone, this.node.zone);
    }
    return ns;
  }

  /** The client's first command has come; others may follow it, each after the answer to the one before. */
  login(connection: number, epoch: number): void {
    const { node, table } = this;
    if (table.epoch[connection] !== epoch || table.incarnation[connection] !== node.incarnation) return;
    const { zone, connect, instance, login } = table.pool[connection];
    const done = node.block(connect.loginTrips * (node.cpu.turnNs + node.cpu.overheadNs));
    const answer = login === null || this.believes(login, instance) ? CONNECTED : DENIED;
    this.tell(connection, epoch, answer, done + this.roundTripsNs(connect.loginTrips - 1, zone));
  }

  /** The engine's own answer to AUTH, after the service's to a token of IAM. */
  private believes(login: Login, instance: number): boolean {
    const { engine } = this.node;
    this.loginSession ??= engine.session(LOGIN_SESSION);
    const isGood = login.isTokenGood(instance, this.sim.now);
    const reply = isGood ? engine.execute(this.loginSession, login.words(instance)) : WRONG_PASSWORD;
    if (!(reply instanceof ErrorReply)) return true;
    this.denied++;
    return false;
  }

  private refuse(connection: number, epoch: number, atNs: number): void {
    this.refused++;
    this.tell(connection, epoch, REFUSED, atNs);
  }

  private tell(connection: number, epoch: number, kind: number, atNs: number): void {
    const { node, table, sim } = this;
    const { zone, client } = table.pool[connection];
    const delay = Math.round(atNs - sim.now) + this.latency.oneWayNs(node.zone, zone);
    const { faults } = this.latency;
    if (faults === null) return sim.send(delay, client, kind, connection, epoch);
    faults.carry(node.id, clientsIn(zone), delay, false, client, kind, connection, epoch);
  }

  /** A new process knows none of the last one's connections: their next packet is answered by a reset. */
  restarted(): void {
    this.turnInto(DEAD, state => state === OPEN || state === LOST);
  }

  private turnInto(state: number, from: (state: number) => boolean): void {
    const { table, node } = this;
    for (let connection = 0; connection < table.limit; connection++) {
      if (table.node[connection] === node.id && from(table.state[connection])) table.state[connection] = state;
    }
  }

  /** The process is gone: its kernel resets those that waited. A lost host tells nobody: those connected send into the void. */
  stopped(became: "down" | "lost" | "frozen" | "removed"): void {
    const answers = became === "down";
    if (became === "lost") this.turnInto(LOST, state => state === OPEN);
    for (; this.head < this.queue.length; this.head++) {
      const connection = this.queue[this.head];
      const epoch = this.epochs[this.head];
      if (answers && this.table.epoch[connection] === epoch) this.refuse(connection, epoch, this.sim.now);
    }
    this.queue.length = this.epochs.length = this.head = 0;
    this.turnPending = false;
  }
}
