// A group of client instances: where commands go and what happens when no reply comes. Which connection carries them is
// decided in clients/connections.ts.
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
import { type ConnectionTable, NO_CONNECTION } from "./clients/connection-table.ts";
import { type Carrier, Connections } from "./clients/connections.ts";
import type { Cluster } from "./cluster.ts";
import type { ClientConfig } from "./config.ts";
import { CONNECTED, CONNECTION_LOST, ORIGIN_DONE, REFUSED, REPLY, REQUEST, RETRY } from "./messages.ts";
import type { Latency } from "./network.ts";
import { ASKING, type Failure, ORDINARY, READONLY, type Requests } from "./requests.ts";
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

export class Client implements Carrier {
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

  readonly connections: Connections;
  private readonly views: InstanceView[] = [];
  private readonly commandTimers: TimerLane;
  private readonly poolTimers: TimerLane;
  private readonly multiplex: boolean;
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
    this.multiplex = config.pool.multiplex;
    this.connections = new Connections(config, sim, requests, table, cluster, latency, this);
    this.retryRandom = sim.random(`${config.name}/retry`);
    const routing = sim.random(`${config.name}/routing`);
    for (let i = 0; i < config.instances; i++) {
      this.views.push(new InstanceView(config, config.zones[i], cluster, sim, latency, routing));
    }
    const alive = (request: number, generation: number) => requests.generation[request] === generation;
    this.commandTimers = new TimerLane(sim, config.timeoutNs, alive, request => this.timedOut(request));
    this.poolTimers = new TimerLane(sim, config.pool.maxWaitNs, alive, request => this.waitedTooLong(request));
  }

  /** Opens all connections to the nodes that exist, as a fleet that has been running for a while has them. */
  warmUp(): void {
    for (let local = 0; local < this.config.instances; local++) {
      for (const node of this.cluster.nodes) {
        if (this.config.readFrom === "primary" && node.engine.role !== "primary") continue;
        this.connections.warmUp(local, node.id);
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
    const { requests, connections } = this;
    requests.node[request] = node;
    const connection = connections.acquire(request, connections.poolOf(local, node));
    if (connection !== NO_CONNECTION) return this.transmit(request, connection);
    requests.generation[request]++;
    this.poolTimers.start(request, requests.generation[request]);
  }

  transmit(request: number, connection: number): void {
    const { requests, sim, config } = this;
    const generation = ++requests.generation[request];
    requests.channel[request] = connection;
    if (this.multiplex) requests.connection[request] = connection;
    requests.onWire[request] = 1;
    requests.muted[request] = 0;
    requests.doneNs[request] = 0;
    const target = this.cluster.nodes[requests.node[request]];
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
        return this.connections.connected(a, b);
      case REFUSED:
        return this.connections.refused(a, b);
      default:
        fail(`client ${this.config.name} got an event of kind ${kind}`);
    }
  }

  private handlerOf(request: number): PatternHandler {
    return this.handlers[this.requests.workload[request]]!;
  }

  private replied(request: number): void {
    const { requests } = this;
    const channel = requests.channel[request];
    requests.onWire[request] = 0;
    requests.generation[request]++;
    if (channel !== NO_CONNECTION) this.connections.release(channel);
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
    const channel = requests.channel[request];
    requests.onWire[request] = 0;
    if (!this.multiplex && channel !== NO_CONNECTION) this.connections.drop(channel);
    this.views[local].refreshSoon();
    this.tryAgainOrFail(request, "timeout");
  }

  private lost(request: number): void {
    const { requests } = this;
    this.counters.connectionErrors++;
    const local = requests.instance[request] - this.firstInstance;
    requests.onWire[request] = 0;
    const channel = requests.channel[request];
    if (channel !== NO_CONNECTION) this.connections.drop(channel);
    this.views[local].refreshSoon();
    this.tryAgainOrFail(request, "connection");
  }

  private waitedTooLong(request: number): void {
    const { requests } = this;
    this.counters.poolTimeouts++;
    const local = requests.instance[request] - this.firstInstance;
    this.connections.leave(request);
    this.views[local].refreshSoon();
    this.tryAgainOrFail(request, "pool");
  }

  tryAgainOrFail(request: number, failure: Failure): void {
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

  connectFailed(instance: number): void {
    this.counters.connectionErrors++;
    this.views[instance].refreshSoon();
  }

  /** A node's process died: its kernel resets every connection. Requests on the wire are told by the world. */
  connectionsReset(node: number): void {
    this.connections.reset(node);
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    return this.connections.waiting;
  }

  get openConnections(): number {
    return this.connections.open;
  }
}
