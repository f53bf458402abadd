// One cache node: a real engine behind a network interface, I/O threads and one engine thread.
//
// A request that arrives is executed at once, in order of arrival, and told when it will have been finished: nobody who
// comes later can overtake it on a first-come thread, so its place in time is `start = max(ready, thread free)`. The
// engine's clock is that start. What must not be believed in case of a crash (work promised for later) is cut off by
// time: replies and changes carry the instant at which the engine finished them.
//
// Pipelining: requests of one connection that have arrived before the engine gets to read it share one turn.
//
// Everything else that takes the engine thread's time, takes it here: the cron with its expiry cycle, evictions, forks,
// replicated changes, new connections, slow commands.

import { assert, fail } from "../assert.ts";
import type { NodeType } from "../catalog/nodes.ts";
import type { Bytes } from "../engine/bytes.ts";
import { Engine } from "../engine/engine.ts";
import { NO_DATABASE } from "../engine/propagation.ts";
import { commandBytes, ErrorReply, type Reply, replyBytes } from "../engine/reply.ts";
import type { Session } from "../engine/session.ts";
import type { Simulation } from "../sim/simulation.ts";
import { Station } from "../sim/station.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { ClientDirectory } from "./client-directory.ts";
import type { ConnectionTable } from "./clients/connection-table.ts";
import type { ClusterConfig } from "./config.ts";
import { ConnectionTurns } from "./connection-turns.ts";
import type { CopyOnWrite } from "./copy-on-write.ts";
import { Cpu } from "./cpu.ts";
import { EffortTime } from "./effort-time.ts";
import { engineMs } from "./epoch.ts";
import { BurstCredits } from "./hardware/burst-credits.ts";
import { ConnectionTracking } from "./hardware/connection-tracking.ts";
import { EngineThread } from "./hardware/engine-thread.ts";
import type { MemoryState } from "./hardware/host-memory.ts";
import { Pressure } from "./hardware/pressure.ts";
import { Retransmission } from "./hardware/retransmission.ts";
import { type Tiering, tieringOf } from "./hardware/tiering.ts";
import { Listener } from "./listener.ts";
import { ACCEPT, CONNECT, CONNECTION_LOST, CRON, LOGIN, REPLICATED, REPLY, REQUEST, RESEND } from "./messages.ts";
import { Bandwidth, DROPPED, type Latency } from "./network.ts";
import { NodeMemory } from "./node-memory.ts";
import type { ReplicationStream } from "./replication.ts";
import { RequestLatency } from "./request-latency.ts";
import { ASKING, ORDINARY, READONLY, type Requests } from "./requests.ts";
import { park } from "./write-pause.ts";

/** down: the process is gone, the host answers. lost: the host is gone, nobody answers. removed: taken out of service. */
export type NodeState = "up" | "down" | "lost" | "removed";

/** CPU time of one copy-on-write fault: 2.6-4.0 us measured, 1-3 us advised (models/physics.md, 1.4). */
const FAULT_NS = 2_000;

/** ASKING on the wire; it comes in one packet with the command that follows. */
const ASKING_BYTES = 16;

export class Node {
  readonly engine: Engine;
  readonly cpu: Cpu;
  readonly target: number;
  readonly networkIn: Bandwidth;
  readonly networkOut: Bandwidth;
  readonly ram: NodeMemory;
  readonly tiering: Tiering | null;
  /** Of burstable nodes. */
  readonly credits: BurstCredits | null;
  readonly tracking: ConnectionTracking;
  readonly pressure = new Pressure();

  state: NodeState = "up";
  /** Raised at every crash and start: events of an earlier life are dropped. */
  incarnation = 0;
  shard: number;
  connections = 0;
  newConnections = 0;
  readonly listener: Listener;
  /** Bytes exchanged with clients in other zones, both ways: somebody pays for them. */
  crossZoneBytes = 0;
  readonly thread = new EngineThread();
  /** I/O-thread time and background time (saves), in ns. */
  ioBusyNs = 0;
  backgroundNs = 0;
  /** The stream of changes to replicas; null on a replica. */
  stream: ReplicationStream | null = null;
  /** The replica's side of its link; called when changes arrive. */
  onReplicated: (() => void) | null = null;
  readonly requestLatency: RequestLatency;
  /** Called when the host's memory and swap are both full: the kernel kills the engine. */
  onKilled: (() => void) | null = null;
  save: CopyOnWrite | null = null;
  /** Share of the running save that is done, 0–1, and when the child began. */
  saveProgress: () => number = () => 0;
  saveStartedNs = 0;

