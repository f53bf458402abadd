// A group of client instances: where commands go and what happens when no reply comes. Which connection carries them is
// decided in clients/connections.ts.
//
// A command is tried up to `attempts` times. Each try finds its node (topology or DNS as this instance believes it),
// waits for a connection of the pool, travels, and ends by a reply, a lost connection or the timeout. A connection whose
// reply did not come in time is closed, since the late reply would be taken for the next one's; multiplexing clients keep
// theirs until the kernel or the library gives it up (clients/tcp-timers.ts, clients/socket-timeout.ts). MOVED is followed at
// once and makes the instance refresh its view; ASK is followed for this once.
//
// What a command is for, and what comes after it, is the pattern's business (caching/).

import { assert, fail } from "../assert.ts";
import type { Bytes } from "../engine/bytes.ts";
import { ErrorReply, type Reply } from "../engine/reply.ts";
import type { Simulation } from "../sim/simulation.ts";
import { TimerLane } from "../sim/timer-lane.ts";
import { Login } from "./access/login.ts";
import { CircuitBreakers } from "./clients/circuit-breaker.ts";
import { type ConnectionTable, DEAD, LOST, NO_CONNECTION } from "./clients/connection-table.ts";
import { type Carrier, Connections } from "./clients/connections.ts";
import { ClientCounters } from "./clients/counters.ts";
import { HedgePolicy } from "./clients/hedge-policy.ts";
import type { PatternHandler } from "./clients/pattern-handler.ts";
import { PingBefore } from "./clients/ping-before.ts";
import { RetryBudgets } from "./clients/retry-budget.ts";
import type { Cluster } from "./cluster.ts";
import type { ClientConfig } from "./config.ts";
import { clientsIn } from "./faults/links.ts";
import { Presence } from "./faults/presence.ts";
import {
  CONNECTED,
  CONNECTION_LOST,
  DENIED,
  IDLE,
  RECONNECT,
  REFUSED,
  REJECTED,
  REPLY,
  REQUEST,
  RETRY,
} from "./messages.ts";
import type { Latency } from "./network.ts";
import type { Pool } from "./pool.ts";
import { ASKING, type Failure, ORDINARY, READONLY, type Requests, sessionOf } from "./requests.ts";
import { backoffNs } from "./retry.ts";
import { InstanceView, PRIMARY_ENDPOINT } from "./topology.ts";

const MAX_REDIRECTS = 5;

/** Replies after which a later try may succeed. */
const RETRYABLE = new Set(["LOADING", "CLUSTERDOWN", "TRYAGAIN", "READONLY", "MASTERDOWN", "NOREPLICAS"]);

export class Client implements Carrier {
  readonly target: number;
  readonly counters = new ClientCounters();
  /** Set by the world: handlers by workload number. */
  handlers: (PatternHandler | undefined)[] = [];

  readonly presence: Presence;

  /** Sees every reply before anything is done with it. */
  replyWatcher: ((request: number, reply: Reply) => void) | null = null;

  readonly connections: Connections;
  readonly views: InstanceView[] = [];
  readonly breakers: CircuitBreakers | null;
  readonly budgets: RetryBudgets | null;
  readonly hedging: HedgePolicy | null;
  private readonly table: ConnectionTable;
  private readonly commandTimers: TimerLane | null;
  private readonly poolTimers: TimerLane | null;
  private readonly multiplex: boolean;
  /** Null: connections are lent without a PING. */
  readonly pings: PingBefore | null;
  /** Whether commands over several slots go in parts, slot by slot: a matter of the cluster protocol. */
  splitsKeys: boolean;
  readonly login: Login | null;
  /** How its requests ask: as ever, of a replica, where a slot moves to. */
  readonly asEver: number;
  readonly asReader: number;
  private readonly asMover: number;
  private readonly retryRandom;

