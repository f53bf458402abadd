// One cache node: a real engine behind a network interface, I/O threads and one engine thread.
// A request that arrives is executed at once, in order of arrival, and told when it will have been finished: nobody who
// comes later can overtake it on a first-come thread, so its place in time is `start = max(ready, thread free)`. The
// engine's clock is that start. What must not be believed in case of a crash (work promised for later) is cut off by
// time: replies and changes carry the instant at which the engine finished them. Requests of one connection that have arrived
// before the engine reads it share one turn. Everything else that takes the engine thread's time takes it here: cron, forks …

import { assert, fail } from "../assert.ts";
import type { NodeType } from "../catalog/nodes.ts";
import type { Bytes } from "../engine/bytes.ts";
import type { Engine } from "../engine/engine.ts";
import { NO_DATABASE } from "../engine/propagation.ts";
import { commandBytes, ErrorReply, type Reply, replyBytes } from "../engine/reply.ts";
import type { Simulation } from "../sim/simulation.ts";
import { Station } from "../sim/station.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { AppendOnlyFile } from "./append-only-file.ts";
import type { ClientDirectory } from "./client-directory.ts";
import type { ConnectionTable } from "./clients/connection-table.ts";
import type { ClusterConfig } from "./config.ts";
import { ConnectionTurns } from "./connection-turns.ts";
import { ASKING_BYTES } from "./costs.ts";
import { Cpu } from "./cpu.ts";
import { EffortTime } from "./effort-time.ts";
import { engineOf } from "./engine-of-node.ts";
import { engineMs } from "./epoch.ts";
import type { Freeze, Unanswered } from "./faults/freeze.ts";
import { BurstCredits } from "./hardware/burst-credits.ts";
import { ConnectionTracking } from "./hardware/connection-tracking.ts";
import type { EngineThread } from "./hardware/engine-thread.ts";
import type { MemoryState } from "./hardware/host-memory.ts";
import { Pressure } from "./hardware/pressure.ts";
import { Retransmission } from "./hardware/retransmission.ts";
import { type Tiering, tieringOf } from "./hardware/tiering.ts";
import type { Outlook } from "./hearsay.ts";
import { Listener } from "./listener.ts";
import { ACCEPT, CONNECT, CONNECTION_LOST, CRON, HELD, LOGIN, REPLICATED, REQUEST, RESEND } from "./messages.ts";
import { Bandwidth, DROPPED, type Latency } from "./network.ts";
import { NodeMemory } from "./node-memory.ts";
import { NodeSessions } from "./node-sessions.ts";
import type { ReplicationLink } from "./replication/link.ts";
import type { ReplicaReads } from "./replication/replica-reads.ts";
import type { ReplicationStream } from "./replication/stream.ts";
import type { ReplicationWaits } from "./replication/wait.ts";
import { ReplyPath } from "./reply-path.ts";
import { RequestLatency } from "./request-latency.ts";
import { ASKING, ORDINARY, type Requests, wayOf } from "./requests.ts";
import type { RunningSave } from "./save.ts";
import type { Front } from "./serverless/front.ts";
import { park, type WritePause } from "./write-pause.ts";

/** down: no process, the host answers. lost: no host. frozen: the process stands still. removed: taken out of service. */
export type NodeState = "up" | "down" | "lost" | "frozen" | "removed";

