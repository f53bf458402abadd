// A group of client instances: where commands go, which connection carries them, what happens when no reply comes.
//
// A command is tried up to `attempts` times. Each try finds its node (topology or DNS as this instance believes it),
// waits for a connection of the pool, travels, and ends by a reply, a lost connection or the timeout. A connection whose
// reply did not come in time is closed, since the late reply would be taken for the next one's; multiplexing clients keep
// theirs. MOVED is followed at once and makes the instance refresh its view; ASK is followed for this once.
//
// What a command is for, and what comes after it, is the pattern's business (caching/).

import { assert, fail } from "../assert.ts";
import type { Bytes } from "../engine/bytes.ts";
import { ErrorReply, type Reply } from "../engine/reply.ts";
import type { Simulation } from "../sim/simulation.ts";
import { TimerLane } from "../sim/timer-lane.ts";
import type { Cluster } from "./cluster.ts";
import type { ClientConfig } from "./config.ts";
import { CONNECT, CONNECTED, CONNECTION_LOST, ORIGIN_DONE, REPLY, REQUEST, RETRY } from "./messages.ts";
import type { Latency } from "./network.ts";
import { Pool } from "./pool.ts";
import { ASKING, type Failure, NO_REQUEST, ORDINARY, READONLY, type Requests } from "./requests.ts";
import { backoffNs } from "./retry.ts";
import { InstanceView } from "./topology.ts";

/** What a client does for a workload: told when a command or a fetch from the origin is over. */
export interface PatternHandler {
  /** The command was answered; errors of the server that are not worth a retry come here too. */
  replied(request: number, reply: Reply): void;
  /** All tries came to nothing. */
  failed(request: number, failure: Failure): void;
  fetched(request: number): void;
}

const MAX_REDIRECTS = 5;

/** Replies after which a later try may succeed. */
const RETRYABLE = new Set(["LOADING", "CLUSTERDOWN", "TRYAGAIN", "READONLY", "MASTERDOWN", "NOREPLICAS"]);

export interface ClientCounters {
  timeouts: number;
  connectionErrors: number;
  poolTimeouts: number;
  retries: number;
  redirects: number;
  errorReplies: number;
}

export class Client {
  readonly target: number;
  readonly counters: ClientCounters = {
    timeouts: 0,
    connectionErrors: 0,
    poolTimeouts: 0,
    retries: 0,
    redirects: 0,
    errorReplies: 0,
  };
  /** Set by the world: handlers by workload number. */
  handlers: (PatternHandler | undefined)[] = [];

  /** Sees every reply before anything is done with it. */
  replyWatcher: ((request: number, reply: Reply) => void) | null = null;

  private readonly views: InstanceView[] = [];
  /** By local instance, then by node id. */
  private readonly pools: (Pool | undefined)[][] = [];
  private readonly poolById: Pool[] = [];
  private readonly commandTimers: TimerLane;
  private readonly poolTimers: TimerLane;
  private readonly connectTimers: TimerLane;
  private connections = 0;
  private readonly retryRandom;

  constructor(
    readonly config: ClientConfig,
    /** Number of this group's first instance among all instances. */
    readonly firstInstance: number,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    private readonly cluster: Cluster,
    private readonly latency: Latency,
  ) {
    this.target = sim.register((kind, a, b) => this.handle(kind, a, b));
    this.retryRandom = sim.random(`${config.name}/retry`);
    const routing = sim.random(`${config.name}/routing`);
    for (let i = 0; i < config.instances; i++) {
      this.views.push(new InstanceView(config, config.zones[i], cluster, sim, latency, routing));
      this.pools.push([]);
    }
    const alive = (request: number, generation: number) => requests.generation[request] === generation;
    this.commandTimers = new TimerLane(sim, config.timeoutNs, alive, request => this.timedOut(request));
    this.poolTimers = new TimerLane(sim, config.pool.maxWaitNs, alive, request => this.waitedTooLong(request));
    this.connectTimers = new TimerLane(
      sim,
      config.connectTimeoutNs,
      (pool, attempt) => attempt > this.poolById[pool].settled,
      pool => this.connectFailed(this.poolById[pool]),
    );
  }

  /** Zone of the instance that owns a pool of this group. */
  poolZone(pool: number): number {
    return this.config.zones[this.poolById[pool].instance];
  }