  constructor(
    readonly config: ClientConfig,
    /** Number of this group's first instance among all instances. */
    readonly firstInstance: number,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    table: ConnectionTable,
    private readonly cluster: Cluster,
    private readonly latency: Latency,
  ) {
    this.target = sim.register((kind, a, b) => this.handle(kind, a, b));
    this.table = table;
    this.multiplex = config.pool.multiplex;
    this.splitsKeys = config.splitsKeys && cluster.config.mode === "cluster";
    const { access } = cluster.config;
    this.login =
      access === undefined || config.login === null ? null : new Login(config.login, access, config.instances);
    const as = (way: number) => sessionOf(way, config.login?.user ?? null);
    this.asEver = as(ORDINARY);
    this.asReader = as(READONLY);
    this.asMover = as(ASKING);
    const { validation, size } = config.pool;
    this.pings = validation === "ping" && !this.multiplex ? new PingBefore(requests, size, this.asEver, this) : null;
    this.breakers = config.breaker === null ? null : new CircuitBreakers(config.breaker, config.instances);
    this.budgets = config.retry.budget === null ? null : new RetryBudgets(config.retry.budget, config.instances);
    this.hedging = config.hedge === null ? null : new HedgePolicy(config.hedge, config.instances);
    this.connections = new Connections(config, sim, requests, table, cluster, latency, this);
    this.presence = new Presence(config.zones);
    this.retryRandom = sim.random(`${config.name}/retry`);
    const routing = sim.random(`${config.name}/routing`);
    for (let i = 0; i < config.instances; i++) {
      this.views.push(new InstanceView(config, config.zones[i], cluster, sim, latency, routing));
    }
    const alive = (request: number, generation: number) => requests.generation[request] === generation;
    const lane = (lengthNs: number, fire: (request: number) => void) =>
      Number.isFinite(lengthNs) ? new TimerLane(sim, lengthNs, alive, fire) : null;
    this.commandTimers = lane(config.timeoutNs, request => this.timedOut(request));
    this.poolTimers = lane(config.pool.maxWaitNs, request => this.waitedTooLong(request));
  }

  /** The group turns from the endpoints of cluster mode disabled to the cluster protocol. */
  useClusterProtocol(): void {
    this.splitsKeys = this.config.splitsKeys;
    for (const view of this.views) view.useClusterProtocol();
  }