export class Node {
  readonly engine: Engine;
  readonly cpu: Cpu;
  readonly target: number;
  readonly networkIn: Bandwidth;
  readonly networkOut: Bandwidth;
  readonly ram: NodeMemory;
  readonly tiering: Tiering | null;
  readonly credits: BurstCredits | null;
  readonly tracking: ConnectionTracking;
  readonly pressure = new Pressure();
  front: Front | null = null;
  state: NodeState = "up";
  frozen: Freeze | null = null;
  /** Raised at every crash and start: events of an earlier life are dropped. */
  incarnation = 0;
  shard: number;
  connections = 0;
  newConnections = 0;
  readonly listener: Listener;
  /** Bytes exchanged with clients in other zones, both ways: somebody pays for them. */
  crossZoneBytes = 0;
  readonly thread: EngineThread;
  /** I/O-thread time and background time (saves), in ns. */
  ioBusyNs = 0;
  backgroundNs = 0;
  /** The stream of changes to replicas, of a primary; the link that brings them, of a replica. Then what clients may want. */
  stream: ReplicationStream | null = null;
  link: ReplicationLink | null = null;
  waits: ReplicationWaits | null = null;
  replicaReads: ReplicaReads | null = null;
  linkCount = 0;
  isSyncing = false;
  /** What it believes of the cluster while it has missed a change of roles. */
  outlook: Outlook | null = null;
  epoch = 0;
  /** It answers CLUSTERDOWN: it sees a minority of the primaries, or a failed one where full coverage is required. */
  clusterDown = false;
  readonly requestLatency: RequestLatency;
  /** Memory and swap are both full: the kernel kills the engine. */
  onKilled: (() => void) | null = null;
  aof: AppendOnlyFile | null = null;
  save: RunningSave | null = null;
  /** Writes wait for the end of it; null: there is no pause. */
  parked: WritePause | null = null;
  private readonly io: Station | null;
  private readonly turns = new ConnectionTurns();
  readonly effort: EffortTime;
  private readonly retransmission: Retransmission;
  readonly sessions: NodeSessions;
  readonly replies: ReplyPath;
  private readonly cronNs: number;
  private readonly cacheClock: number;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly zone: number,
    shard: number,
    readonly type: NodeType,
    readonly config: ClusterConfig,
    private readonly sim: Simulation,
    latency: Latency,
    private readonly requests: Requests,
    connections: ConnectionTable,
    private readonly directory: ClientDirectory,
  ) {
    this.shard = shard;
    const { engine, thread } = engineOf(config, type, sim.random(`${name}/engine`), engineMs(sim.now));
    this.engine = engine;
    this.thread = thread;
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
    this.sessions = new NodeSessions(this.engine, config.access?.users ?? []);
    this.replies = new ReplyPath(this, sim, latency, requests, directory, this.retransmission);
    this.requestLatency = new RequestLatency(this.engine);
    this.cacheClock = config.cacheClock ?? 1;
    this.cronNs = Math.round(NS_PER_SECOND / this.engine.settings.hz);
    this.target = sim.register((kind, a, b) => this.handle(kind, a, b));
    // Crons of different nodes do not tick together.
    sim.send(1 + sim.random(`${name}/cron`).below(this.cronNs), this.target, CRON, this.incarnation, 0);
  }

  private handle(kind: number, a: number, b: number): void {
    if (this.frozen !== null && kind !== CONNECT) return this.frozen.hold(kind, a, b);
    switch (kind) {
      case REQUEST:
      case HELD:
        return kind === HELD || this.front === null ? this.serve(a, b) : this.front.arrive(this, a, b);
      case CRON:
        return this.cron(a);
      case REPLICATED:
        return this.link?.receive(a);
      case CONNECT:
        return this.listener.arrive(a, b);
      case ACCEPT:
        return this.listener.turn(a);
      case LOGIN:
        return this.listener.login(a, b);
      case RESEND:
        return this.state === "up" ? this.replies.resend(a, b) : undefined;
      default:
        fail(`node ${this.name} got an event of kind ${kind}`);
    }
  }

  private serve(request: number, generation: number): void {
    const { requests, sim, cpu, engine } = this;
    const instance = requests.instance[request];
    if (this.state !== "up") {
      if (this.state === "down") this.replies.answer(request, generation, CONNECTION_LOST, sim.now);
      return;
    }
    // The client has closed the connection meanwhile.
    if (requests.generation[request] !== generation) return this.retransmission.settled(request);
    if (this.parked !== null && requests.reads[request] === 0) return park(this.parked, request, generation);
    const argv = requests.argv[request];
    if (this.tiering !== null) {
      const wait = this.tiering.fetch(argv, this.sessions.client.db, sim.now);
      if (wait > 0) return sim.send(wait, this.target, REQUEST, request, generation);
    }
    const hinted = requests.hinted[request] === 1;
    const bytesIn = commandBytes(argv, hinted ? requests.keyLength[request] : -1);
    const passing = this.networkIn.pass(sim.now, bytesIn);
    if (passing === DROPPED)
      return sim.send(this.retransmission.lost(request, bytesIn), this.target, REQUEST, request, generation);
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
    const session = kind === ORDINARY ? this.sessions.client : this.sessions.for(kind, request);
    const reply = hinted
      ? engine.execute(session, argv, requests.slot[request], requests.hash[request])
      : engine.execute(session, argv);
    const bytesOut = replyBytes(reply, session.resp);
    const executing = cpu.overheadNs + this.effortNs(argv);
    let service = executing + bytesIn * cpu.byteInNs + bytesOut * cpu.byteOutNs;
    if (wayOf(kind) === ASKING) service += cpu.overheadNs + ASKING_BYTES * cpu.byteInNs;
    if (!this.turns.joins(requests.connection[request], ready, start)) service += cpu.turnNs;
    let done = this.occupy(start, service);
    if (this.aof !== null) done = this.aof.written(ready, start, done, bytesIn);
    this.stream?.commitCall(done, requests, request);
    requests.reply[request] = reply;
    requests.doneNs[request] = done;
    if (this.directory.zoneOf(instance) !== this.zone) this.crossZoneBytes += bytesIn + bytesOut;
    if (!(reply instanceof ErrorReply)) this.requestLatency.record(engine.lastCommandId, Math.round(done - sim.now));
    if (this.front !== null) this.front.served(this, request, bytesIn + bytesOut, executing);
    if (this.waits?.holds(request, generation, bytesOut)) return;
    this.replies.reply(request, generation, done, bytesOut);
  }

  private effortNs(argv: readonly Bytes[]): number {
    const { engine } = this;
    let ns = this.effort.lastNs();
    if (this.save !== null) ns += this.save.takeNs();
    if (this.ram.swapShare > 0) ns += this.ram.swapInNs();
    if (this.tiering !== null) this.tiering.settle(this.sim.now);
    engine.counters.usec[engine.lastCommandId] += ns / 1_000;
    return this.effort.slow.noted(ns, argv);
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
    this.sessions.primary.db = 0;
    const reply = this.engine.execute(this.sessions.primary, argv);
    const effort = this.effortNs(argv);
    const done = this.occupy(start, withEffort ? ns + effort : ns);
    this.stream?.commit(done);
    return reply;
  }

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
    const ms = engineMs(instantNs * this.cacheClock);
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
    this.sessions.primary.db = database;
    this.engine.execute(this.sessions.primary, argv);
    return this.occupy(start, parsing + this.effortNs(argv));
  }

  addConnections(by: number): void {
    this.connections += by;
    this.ram.connected(by);
  }

  private cron(incarnation: number): void {
    if (incarnation !== this.incarnation || this.state !== "up") return;
    const start = this.thread.readyNs(this.sim.now);
    const ns = this.engine.cron(Math.max(this.engine.nowMs, engineMs(start * this.cacheClock)));
    const work = this.cpu.scaled(ns) + this.effort.freeingNs();
    if (work > 0) this.occupy(start, work);
    if (this.stream !== null) this.stream.commit(Math.max(start, this.sim.now));
    this.pressure.look(this.backlogNs);
    if (this.credits !== null) {
      this.credits.update(this.sim.now, this.workedNs + this.ioBusyNs + this.backgroundBusyNs);
      this.thread.throttle(this.credits.stretch);
    }
    this.sim.send(this.cronNs, this.target, CRON, incarnation, 0);
    this.ram.look(this.cronNs);
  }

  /** The process is gone, and with it memory, connections and promised work. */
  crash(state: Exclude<NodeState, "up">): void {
    this.state = state;
    this.parked = null;
    this.frozen = null;
    this.incarnation++;
    this.addConnections(-this.connections);
    this.thread.stop(this.sim.now);
    this.turns.stop();
    this.listener.stopped(state);
    this.save?.end();
    this.save = null;
    this.engine.childActive = false;
    this.engine.isLoading = false;
    this.engine.busyScript = null;
    this.engine.outside.replication = 0;
    this.engine.outside.replicationExcess = 0;
    this.engine.flushAll();
    this.ram.reset();
    this.stream?.stop(this.sim.now);
    this.stream = null;
    this.link = null;
    this.isSyncing = false;
  }

  /** The process stops where it stands; what it had promised for later waits with it (faults/freeze.ts). */
  freeze(freeze: Freeze): void {
    this.state = "frozen";
    this.frozen = freeze;
    this.stream?.hold(freeze.sinceNs);
  }

  /** It goes on, first with what it was doing, then with what its kernel has kept. */
  thaw(): void {
    const { frozen } = this;
    assert(frozen !== null, `node ${this.name} is not frozen`);
    const lateNs = this.sim.now - frozen.sinceNs;
    this.state = "up";
    this.frozen = null;
    this.thread.stoodStill(frozen.sinceNs, lateNs);
    this.stream?.release(frozen.sinceNs, lateNs);
    for (const { kind, a, b, unanswered } of frozen.held) {
      if (kind === REQUEST && this.requests.generation[a] !== b) this.executeUnanswered(unanswered!);
      else this.handle(kind, a, b);
    }
  }

  /** A command whose sender has gone: it stands in the socket's buffer, so it is executed all the same. */
  private executeUnanswered({ argv, session }: Unanswered): void {
    const start = this.freeAtNs;
    this.advanceClock(start);
    this.engine.execute(this.sessions.for(session), argv);
    this.stream?.commit(this.occupy(start, this.cpu.turnNs + this.cpu.overheadNs + this.effortNs(argv)));
  }

  start(): void {
    assert(this.state !== "up", `node ${this.name} starts while it is up`);
    this.state = "up";
    this.incarnation++;
    this.listener.restarted();
    this.sim.send(this.cronNs, this.target, CRON, this.incarnation, 0);
  }

  memory(): MemoryState {
    return this.ram.state();
  }

  get workedNs(): number {
    return this.thread.workedNs(this.sim.now);
  }

  get backgroundBusyNs(): number {
    return this.backgroundNs + this.effort.backgroundNs + (this.save?.backgroundNs() ?? 0);
  }

  get backlogNs(): number {
    return this.thread.backlogNs(this.sim.now);
  }
}
