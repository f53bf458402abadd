// The engine on a TCP port, in real time: the wall clock is the engine's clock, timers drive its cron and the waits that end
// by time, sockets bring the calls.

import type { Socket } from "node:net";
import { clientLine, clientsLimit, clientsToEvict } from "../engine/clients.ts";
import type { Engine } from "../engine/engine.ts";
import type { Refusal } from "../engine/parameters.ts";
import { ErrorReply, type Reply } from "../engine/reply.ts";
import type { Session } from "../engine/session.ts";
import { Connection, type Owner } from "./connection.ts";
import { Listeners } from "./listeners.ts";
import { OutputLimits } from "./output-limits.ts";
import { TurnMeter } from "./turn-meter.ts";

export interface ServerOptions {
  readonly engine: Engine;
  readonly log: (line: string) => void;
}

/** Node's timers know whole milliseconds only; longer waits are looked at again by the cron. */
const TIMER_MAX_MS = 1_000;

export class Server implements Owner {
  readonly engine: Engine;
  readonly connections = new Set<Connection>();
  readonly log: (line: string) => void;
  private readonly listeners: Listeners;
  private readonly dirty = new Set<Connection>();
  private readonly limits: OutputLimits;
  private readonly meter: TurnMeter;
  private turnScheduled = false;
  private readonly pollBuffer = Buffer.allocUnsafe(65_536);
  private nextId = 1;
  private cronTimer: NodeJS.Timeout | null = null;
  private deadlineTimer: NodeJS.Timeout | null = null;
  /** Called before replies of a turn go out: what was promised must be on disk by then. */
  readonly beforeReplies: (() => void)[] = [];
  /** Called at every cron, for what the server does beside the engine. */
  readonly onCron: (() => void)[] = [];