  /** Writes that wait for the end of a pause: request and generation in turn. Null: there is no pause (write-pause.ts). */
  parked: number[] | null = null;
  private readonly io: Station | null;
  private readonly turns = new ConnectionTurns();
  private readonly effort: EffortTime;
  private readonly retransmission: Retransmission;
  private readonly primarySession: Session;
  private readonly clientSession: Session;
  private readonly readonlySession: Session;
  private readonly cronNs: number;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly zone: number,
    shard: number,
    readonly type: NodeType,
    readonly config: ClusterConfig,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly requests: Requests,
    connections: ConnectionTable,
    private readonly directory: ClientDirectory,
  ) {
    this.shard = shard;
    this.engine = new Engine({
      profile: config.profile,
      random: sim.random(`${name}/engine`),
      quantum: config.quantum,
      parameters: config.parameters,
      nowMs: engineMs(sim.now),
    });
    this.cpu = new Cpu(
      { node: type, profile: config.profile, tls: config.tls, ioThreads: config.ioThreads },
      this.engine.commands,
    );
    this.io = this.cpu.ioThreads > 0 ? new Station(this.cpu.ioThreads) : null;
    this.effort = new EffortTime(this.engine, this.cpu);
    const { network, credits } = config.hardware;
    const { baselineGbps, burstGbps } = type.network;
    this.networkIn = new Bandwidth(baselineGbps, burstGbps, network);
    this.networkOut = new Bandwidth(baselineGbps, burstGbps, network);
    this.retransmission = new Retransmission(network.retransmitNs, network.queueNs);
    this.tracking = new ConnectionTracking(network.trackedConnections);
    this.credits = type.cpuCredits === null ? null : new BurstCredits(type.cpuCredits, type.vcpu, credits, sim.now);
    this.ram = new NodeMemory(this, sim);
    this.tiering = tieringOf(this.engine, type, () => sim.random(`${name}/tiering`));
    this.listener = new Listener(this, connections, sim, latency);
    this.primarySession = this.engine.session(1, true);
    this.clientSession = this.engine.session(2);
    this.readonlySession = this.engine.session(3);
    this.readonlySession.readonly = true;
    this.requestLatency = new RequestLatency(this.engine);
    this.cronNs = Math.round(NS_PER_SECOND / this.engine.settings.hz);
    this.target = sim.register((kind, a, b) => this.handle(kind, a, b));
    // Crons of different nodes do not tick together.
    sim.send(1 + sim.random(`${name}/cron`).below(this.cronNs), this.target, CRON, this.incarnation, 0);
  }

  private handle(kind: number, a: number, b: number): void {
    switch (kind) {
      case REQUEST:
        return this.serve(a, b);
      case CRON:
        return this.cron(a);
      case REPLICATED:
        return this.onReplicated?.();
      case CONNECT:
        return this.listener.arrive(a, b);
      case ACCEPT:
        return this.listener.turn(a);
      case LOGIN:
        return this.listener.login(a, b);
      case RESEND:
        return this.resend(a, b);
      default:
        fail(`node ${this.name} got an event of kind ${kind}`);
    }
  }

  private serve(request: number, generation: number): void {
    const { requests, sim, cpu, engine } = this;
    const instance = requests.instance[request];
    if (this.state !== "up") {
      if (this.state === "down") this.answer(request, generation, instance, CONNECTION_LOST, sim.now);
      return;
    }
    // The client has closed the connection meanwhile.
    if (requests.generation[request] !== generation) return this.retransmission.settled(request);
    if (this.parked !== null && requests.reads[request] === 0) return park(this.parked, request, generation);
    const argv = requests.argv[request];
    if (this.tiering !== null) {
      const wait = this.tiering.fetch(argv, this.clientSession.db, sim.now);
      if (wait > 0) return sim.send(wait, this.target, REQUEST, request, generation);
    }
    const bytesIn = commandBytes(argv);
    const passing = this.networkIn.pass(sim.now, bytesIn);
    if (passing === DROPPED) {
      sim.send(this.retransmission.lost(request, bytesIn), this.target, REQUEST, request, generation);
      return;
    }
    this.retransmission.settled(request);
    let ready = sim.now + passing;
    if (this.io !== null) {
      const ioNs = cpu.ioTurnNs + bytesIn * cpu.ioByteNs;
      ready = this.io.admit(ready, ioNs) + ioNs;
      this.ioBusyNs += ioNs;
    }
    const start = this.thread.readyNs(ready);
    this.advanceClock(start);
    const kind = requests.session[request];
    const session = kind === ORDINARY ? this.clientSession : this.sessionFor(kind);
    const reply =
      requests.hinted[request] === 1
        ? engine.execute(session, argv, requests.slot[request], requests.hash[request])
        : engine.execute(session, argv);
    const bytesOut = replyBytes(reply, session.resp);
    let service = cpu.overheadNs + bytesIn * cpu.byteInNs + bytesOut * cpu.byteOutNs + this.effortNs();
    if (kind === ASKING) service += cpu.overheadNs + ASKING_BYTES * cpu.byteInNs;
    if (!this.turns.joins(requests.connection[request], ready, start)) service += cpu.turnNs;
    const done = this.occupy(start, service);
    if (this.stream !== null) this.stream.commit(done);
    requests.reply[request] = reply;
    requests.doneNs[request] = done;
    if (this.directory.zoneOf(instance) !== this.zone) this.crossZoneBytes += bytesIn + bytesOut;
    if (!(reply instanceof ErrorReply)) this.requestLatency.record(engine.lastCommandId, Math.round(done - sim.now));
    this.reply(request, generation, done, bytesOut);
  }

  /** Puts a reply on the wire that is ready at `readyNs`; what the interface drops is sent again. */
  private reply(request: number, generation: number, readyNs: number, bytes: number): void {
    const passing = this.networkOut.pass(readyNs, bytes);
    if (passing === DROPPED) {
      const delay = Math.round(readyNs - this.sim.now) + this.retransmission.lost(request, bytes);
      this.sim.send(delay, this.target, RESEND, request, generation);
      return;
    }
    this.answer(request, generation, this.requests.instance[request], REPLY, readyNs + passing);
  }

  private resend(request: number, generation: number): void {
    if (this.state === "lost" || this.requests.generation[request] !== generation) return;
    this.reply(request, generation, this.sim.now, replyBytes(this.requests.reply[request], this.clientSession.resp));
  }

  private sessionFor(kind: number): Session {
    if (kind === READONLY) return this.readonlySession;
    // Holds for one call.
    this.clientSession.asking = true;
    return this.clientSession;
  }

  private answer(request: number, generation: number, instance: number, kind: number, departNs: number): void {
    const delay =
      Math.round(departNs - this.sim.now) + this.latency.oneWayNs(this.zone, this.directory.zoneOf(instance));
    this.sim.send(delay, this.directory.targetOf(instance), kind, request, generation);
  }

  /** Engine-thread time for what the engine says it did in its last call, and for the memory that it met. */
  private effortNs(): number {
    const { engine } = this;
    let ns = this.effort.lastNs();
    if (this.save !== null) ns += this.save.takeFaults() * FAULT_NS;
    if (this.ram.swapShare > 0) ns += this.ram.swapInNs();
    if (this.tiering !== null) this.tiering.settle(this.sim.now);
    engine.counters.usec[engine.lastCommandId] += ns / 1_000;
    return ns;
  }

  /** Takes the engine thread from `start` for `ns`; returns the instant it is free again. */
  private occupy(start: number, ns: number): number {
    const end = this.thread.occupy(start, ns);
    const { expiry } = this.engine;
    return expiry.behind ? this.thread.occupy(end, this.cpu.scaled(expiry.fast(end / 1_000))) : end;
  }

  /**
   * Runs a command that the cluster itself sends, such as a key that moves here. It takes `ns`, and what the engine says that
   * it took unless the caller accounts for all of it.
   */
  runOwn(argv: readonly Bytes[], ns: number, withEffort = true): Reply {
    const start = this.freeAtNs;
    this.advanceClock(start);
    this.primarySession.db = 0;
    const reply = this.engine.execute(this.primarySession, argv);
    const effort = this.effortNs();
    const done = this.occupy(start, withEffort ? ns + effort : ns);
    this.stream?.commit(done);
    return reply;
  }

  /** Instant at which the engine thread has done all that it was given so far. */
  get freeAtNs(): number {
    return this.thread.readyNs(this.sim.now);
  }

  /** Blocks the engine thread from now, or from when it is free, for `ns`. Returns the instant it goes on. */
  block(ns: number): number {
    return this.occupy(this.thread.readyNs(this.sim.now), ns);
  }

  /** Work of a TLS handshake, on whichever thread does it; returns the instant it is done. */
  handshake(ns: number): number {
    if (this.io === null || !this.cpu.tlsOnThreads) return this.block(ns);
    this.ioBusyNs += ns;
    return this.io.admit(this.thread.readyNs(this.sim.now), ns) + ns;
  }

  private advanceClock(instantNs: number): void {
    const ms = engineMs(instantNs);
    if (ms > this.engine.nowMs) this.engine.setTime(ms);
  }

  /** Applies one change of the primary, which arrives now; returns the instant at which it is done. */
  apply(database: number, argv: readonly Bytes[]): number {
    const start = this.thread.readyNs(this.sim.now);
    this.advanceClock(start);
    // In a stream the turn is shared by thousands: what remains is the command and its bytes.
    const parsing = this.cpu.overheadNs + commandBytes(argv) * this.cpu.byteInNs;
    // MULTI and EXEC around several effects: nobody reads between two of them here, so they need no queue.
    if (database === NO_DATABASE) return this.occupy(start, parsing);
    this.primarySession.db = database;
    this.engine.execute(this.primarySession, argv);
    return this.occupy(start, parsing + this.effortNs());
  }

  /** Counts connections that are there or gone. */
  addConnections(by: number): void {
    this.connections += by;
    this.ram.connected(by);
  }

  private cron(incarnation: number): void {
    if (incarnation !== this.incarnation || this.state !== "up") return;
    const start = this.thread.readyNs(this.sim.now);
    const ns = this.engine.cron(Math.max(this.engine.nowMs, engineMs(start)));
    const work = this.cpu.scaled(ns) + this.effort.freeingNs();
    if (work > 0) this.occupy(start, work);
    if (this.stream !== null) this.stream.commit(Math.max(start, this.sim.now));
    this.pressure.look(this.backlogNs);
    if (this.credits !== null) {
      this.credits.update(this.sim.now, this.workedNs + this.ioBusyNs + this.backgroundBusyNs);
      this.thread.stretch = this.credits.stretch;
    }
    this.sim.send(this.cronNs, this.target, CRON, incarnation, 0);
    this.ram.look(this.cronNs);
  }

  /** The process is gone, and with it memory, connections and promised work. */
  crash(state: Exclude<NodeState, "up">): void {
    this.state = state;
    this.parked = null;
    this.incarnation++;
    this.addConnections(-this.connections);
    this.thread.stop(this.sim.now);
    this.turns.stop();
    this.listener.reset(state === "down");
    this.save?.end();
    this.save = null;
    this.engine.childActive = false;
    this.engine.isLoading = false;
    this.engine.outside.replication = 0;
    this.engine.outside.replicationExcess = 0;
    this.engine.flushAll();
    this.ram.reset();
    this.stream?.stop(this.sim.now);
    this.stream = null;
  }

  /** An empty process starts on the same host or a new one. */
  start(): void {
    assert(this.state !== "up", `node ${this.name} starts while it is up`);
    this.state = "up";
    this.incarnation++;
    this.sim.send(this.cronNs, this.target, CRON, this.incarnation, 0);
  }

  /** The period's measurements have been read. */
  periodOver(): void {
    this.requestLatency.periodOver();
    this.pressure.periodOver();
  }

  memory(): MemoryState {
    return this.ram.state();
  }

  /** Engine-thread time used so far: what has been promised, less what is still to come. */
  get workedNs(): number {
    return this.thread.workedNs(this.sim.now);
  }

  /** Background time used so far, a running child included. */
  get backgroundBusyNs(): number {
    return this.backgroundNs + this.effort.backgroundNs + (this.save === null ? 0 : this.sim.now - this.saveStartedNs);
  }

  /** Work waiting for the engine thread, in ns. */
  get backlogNs(): number {
    return this.thread.backlogNs(this.sim.now);
  }
}
