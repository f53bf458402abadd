// A serverless cache: the same engines, behind proxies that meter, throttle and grow.
//
// A client sees one endpoint. Behind it stand engines on a fixed number of partitions, one for every 30,000 ECPU/s that the
// run may need (build-serverless.ts): the service's own number is not published, and what a partition may take is bounded
// by the limits of capacity.ts, not by its processor. Every command passes a proxy, whose time both ways is drawn from one
// distribution; TLS, routing and accepting connections are the proxies' work.
//
// Parameters are fixed: cluster mode, TLS, volatile-lru. At the maximum of storage keys with a TTL go by LRU; when there
// are none left writes fail with OOM. The maximum is dealt out evenly over the partitions.
//
// Left out: what happens inside when capacity is added, failures of its nodes (AWS quotes 99.99 %), the 32 GiB of a slot.

import { ErrorReply } from "../../engine/reply.ts";
import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { formatRate, NS_PER_HOUR } from "../../units.ts";
import type { Cluster } from "../cluster.ts";
import type { ServerlessConfig } from "../config/serverless.ts";
import type { EventLog } from "../event-log.ts";
import { HELD, RESEND } from "../messages.ts";
import type { Node } from "../node.ts";
import { RequestLatency } from "../request-latency.ts";
import { READONLY, type Requests, wayOf } from "../requests.ts";
import { Capacity, REFUSED } from "./capacity.ts";
import { EcpuMeter } from "./ecpu.ts";
import type { Front } from "./front.ts";
import { Ledger, SAMPLE_NS } from "./ledger.ts";

/** The text is assumed: what clients get is not documented. */
const THROTTLED = new ErrorReply("THROTTLED ECPU limit exceeded, command was not executed");

export class ServerlessCache implements Front {
  readonly capacity: Capacity;
  readonly ledger = new Ledger();
  /** Commands that were executed, unmetered ones too. */
  commands = 0;

  /** From a command's arrival at the proxies to the end of its work, of this period's commands without an error, in ns. */
  readonly latency: RequestLatency;

  private turn = 0;
  private readonly meter: EcpuMeter;
  private readonly proxyDraws: Random;
  /** By request: when it reached the proxies. */
  private arrivedNs = new Float64Array(1_024);

  constructor(
    readonly config: ServerlessConfig,
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    private readonly log: EventLog,
  ) {
    const [{ primary }] = cluster.shards;
    this.capacity = new Capacity(config);
    this.meter = new EcpuMeter(primary.engine.commands, primary.cpu, config.ecpuNs);
    this.latency = new RequestLatency(primary.engine);
    this.proxyDraws = sim.random("serverless/proxy");
    for (const node of cluster.nodes) node.front = this;
  }

  /** Schedules sampling, hours and growth. */
  start(): void {
    this.every(SAMPLE_NS, "serverless sample", () => this.ledger.sample(this.storedBytes));
    this.every(NS_PER_HOUR, "serverless hour", () => this.ledger.closeHour());
    this.every(this.config.doublingNs, "serverless growth", () => this.grow());
    this.ledger.sample(this.storedBytes);
  }

  private every(ns: number, what: string, run: () => void): void {
    this.sim.after(ns, what, () => {
      run();
      this.every(ns, what, run);
    });
  }

  private grow(): void {
    if (!this.capacity.grow()) return;
    this.log.add(this.name, `supports ${formatRate(this.capacity.supported)} ECPU`, null);
  }

  /** A command reaches the proxies: it goes on to its engine, at once or held, or is refused. */
  arrive(node: Node, request: number, generation: number): void {
    const { requests, sim } = this;
    // The client has given up meanwhile.
    if (requests.generation[request] !== generation) return;
    const wait = this.capacity.admit(sim.now, this.slotOf(request), wayOf(requests.session[request]) === READONLY);
    if (wait === REFUSED) return this.refuse(node, request, generation);
    if (request >= this.arrivedNs.length) this.widen(request);
    this.arrivedNs[request] = sim.now;
    const delay = Math.max(1, Math.round(wait + this.config.proxyNs.sample(this.proxyDraws)));
    const engine = this.engineFor(request);
    requests.node[request] = engine.id;
    sim.send(delay, engine.target, HELD, request, generation);
  }

  /** Proxies know who has a slot: its primary, or for reads that may be old one of the replicas in turn. */
  private engineFor(request: number): Node {
    const { shards, shardOfSlot } = this.cluster;
    const { primary, replicas } = shards[shardOfSlot[this.slotOf(request)]];
    const fromReplica = wayOf(this.requests.session[request]) === READONLY && replicas.length > 0;
    return fromReplica ? replicas[this.turn++ % replicas.length] : primary;
  }

  /** Answers with an error without executing anything: the node sends a reply that stands ready. */
  private refuse(node: Node, request: number, generation: number): void {
    this.requests.reply[request] = THROTTLED;
    this.requests.doneNs[request] = this.sim.now;
    this.sim.send(0, node.target, RESEND, request, generation);
  }

  private widen(request: number): void {
    const wider = new Float64Array(Math.max(request + 1, 2 * this.arrivedNs.length));
    wider.set(this.arrivedNs);
    this.arrivedNs = wider;
  }

  /** An engine has executed a command: its reply and when it is done with it stand in the request's columns. */
  served(node: Node, request: number, bytes: number, vcpuNs: number): void {
    const { engine } = node;
    const { reply, doneNs } = this.requests;
    if (!(reply[request] instanceof ErrorReply)) {
      this.latency.record(engine.lastCommandId, Math.round(doneNs[request] - this.arrivedNs[request]));
    }
    let within = 0;
    for (const { calls } of engine.effort.nested.values()) within += calls;
    const ecpu = this.meter.ecpu(engine.lastCommandId, bytes, vcpuNs, within);
    this.commands++;
    this.ledger.charge(ecpu);
    const fromReplica = wayOf(this.requests.session[request]) === READONLY;
    if (ecpu !== 1) this.capacity.settle(this.sim.now, this.slotOf(request), fromReplica, ecpu - 1);
  }

  /** The period's measurements have been read. */
  periodOver(): void {
    this.latency.periodOver();
    for (const node of this.cluster.nodes) {
      node.requestLatency.periodOver();
      node.pressure.periodOver();
    }
  }

  private slotOf(request: number): number {
    return Math.max(0, this.requests.slot[request]);
  }

  get name(): string {
    return this.cluster.config.name;
  }

  get nodes(): readonly Node[] {
    return this.cluster.nodes;
  }

  /** Keys, values and their tables on all partitions, each once. */
  get storedBytes(): number {
    let bytes = 0;
    for (const { primary } of this.cluster.shards) bytes += primary.engine.dataBytes + primary.engine.tableBytes;
    return bytes;
  }
}