  /** Opens all connections to the nodes that exist, as a fleet that has been running for a while has them. */
  warmUp(): void {
    for (let local = 0; local < this.config.instances; local++) {
      for (const node of this.cluster.nodes) {
        if (this.config.readFrom === "primary" && node.engine.role !== "primary") continue;
        const pool = this.poolOf(local, node.id);
        const room = Math.max(0, this.cluster.config.maxclients - node.connections);
        pool.open = Math.min(this.config.pool.size, room);
        pool.idle = pool.open;
        node.addConnections(pool.open);
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
    this.tryOnce(request);
  }

  private tryOnce(request: number): void {
    const { requests } = this;
    requests.attempt[request]++;
    const local = requests.instance[request] - this.firstInstance;
    const view = this.views[local];
    const node = view.route(requests.slot[request], requests.reads[request] === 1);
    requests.session[request] = view.routedToReplica ? READONLY : ORDINARY;
    this.sendTo(request, local, node);
  }

  private sendTo(request: number, local: number, node: number): void {
    const { requests, config } = this;
    requests.node[request] = node;
    const pool = this.poolOf(local, node);
    if (config.pool.multiplex && pool.open > 0) {
      requests.connection[request] = pool.firstConnection + (pool.turn++ % pool.open);
      this.transmit(request, node);
      return;
    }
    if (!config.pool.multiplex && pool.idle > 0) {
      pool.idle--;
      this.transmit(request, node);
      return;
    }
    pool.enqueue(request, requests);
    requests.generation[request]++;
    this.poolTimers.start(request, requests.generation[request]);
    if (pool.open + pool.connecting < config.pool.size) this.connect(pool);
  }

  private transmit(request: number, node: number): void {
    const { requests, sim, config } = this;
    const generation = ++requests.generation[request];
    requests.onWire[request] = 1;
    requests.muted[request] = 0;
    requests.doneNs[request] = 0;
    const target = this.cluster.nodes[node];
    const zone = config.zones[requests.instance[request] - this.firstInstance];
    const delay = config.overheadNs + this.latency.oneWayNs(zone, target.zone);
    sim.send(delay, target.target, REQUEST, request, generation);
    this.commandTimers.start(request, generation);
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
      case ORIGIN_DONE:
        if (this.requests.generation[a] === b) this.handlerOf(a).fetched(a);
        return;
      case CONNECTED:
        return b === 1 ? this.connected(this.poolById[a]) : this.connectFailed(this.poolById[a]);
      default:
        fail(`client ${this.config.name} got an event of kind ${kind}`);
    }
  }

  private handlerOf(request: number): PatternHandler {
    return this.handlers[this.requests.workload[request]]!;
  }

  private replied(request: number): void {
    const { requests } = this;
    const node = requests.node[request];
    requests.onWire[request] = 0;
    requests.generation[request]++;
    this.release(this.poolOf(requests.instance[request] - this.firstInstance, node));
    const reply = requests.reply[request];
    this.replyWatcher?.(request, reply);
    if (reply instanceof ErrorReply && this.followUp(request, reply)) return;
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
      requests.session[request] = code === "ASK" ? ASKING : ORDINARY;
      if (code === "MOVED") this.views[local].moved(requests.slot[request], node);
      if (++requests.redirects[request] <= MAX_REDIRECTS) {
        this.sendTo(request, local, node.id);
        return true;
      }
    } else if (!RETRYABLE.has(code)) {
      this.counters.errorReplies++;
      return false;
    }
    if (code === "READONLY") this.views[local].refreshSoon();
    this.counters.errorReplies++;
    this.tryAgainOrFail(request, "error");
    return true;
  }

  private timedOut(request: number): void {
    const { requests } = this;
    this.counters.timeouts++;
    const local = requests.instance[request] - this.firstInstance;
    const pool = this.poolOf(local, requests.node[request]);
    requests.onWire[request] = 0;
    if (!this.config.pool.multiplex) this.closeOne(pool);
    this.views[local].refreshSoon();
    this.tryAgainOrFail(request, "timeout");
  }

  private lost(request: number): void {
    const { requests } = this;
    this.counters.connectionErrors++;
    const local = requests.instance[request] - this.firstInstance;
    requests.onWire[request] = 0;
    const pool = this.poolOf(local, requests.node[request]);
    if (this.config.pool.multiplex) pool.closeAll();
    else this.closeOne(pool);
    this.views[local].refreshSoon();
    this.tryAgainOrFail(request, "connection");
  }

