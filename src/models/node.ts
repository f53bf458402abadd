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
import { WRITE } from "../engine/command.ts";
import { COMMAND_COUNT } from "../engine/commands/index.ts";
import { Engine } from "../engine/engine.ts";
import { NO_DATABASE } from "../engine/propagation.ts";
import { commandBytes, ErrorReply, replyBytes } from "../engine/reply.ts";
import { instructionNs } from "../engine/scripting/scripting.ts";
import type { Session } from "../engine/session.ts";
import { Histogram } from "../sim/histogram.ts";
import type { Simulation } from "../sim/simulation.ts";
import { Station } from "../sim/station.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { ClusterConfig } from "./config.ts";
import type { CopyOnWrite } from "./copy-on-write.ts";
import * as costs from "./costs.ts";
import { Cpu } from "./cpu.ts";
import { engineMs } from "./epoch.ts";
import { hostMemoryBytes, type MemoryState, memoryState, SWAP_IN_NS } from "./memory.ts";
import { CONNECT, CONNECTED, CONNECTION_LOST, CRON, REPLICATED, REPLY, REQUEST } from "./messages.ts";
import { Bandwidth, type Latency } from "./network.ts";
import type { ReplicationStream } from "./replication.ts";
import { ASKING, ORDINARY, READONLY, type Requests } from "./requests.ts";

/** What a node needs to know of the clients: where they are and how to answer them. */
export interface ClientDirectory {
  /** Zone of a client instance. */
  zoneOf(instance: number): number;
  /** Event target of the client group that the instance belongs to. */
  targetOf(instance: number): number;
  /** Zone of the instance that owns a pool. */
  poolZone(pool: number, target: number): number;
}

/** down: the process is gone, the host answers. lost: the host is gone, nobody answers. */
export type NodeState = "up" | "down" | "lost";

/** CPU time of one copy-on-write fault: 2.6-4.0 us measured, 1-3 us advised (models/physics.md, 1.4). */
const FAULT_NS = 2_000;

/** ASKING on the wire; it comes in one packet with the command that follows. */
const ASKING_BYTES = 16;

/** Memory of one client connection once it is older than five seconds (models/physics.md, 5). */
const CONNECTION_BYTES = 2_270;

export class Node {
  readonly engine: Engine;
  readonly cpu: Cpu;
  readonly target: number;
  readonly networkIn: Bandwidth;
  readonly networkOut: Bandwidth;
  readonly hostBytes: number;

  state: NodeState = "up";
  /** Raised at every crash and start: events of an earlier life are dropped. */
  incarnation = 0;
  shard: number;
  connections = 0;
  newConnections = 0;
  refusedConnections = 0;
  /** Bytes exchanged with clients in other zones, both ways: somebody pays for them. */
  crossZoneBytes = 0;
  /** Engine-thread time used, I/O-thread time, background time (saves, lazy frees), in ns. */
  busyNs = 0;
  ioBusyNs = 0;
  backgroundNs = 0;
  /** The stream of changes to replicas; null on a replica. */
  stream: ReplicationStream | null = null;
  /** The replica's side of its link; called when changes arrive. */
  onReplicated: (() => void) | null = null;
  /** From a request's arrival to its answer on the wire, of this period's requests without an error, in ns. */
  readonly readLatency = new Histogram();
  readonly writeLatency = new Histogram();
  save: CopyOnWrite | null = null;
  /** Share of the running save that is done, 0–1, and when the child began. */
  saveProgress: () => number = () => 0;
  saveStartedNs = 0;

  private threadFreeNs = 0;
  private readonly io: Station | null;
  /** By connection of multiplexing clients: the instant at which the engine reads it next. */
  private readAtNs = new Float64Array(0);
  private swapShare = 0;
  private readonly primarySession: Session;
  private readonly clientSession: Session;
  private readonly readonlySession: Session;
  private readonly cronNs: number;
  /** By command id: 1 where it writes. */
  private readonly writes: Uint8Array;

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
    this.networkIn = new Bandwidth(type.network.baselineGbps, type.network.burstGbps);
    this.networkOut = new Bandwidth(type.network.baselineGbps, type.network.burstGbps);
    this.hostBytes = hostMemoryBytes(type);
    this.primarySession = this.engine.session(1, true);
    this.clientSession = this.engine.session(2);
    this.readonlySession = this.engine.session(3);
    this.readonlySession.readonly = true;
    this.writes = writingCommands(this.engine);
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
        return this.accept(a, b);
      default:
        fail(`node ${this.name} got an event of kind ${kind}`);
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Requests.