  constructor({ engine, log }: ServerOptions) {
    this.engine = engine;
    this.log = log;
    this.limits = new OutputLimits(engine);
    this.listeners = new Listeners({
      parameters: engine.parameters,
      log,
      accept: socket => this.accept(socket),
    });
    this.meter = new TurnMeter(engine.stats);
    engine.durations.stopwatch = () => performance.now() * 1_000;
    // DEBUG SLEEP and the like hold the whole server, as they do there.
    engine.onHold = ns => {
      sleep(ns / 1e6);
      this.tick();
    };
    const { scripting } = engine;
    scripting.clockMs = () => Date.now();
    scripting.budget = Number.POSITIVE_INFINITY;
    scripting.onSlow = () => this.pollBusy();
    this.scheduleCron();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Listening.

  /** Listens as configured; resolves with the port. */
  open(): Promise<number> {
    return this.listeners.open();
  }

  /** The port that clients reach; 0 before it listens. */
  get port(): number {
    return this.listeners.port;
  }

  /** A number for one more connection. */
  newId(): number {
    return this.nextId++;
  }

  private accept(socket: Socket): void {
    const { engine } = this;
    if (this.connections.size >= engine.parameters.number("maxclients")) {
      engine.stats.rejectedConnections++;
      socket.on("error", () => undefined);
      socket.end("-ERR max number of clients reached\r\n");
      return;
    }
    if (this.isRefusedByProtectedMode(socket)) {
      engine.stats.rejectedConnections++;
      socket.on("error", () => undefined);
      socket.end(PROTECTED_MODE);
      return;
    }
    engine.stats.connectionsReceived++;
    this.tick();
    const connection = new Connection(socket, this.newId(), this);
    connection.session.replyLimit = this.limits.hardLimit(connection.session);
    this.connections.add(connection);
  }

  private isRefusedByProtectedMode(socket: Socket): boolean {
    const { parameters } = this.engine;
    if (!parameters.flag("protected-mode") || parameters.text("requirepass") !== "") return false;
    // Over a path there is no address: it is on this host.
    const address = socket.remoteAddress ?? "127.0.0.1";
    return !/^(?:::ffff:)?127\.|^::1$/u.test(address);
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    this.dirty.delete(connection);
  }

  /** Settings that live outside the engine have changed. */
  applySettings(changed: ReadonlyMap<string, string>): Refusal | null {
    if (changed.has("client-output-buffer-limit")) {
      for (const { session } of this.connections) session.replyLimit = this.limits.hardLimit(session);
    }
    return changed.has("port") || changed.has("bind") ? this.listeners.move() : null;
  }

  /** Ends listening and connections; pending output is given to the sockets before. */
  async close(): Promise<void> {
    if (this.cronTimer !== null) clearTimeout(this.cronTimer);
    if (this.deadlineTimer !== null) clearTimeout(this.deadlineTimer);
    this.cronTimer = null;
    const closing = this.listeners.close();
    for (const connection of [...this.connections]) {
      connection.flush();
      connection.socket.destroySoon();
    }
    await closing;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Turns.

  tick(): void {
    this.meter.begin();
    const now = Date.now();
    if (now > this.engine.nowMs) this.engine.setTime(now);
  }

  /** Runs a call. A bug of ours ends that call, not the server. */
  run(session: Session, argv: readonly string[]): Reply {
    this.meter.command();
    try {
      return this.engine.execute(session, argv);
    } catch (error) {
      const { stack, message } = error as Error;
      this.log(`BUG: ${argv[0]}: ${stack ?? message}`);
      this.engine.pipeline.recover(session);
      return new ErrorReply(`ERR internal error: ${message.replace(/[\r\n]+/gu, " ")}`);
    }
  }

  /** maxmemory-clients: closes the largest connections until the rest fits. */
  evictClients(): void {
    const { engine } = this;
    const limit = clientsLimit(engine.parameters.text("maxmemory-clients"), engine.settings.maxmemory);
    if (limit === 0) return;
    for (const session of clientsToEvict(engine.sessions.values(), limit)) {
      engine.stats.evictedClients++;
      this.log(`Evicting client: ${this.describe(session)}`);
      session.onKill?.();
    }
  }

  exceedsOutputLimit(session: Session): boolean {
    return this.limits.exceeded(session);
  }

  /** A connection as the log may show it. */
  describe(session: Session): string {
    const { engine } = this;
    return clientLine(session, engine.nowMs, engine.parameters.flag("hide-user-data-from-log"));
  }

  /** Serves the connections while a script runs for too long. */
  pollBusy(): void {
    this.listeners.poll();
    for (const connection of [...this.connections]) connection.poll(this.pollBuffer);
  }

  flushLater(connection: Connection): void {
    this.dirty.add(connection);
    this.turnSoon();
  }

  /** Something has happened outside connections: the turn ends soon. */
  turnSoon(): void {
    if (this.turnScheduled) return;
    this.turnScheduled = true;
    setImmediate(() => this.endTurn());
  }

  /** After the calls of a turn: what gathered over several of them, then the replies. */
  private endTurn(): void {
    this.turnScheduled = false;
    this.listeners.rest();
    this.tick();
    this.engine.endTurn();
    for (const work of this.beforeReplies) work();
    for (const connection of this.dirty) {
      connection.flush();
      this.cutOff(connection);
    }
    this.dirty.clear();
    this.evictClients();
    this.armDeadline();
    this.meter.end();
  }

  /** Closes a connection that leaves too much waiting. */
  private cutOff(connection: Connection): void {
    if (!this.limits.exceeded(connection.session)) return;
    connection.overflow();
    connection.flush();
  }

  private armDeadline(): void {
    if (this.deadlineTimer !== null) clearTimeout(this.deadlineTimer);
    this.deadlineTimer = null;
    const { blocking, pause } = this.engine;
    let next = blocking.count > 0 ? blocking.nextDeadlineMs() : Number.POSITIVE_INFINITY;
    if (pause.mode !== null) next = Math.min(next, pause.untilMs);
    if (next === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(TIMER_MAX_MS, Math.max(1, Math.ceil(next - Date.now())));
    this.deadlineTimer = setTimeout(() => this.endTurn(), waitMs);
  }

  private scheduleCron(): void {
    const intervalMs = Math.max(1, Math.round(1_000 / this.engine.settings.hz));
    this.cronTimer = setTimeout(() => {
      this.cron();
      if (this.cronTimer !== null) this.scheduleCron();
    }, intervalMs);
  }

  private cron(): void {
    this.tick();
    const { engine } = this;
    this.meter.cron(() => {
      engine.cron(engine.nowMs);
      this.closeIdle();
      for (const work of this.onCron) work();
    });
    this.endTurn();
  }

  private closeIdle(): void {
    const timeoutMs = this.engine.parameters.number("timeout") * 1_000;
    for (const connection of [...this.connections]) this.cutOff(connection);
    if (timeoutMs === 0) return;
    for (const connection of [...this.connections]) {
      const { session } = connection;
      if (session.isReplica || session.blocked !== null || session.subscribed || session.fromPrimary) continue;
      if (this.engine.nowMs - session.lastActiveMs > timeoutMs) connection.kill();
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}

const PROTECTED_MODE =
  "-DENIED Running in protected mode because protected mode is enabled and no password is set for the default user. " +
  "Only loopback connections are accepted. Set a password, or turn protected mode off with 'CONFIG SET protected-mode no' " +
  "from this host, if you are sure that the network is yours.\r\n";