  /** Opens connections to the nodes that exist, as a fleet that has been running for a while has them. */
  warmUp(): void {
    const { cluster, connections, config } = this;
    for (let local = 0; local < config.instances; local++) {
      if (cluster.primaryEndpoint !== null) connections.warmUp(connections.poolOf(local, PRIMARY_ENDPOINT));
      for (const node of cluster.nodes) {
        const isPrimary = node.engine.role === "primary";
        if (isPrimary ? cluster.primaryEndpoint !== null : config.readFrom === "primary") continue;
        connections.warmUp(connections.poolOf(local, node.id));
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Commands.

  /** Sends a command for a request; the pattern hears of its end. `reads` may be served by a replica. */
  call(request: number, argv: readonly Bytes[], reads: boolean): void {
    const { requests } = this;
    requests.argv[request] = argv;
    requests.attempt[request] = 0;
    requests.redirects[request] = 0;
    requests.issuedNs[request] = this.sim.now;
    requests.reads[request] = reads ? 1 : 0;
    this.counters.commands++;
    if (
      this.breakers !== null &&
      !this.breakers.admits(requests.instance[request] - this.firstInstance, this.sim.now)
    ) {
      const generation = ++requests.generation[request];
      return this.sim.send(this.config.overheadNs, this.target, REJECTED, request, generation);
    }
    this.budgets?.earn(requests.instance[request] - this.firstInstance);
    this.tryOnce(request);
  }

  private tryOnce(request: number): void {
    const { requests } = this;
    requests.attempt[request]++;
    this.counters.tries++;
    const local = requests.instance[request] - this.firstInstance;
    const view = this.views[local];
    const node = view.route(requests.slot[request], requests.reads[request] === 1);
    requests.session[request] = view.routedToReplica ? this.asReader : this.asEver;
    this.sendOver(request, this.connections.poolOf(local, node));
  }

  sendOver(request: number, pool: Pool): void {
    const { requests, connections } = this;
    const connection = connections.acquire(request, pool);
    if (connection !== NO_CONNECTION) return this.transmit(request, connection);
    requests.generation[request]++;
    if (!connections.isExpecting(pool)) this.poolTimers?.start(request, requests.generation[request]);
  }

  transmit(request: number, connection: number): void {
    this.pings?.begin(request);
    this.write(request, connection);
  }

  write(request: number, connection: number): void {
    const { requests, sim, config, table } = this;
    const state = table.state[connection];
    if (state === DEAD) return this.foundDead(request, connection);
    const generation = ++requests.generation[request];
    const node = table.node[connection];
    requests.channel[request] = connection;
    requests.node[request] = node;
    if (this.multiplex) {
      requests.connection[request] = connection;
      table.usedNs[connection] = sim.now;
      this.connections.silence?.sent(connection);
    }
    requests.onWire[request] = 1;
    requests.muted[request] = 0;
    requests.doneNs[request] = 0;
    const target = this.cluster.nodes[node];
    requests.written[request] = 0;
    const zone = config.zones[requests.instance[request] - this.firstInstance];
    const delay = config.overheadNs + this.latency.oneWayNs(zone, target.zone);
    const { faults } = this.latency;
    if (state === LOST) this.connections.tcp.sent(connection);
    else if (faults === null) sim.send(delay, target.target, REQUEST, request, generation);
    else {
      this.connections.tcp.sent(connection);
      faults.carry(clientsIn(zone), target.id, delay, this.multiplex, target.target, REQUEST, request, generation);
    }
    this.commandTimers?.start(request, generation);
  }

  /** The other end of the connection had gone unnoticed: the command fails as soon as it is sent. */
  private foundDead(request: number, connection: number): void {
    if (this.pings?.isUnderWay(request)) this.connections.broken(connection);
    else this.connections.foundDead(connection);
    if (this.pings?.takesAnother(request)) return;
    this.counters.connectionErrors++;
    this.views[this.requests.instance[request] - this.firstInstance].disconnected();
    this.tryAgainOrFail(request, "connection");
  }

  private handle(kind: number, a: number, b: number): void {
    switch (kind) {
      case REPLY:
        if (this.requests.generation[a] === b && this.requests.muted[a] === 0) this.replied(a);
        return;
      case CONNECTION_LOST:
        if (this.requests.generation[a] === b) this.lost(a);
        return;
      case RETRY:
        if (this.requests.generation[a] === b) this.tryOnce(a);
        return;
      case CONNECTED:
        return this.connections.dialer.connected(a, b);
      case REFUSED:
        return this.connections.dialer.refused(a, b);
      case DENIED:
        return this.connections.dialer.denied(a, b);
      case RECONNECT:
        return this.connections.reconnect(a);
      case IDLE:
        return this.connections.watchIdle(a);
      case REJECTED:
        if (this.requests.generation[a] === b) this.handlerOf(a).failed(a, "breaker");
        return;
      default:
        fail(`client ${this.config.name} got an event of kind ${kind}`);
    }
  }

  private handlerOf(request: number): PatternHandler {
    return this.handlers[this.requests.workload[request]]!;
  }

  private replied(request: number): void {
    const { requests } = this;
    if (this.pings?.isUnderWay(request)) return this.pings.answered(request);
    const channel = requests.channel[request];
    requests.onWire[request] = 0;
    requests.generation[request]++;
    if (channel !== NO_CONNECTION) this.connections.release(channel);
    const reply = requests.reply[request];
    this.replyWatcher?.(request, reply);
    if (reply instanceof ErrorReply && this.followUp(request, reply)) return;
    this.breakers?.ended(requests.instance[request] - this.firstInstance, false, this.sim.now);
    this.handlerOf(request).replied(request, reply);
  }

  /** Redirections and errors that a later try may cure; false when the reply is the answer. */
  private followUp(request: number, error: ErrorReply): boolean {
    const { requests } = this;
    const { code } = error;
    const local = requests.instance[request] - this.firstInstance;
    if (code === "MOVED" || code === "ASK") {
      this.counters.redirects++;
      const node = this.cluster.nodeAt(error.text.split(" ")[2]);
      assert(node !== undefined, `redirected to an unknown address: ${error.text}`);
      requests.session[request] = code === "ASK" ? this.asMover : this.asEver;
      if (code === "MOVED") this.views[local].moved(requests.slot[request], node);
      if (++requests.redirects[request] <= MAX_REDIRECTS) {
        this.sendOver(request, this.connections.poolOf(local, node.id));
        return true;
      }
    } else if (!RETRYABLE.has(code)) {
      this.counters.errorReplies++;
      return false;
    }
    if (code === "READONLY") this.askedReplica(request, local);
    this.counters.errorReplies++;
    this.tryAgainOrFail(request, "error");
    return true;
  }

  /** A write came to a replica: where the server closes the connection, a new one finds the primary by its name. */
  private askedReplica(request: number, local: number): void {
    const channel = this.requests.channel[request];
    if (this.cluster.config.listen.closesOnReplicaWrite && channel !== NO_CONNECTION) this.connections.retire(channel);
    this.views[local].disconnected();
  }

  private timedOut(request: number): void {
    const { requests } = this;
    const local = requests.instance[request] - this.firstInstance;
    const channel = requests.channel[request];
    requests.onWire[request] = 0;
    if (channel !== NO_CONNECTION && !this.multiplex) this.connections.drop(channel);
    if (this.pings?.takesAnother(request)) return;
    this.counters.timeouts++;
    this.views[local].timedOut();
    this.tryAgainOrFail(request, "timeout");
  }

  lost(request: number): void {
    const { requests } = this;
    const local = requests.instance[request] - this.firstInstance;
    requests.onWire[request] = 0;
    const channel = requests.channel[request];
    if (channel !== NO_CONNECTION) this.connections.drop(channel);
    if (this.pings?.takesAnother(request)) return;
    this.counters.connectionErrors++;
    this.views[local].disconnected();
    this.tryAgainOrFail(request, "connection");
  }

  private waitedTooLong(request: number): void {
    const { requests } = this;
    this.counters.poolTimeouts++;
    const local = requests.instance[request] - this.firstInstance;
    this.connections.leave(request);
    this.views[local].timedOut();
    this.tryAgainOrFail(request, "pool");
  }

  tryAgainOrFail(request: number, failure: Exclude<Failure, "breaker">): void {
    const { requests, config, sim } = this;
    this.pings?.over(request);
    requests.failure[request] = failure;
    const generation = ++requests.generation[request];
    const attempt = requests.attempt[request];
    const local = requests.instance[request] - this.firstInstance;
    const { retry } = config;
    if (attempt >= retry.attempts || !retry.on[failure] || (this.budgets !== null && !this.budgets.spend(local))) {
      this.breakers?.ended(local, true, sim.now);
      return this.handlerOf(request).failed(request, failure);
    }
    this.counters.retries++;
    sim.send(backoffNs(retry, attempt, this.retryRandom), this.target, RETRY, request, generation);
  }

  connectFailed(instance: number): void {
    this.counters.connectionErrors++;
    this.views[instance].disconnected();
  }

  resolve(instance: number): number {
    return this.views[instance].resolve();
  }

  /** Connections that instances opened by an answer which the endpoint's name does not give any more. */
  get outdatedNames(): number {
    return this.views.reduce((sum, view) => sum + view.outdated, 0);
  }

  knows(instance: number, node: number): boolean {
    return this.views[instance].knows(node);
  }

  /** A node's process died: its kernel resets the connections of those it reaches. The world tells requests on the wire. */
  connectionsReset(node: number, reaches: (zone: number) => boolean): void {
    this.connections.reset(node, reaches);
  }

  /** Hosts have vanished or links are cut: idle connections may find out. */
  peersChanged(concerns: (connection: number) => boolean): void {
    this.connections.tcp.peersChanged(connection => this.connections.owns(connection) && concerns(connection));
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    return this.connections.waiting;
  }

  get openConnections(): number {
    return this.connections.openCount;
  }
}