  private waitedTooLong(request: number): void {
    const { requests } = this;
    this.counters.poolTimeouts++;
    const local = requests.instance[request] - this.firstInstance;
    this.poolOf(local, requests.node[request]).remove(request, requests);
    this.views[local].refreshSoon();
    this.tryAgainOrFail(request, "pool");
  }

  private tryAgainOrFail(request: number, failure: Failure): void {
    const { requests, config, sim } = this;
    requests.failure[request] = failure;
    const generation = ++requests.generation[request];
    const attempt = requests.attempt[request];
    if (attempt >= config.retry.attempts) return this.handlerOf(request).failed(request, failure);
    this.counters.retries++;
    sim.send(backoffNs(config.retry, attempt, this.retryRandom), this.target, RETRY, request, generation);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Connections.

  private poolOf(local: number, node: number): Pool {
    const pools = this.pools[local];
    const known = pools[node];
    if (known !== undefined) return known;
    const pool = new Pool(this.poolById.length, local, node, this.nextConnection());
    pools[node] = pool;
    this.poolById.push(pool);
    return pool;
  }

  /** Numbers of a pool's connections at their node: unique among this group's; -1 when they need none. */
  private nextConnection(): number {
    if (!this.config.pool.multiplex) return -1;
    const first = this.connectionBase + this.connections;
    this.connections += this.config.pool.size;
    return first;
  }

  /** Set by the world so that groups do not share connection numbers. */
  connectionBase = 0;

  private connect(pool: Pool): void {
    const { sim, config } = this;
    pool.attempts++;
    const node = this.cluster.nodes[pool.node];
    const zone = config.zones[pool.instance];
    // TCP takes one round trip, TLS 1.3 another, AUTH or HELLO a third; the last half trip is the answer's.
    const roundTrips = this.cluster.config.tls ? 3 : 2;
    let delay = config.overheadNs;
    for (let i = 1; i < 2 * roundTrips; i++) delay += this.latency.oneWayNs(zone, node.zone);
    sim.send(delay, node.target, CONNECT, pool.id, this.target);
    this.connectTimers.start(pool.id, pool.attempts);
  }

  private connected(pool: Pool): void {
    if (pool.connecting === 0) {
      // It had been given up: the server closes what nobody uses.
      this.cluster.nodes[pool.node].addConnections(-1);
      return;
    }
    pool.settled++;
    pool.open++;
    if (this.config.pool.multiplex) {
      for (;;) {
        const request = pool.dequeue(this.requests);
        if (request === NO_REQUEST) return;
        this.requests.connection[request] = pool.firstConnection + (pool.turn++ % pool.open);
        this.transmit(request, pool.node);
      }
    }
    this.release(pool);
  }

  private connectFailed(pool: Pool): void {
    if (pool.connecting === 0) return;
    pool.settled++;
    this.counters.connectionErrors++;
    this.views[pool.instance].refreshSoon();
    // Nobody is coming: those who wait for this node try again, perhaps elsewhere.
    if (pool.open > 0 || pool.connecting > 0) return;
    for (;;) {
      const request = pool.dequeue(this.requests);
      if (request === NO_REQUEST) return;
      this.tryAgainOrFail(request, "connection");
    }
  }

  /** A connection is free: the next in line takes it. */
  private release(pool: Pool): void {
    if (this.config.pool.multiplex) return;
    const request = pool.dequeue(this.requests);
    if (request === NO_REQUEST) pool.idle++;
    else this.transmit(request, pool.node);
  }

  private closeOne(pool: Pool): void {
    if (pool.open === 0) return;
    pool.open--;
    const node = this.cluster.nodes[pool.node];
    if (node.state === "up") node.addConnections(-1);
    if (pool.queued > 0 && pool.open + pool.connecting < this.config.pool.size) this.connect(pool);
  }

  /** A node's process died: its kernel resets every connection. Requests on the wire are told by the world. */
  connectionsReset(node: number): void {
    for (const pools of this.pools) pools[node]?.closeAll();
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    let sum = 0;
    for (const pool of this.poolById) sum += pool.queued;
    return sum;
  }

  get openConnections(): number {
    let sum = 0;
    for (const pool of this.poolById) sum += pool.open;
    return sum;
  }
}