  private serve(request: number, generation: number): void {
    const { requests, sim, cpu, engine } = this;
    const instance = requests.instance[request];
    if (this.state !== "up") {
      if (this.state === "down") this.answer(request, generation, instance, CONNECTION_LOST, sim.now);
      return;
    }
    if (requests.generation[request] !== generation) return; // the client has closed the connection meanwhile
    const argv = requests.argv[request];
    const bytesIn = commandBytes(argv);
    let ready = sim.now + this.networkIn.pass(sim.now, bytesIn);
    if (this.io !== null) {
      const ioNs = cpu.ioTurnNs + bytesIn * cpu.ioByteNs;
      ready = this.io.admit(ready, ioNs) + ioNs;
      this.ioBusyNs += ioNs;
    }
    const start = this.threadFreeNs > ready ? this.threadFreeNs : ready;
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
    if (!this.joinsTurn(requests.connection[request], ready, start)) service += cpu.turnNs;
    const done = this.occupy(start, service);
    if (this.stream !== null) this.stream.commit(done);
    requests.reply[request] = reply;
    requests.doneNs[request] = done;
    if (this.directory.zoneOf(instance) !== this.zone) this.crossZoneBytes += bytesIn + bytesOut;
    const departs = done + this.networkOut.pass(done, bytesOut);
    if (!(reply instanceof ErrorReply)) {
      (this.writes[engine.lastCommandId] === 1 ? this.writeLatency : this.readLatency).record(
        Math.round(departs - sim.now),
      );
    }
    this.answer(request, generation, instance, REPLY, departs);
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

  /** Whether the request is read in the same turn as an earlier one of its connection. */
  private joinsTurn(connection: number, ready: number, start: number): boolean {
    if (connection < 0) return false;
    if (connection >= this.readAtNs.length) {
      const wider = new Float64Array(Math.max(64, (connection + 1) * 2)).fill(-1);
      wider.set(this.readAtNs);
      this.readAtNs = wider;
    }
    if (ready <= this.readAtNs[connection]) return true;
    this.readAtNs[connection] = start;
    return false;
  }

  /** Engine-thread time for what the engine says it did in its last call. */
  private effortNs(): number {
    const { engine, cpu } = this;
    const { effort } = engine;
    const { nested } = effort;
    let ns = cpu.commandNs(engine.lastCommandId, nested.size > 0 ? 0 : effort.elements) + effort.fixedNs;
    for (const [id, { calls, elements }] of nested)
      ns += (calls - 1) * cpu.commandNs(id, 0) + cpu.commandNs(id, elements);
    if (effort.instructions > 0) ns += cpu.scaled(effort.instructions * instructionNs(engine.profile));
    if (effort.evictedKeys > 0) ns += cpu.scaled(effort.evictedKeys * engine.costs.evictKeyNs);
    if (effort.expiredKeys > 0) ns += cpu.scaled(effort.expiredKeys * engine.costs.expireKeyNs);
    if (effort.freedElements > 0) ns += cpu.scaled(costs.freeNs(effort.freedElements));
    if (effort.lazyFreedElements > 0) {
      ns += cpu.scaled(costs.UNLINK_NS);
      this.backgroundNs += cpu.scaled(costs.freeNs(effort.lazyFreedElements));
    }
    if (this.save !== null) ns += this.save.takeFaults() * FAULT_NS;
    if (this.swapShare > 0) ns += this.swapShare * SWAP_IN_NS;
    engine.counters.usec[engine.lastCommandId] += ns / 1_000;
    return ns;
  }

  /** Takes the engine thread from `start` for `ns`; returns the instant it is free again. */
  private occupy(start: number, ns: number): number {
    let end = start + ns;
    this.busyNs += ns;
    const { expiry } = this.engine;
    if (expiry.behind) {
      const fast = this.cpu.scaled(expiry.fast(end / 1_000));
      this.busyNs += fast;
      end += fast;
    }
    this.threadFreeNs = end;
    return end;
  }

  /** Blocks the engine thread from now, or from when it is free, for `ns`. Returns the instant it goes on. */
  block(ns: number): number {
    return this.occupy(Math.max(this.sim.now, this.threadFreeNs), ns);
  }

  private advanceClock(instantNs: number): void {
    const ms = engineMs(instantNs);
    if (ms > this.engine.nowMs) this.engine.setTime(ms);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Replicated changes.

  /** Applies one change of the primary, which arrives now; returns the instant at which it is done. */
  apply(database: number, argv: readonly Bytes[]): number {
    const start = Math.max(this.sim.now, this.threadFreeNs);
    this.advanceClock(start);
    // In a stream the turn is shared by thousands: what remains is the command and its bytes.
    const parsing = this.cpu.overheadNs + commandBytes(argv) * this.cpu.byteInNs;
    // MULTI and EXEC around several effects: nobody reads between two of them here, so they need no queue.
    if (database === NO_DATABASE) return this.occupy(start, parsing);
    this.primarySession.db = database;
    this.engine.execute(this.primarySession, argv);
    return this.occupy(start, parsing + this.effortNs());
  }

  // -------------------------------------------------------------------------------------------------------------
  // Connections.

  private accept(pool: number, clientTarget: number): void {
    const { sim } = this;
    if (this.state === "lost") return;
    const zone = this.directory.poolZone(pool, clientTarget);
    const refused = this.state === "down" || this.connections >= this.config.maxclients;
    let depart = sim.now;
    if (refused) {
      this.refusedConnections++;
      if (this.state === "up") depart = this.block(this.cpu.scaled(costs.ACCEPT_NS / 2));
    } else {
      this.addConnections(1);
      this.newConnections++;
      depart = this.block(this.cpu.acceptNs);
    }
    const delay = Math.round(depart - sim.now) + this.latency.oneWayNs(this.zone, zone);
    sim.send(delay, clientTarget, CONNECTED, pool, refused ? 0 : 1);
  }

  /** Counts connections that were opened or closed. */
  addConnections(by: number): void {
    this.connections += by;
    this.engine.outside.clients = this.connections * CONNECTION_BYTES;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Periodic work, life and death.

  private cron(incarnation: number): void {
    if (incarnation !== this.incarnation || this.state !== "up") return;
    const start = Math.max(this.sim.now, this.threadFreeNs);
    const ns = this.engine.cron(Math.max(this.engine.nowMs, engineMs(start)));
    if (ns > 0) this.occupy(start, this.cpu.scaled(ns));
    if (this.stream !== null) this.stream.commit(Math.max(start, this.sim.now));
    const memory = this.memory();
    this.swapShare = memory.swapBytes === 0 ? 0 : memory.swapBytes / memory.rssBytes;
    this.sim.send(this.cronNs, this.target, CRON, incarnation, 0);
  }

  /** The process is gone, and with it memory, connections and promised work. */
  crash(state: "down" | "lost"): void {
    this.state = state;
    this.incarnation++;
    this.addConnections(-this.connections);
    this.threadFreeNs = this.sim.now;
    this.save?.end();
    this.save = null;
    this.engine.childActive = false;
    this.engine.isLoading = false;
    this.engine.outside.replication = 0;
    this.engine.outside.replicationExcess = 0;
    this.engine.flushAll();
    this.stream?.stop(this.sim.now);
    this.stream = null;
  }

  /** An empty process starts on the same host or a new one. */
  start(): void {
    assert(this.state !== "up", `node ${this.name} starts while it is up`);
    this.state = "up";
    this.incarnation++;
    this.threadFreeNs = this.sim.now;
    this.sim.send(this.cronNs, this.target, CRON, this.incarnation, 0);
  }

  /** The period's measurements have been read. */
  periodOver(): void {
    this.readLatency.reset();
    this.writeLatency.reset();
  }

  memory(): MemoryState {
    const copied = this.save === null ? 0 : this.save.bytes(this.saveProgress());
    return memoryState(this.hostBytes, this.engine.usedMemory, copied, this.config.tls ? this.connections : 0);
  }

  /** Engine-thread time used so far: what has been promised, less what is still to come. */
  get workedNs(): number {
    return this.busyNs - this.backlogNs;
  }

  /** Background time used so far, a running child included. */
  get backgroundBusyNs(): number {
    return this.backgroundNs + (this.save === null ? 0 : this.sim.now - this.saveStartedNs);
  }

  /** Work waiting for the engine thread, in ns. */
  get backlogNs(): number {
    return Math.max(0, this.threadFreeNs - this.sim.now);
  }
}

function writingCommands(engine: Engine): Uint8Array {
  const writes = new Uint8Array(COMMAND_COUNT);
  for (const command of engine.commands.values()) {
    for (const one of command.children?.values() ?? [command]) if ((one.flags & WRITE) !== 0) writes[one.id] = 1;
  }
  return writes;
}
