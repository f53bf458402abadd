// The whole: builds the parts from a configuration, wires them, and offers what drills need. It runs nothing by itself:
// `start` schedules the first events, and whoever owns the simulation runs it.

import { assert } from "../assert.ts";
import { COMMANDS } from "../engine/commands/index.ts";
import type { Reply } from "../engine/reply.ts";
import { Histogram } from "../sim/histogram.ts";
import { Simulation } from "../sim/simulation.ts";
import { MIB } from "../units.ts";
import { Access } from "./access/access.ts";
import { AppendOnlyFile } from "./append-only-file.ts";
import { gatherCaching } from "./caching/metrics.ts";
import { Publish } from "./caching/publish.ts";
import { Client } from "./client.ts";
import type { ClientDirectory } from "./client-directory.ts";
import { ConnectionTable } from "./clients/connection-table.ts";
import { Cluster, type Shard } from "./cluster.ts";
import type { ClusterConfig, WorldConfig } from "./config.ts";
import { DnsRecord } from "./dns.ts";
import { EventLog } from "./event-log.ts";
import type { Failover, FailoverPhase } from "./failover/failover.ts";
import { type Machines, ManagedFailover } from "./failover/managed.ts";
import { UpstreamFailover } from "./failover/upstream.ts";
import type { BusyScript } from "./faults/busy-script.ts";
import { type LinkFault, Links } from "./faults/links.ts";
import { NodeFaults } from "./faults/node-faults.ts";
import { KeyGroups } from "./key-groups.ts";
import { Latency } from "./network.ts";
import { Node } from "./node.ts";
import { NodeMetrics } from "./node-metrics.ts";
import { Origin } from "./origin.ts";
import { OriginCalls } from "./origin-calls.ts";
import { OriginMetrics } from "./origin-metrics.ts";
import { preload } from "./preload.ts";
import { FanOut } from "./pubsub/fan-out.ts";
import { readerEndpoint } from "./reader-endpoint.ts";
import { Recorder } from "./recorder.ts";
import { ReplicaReads } from "./replication/replica-reads.ts";
import { ReplicationWaits } from "./replication/wait.ts";
import { Requests } from "./requests.ts";
import { AutoScaling } from "./scaling/auto-scaling.ts";
import { ServerlessCache } from "./serverless/cache.ts";
import { ServerlessMetrics } from "./serverless/metrics.ts";
import { Traffic } from "./traffic.ts";

/** Calls of a node's slow log that become events; the slow log itself has them all. */
const SLOW_CALLS_TOLD = 50;

export class World {
  readonly sim: Simulation;
  readonly requests = new Requests();
  readonly connections = new ConnectionTable();
  readonly latency: Latency;
  readonly cluster: Cluster;
  readonly clients: Client[] = [];
  readonly origin: Origin;
  /** Null on clusters of nodes. */
  readonly serverless: ServerlessCache | null;
  readonly originCalls: OriginCalls;
  readonly traffic: Traffic[] = [];
  readonly recorder: Recorder;
  readonly log: EventLog;
  readonly autoScaling: AutoScaling | null;
  /** How far behind stale answers of replicas were, in ns; null where nobody reads from replicas. */
  readonly staleAges: Histogram | null;
  /** Null where all keys are simulated. */
  readonly keyGroups: KeyGroups | null;
  /** Age of changes when a replica had applied them, in ns, by shard. */
  readonly replicationLag: Histogram[] = [];
  /** Scripts that run for long, by the node that runs them. */
  readonly scripts = new Map<Node, BusyScript>();
  /** Told of every finished phase of a failover. */
  readonly phaseListeners: ((shard: number, phase: FailoverPhase) => void)[] = [];

  /** Told at the end of every period, before it is closed. */
  readonly periodListeners: (() => void)[] = [];

  private readonly replyWatchers: ((request: number, reply: Reply) => void)[] = [];
  readonly failover: Failover;
  readonly links: Links;
  /** Null: nobody has to log in. */
  readonly access: Access | null;
  readonly nodeFaults: NodeFaults;
  private readonly nodeMetrics = new Map<Node, NodeMetrics>();
  private readonly serverlessMetrics: ServerlessMetrics | null;
  private readonly groupOfInstance: Int32Array;
  private readonly originMetrics: OriginMetrics;

  constructor(readonly config: WorldConfig) {
    this.sim = new Simulation(config.seed, config.replication);
    const { sim } = this;
    this.latency = new Latency(config.latency, sim.random("network"));
    this.links = new Links(sim, sim.random("network/faults"), config.cluster.hardware.network.retransmitNs, links => {
      this.latency.faults = links;
    });
    this.log = new EventLog(() => sim.now);
    this.recorder = new Recorder(config.workloads.length, () => sim.now);
    this.keyGroups = (config.horizon?.keysPer ?? 1) > 1 ? new KeyGroups() : null;
    this.groupOfInstance = new Int32Array(config.clients.reduce((sum, group) => sum + group.instances, 0));
    for (let shard = 0; shard < config.cluster.shards; shard++) this.replicationLag.push(new Histogram());
    const readsReplicas = config.clients.some(({ readFrom }) => readFrom !== "primary");
    this.staleAges = readsReplicas && config.cluster.serverless === undefined ? new Histogram() : null;
    const { access } = config.cluster;
    this.access = access === undefined ? null : new Access(access);
    this.cluster = this.buildCluster();
    if (this.staleAges !== null) this.cluster.keepChangesByKey();
    const { serverless } = config.cluster;
    this.serverless =
      serverless === undefined ? null : new ServerlessCache(serverless, this.cluster, sim, this.requests, this.log);
    this.serverlessMetrics = this.serverless === null ? null : new ServerlessMetrics(this.serverless);
    this.buildClients();
    this.origin = new Origin(config.origin, sim.random("origin"), sim);
    this.originCalls = new OriginCalls(config.origin, this.origin, sim.random("origin/retry"), sim, this.requests);
    this.originMetrics = new OriginMetrics(this.origin, this.originCalls);
    this.failover = this.buildFailover();
    this.nodeFaults = new NodeFaults(this);
    const { autoScaling } = config.cluster;
    this.autoScaling = autoScaling === undefined ? null : new AutoScaling(this.cluster, autoScaling);
    this.cluster.observers.push({
      replicaLag: (link, lagNs) => this.replicationLag[link.replica.shard].record(lagNs),
      shardAdded: () => this.replicationLag.push(new Histogram()),
      nodeRemoved: node => this.nodeFaults.nodeRemoved(node),
    });
    config.workloads.forEach((workload, index) => {
      const client = this.clients[workload.client];
      this.traffic.push(
        new Traffic(
          index,
          workload,
          client,
          this.originCalls,
          sim,
          this.requests,
          config.durationNs,
          name => COMMANDS.get(name.toLowerCase()),
          {
            began: () => this.recorder.began(),
            ended: (request, outcome) => {
              this.recorder.ended(index, outcome, sim.now - this.requests.startedNs[request]);
              this.keyGroups?.ended(this.requests.key[request], workload.sample!.hot, outcome);
            },
          },
        ),
      );
    });
  }

  private buildCluster(): Cluster {
    const { config, sim } = this;
    const directory: ClientDirectory = {
      zoneOf: instance => {
        const group = this.clients[this.groupOfInstance[instance]];
        return group.config.zones[instance - group.firstInstance];
      },
      targetOf: instance => this.clients[this.groupOfInstance[instance]].target,
    };
    let nextId = 0;
    const { cluster } = config;
    const makeNode = (shard: number, member: number, zone: number, made: ClusterConfig) => {
      const name = `${cluster.name}-${String(shard + 1).padStart(4, "0")}-${String(member + 1).padStart(3, "0")}`;
      const node = new Node(
        nextId++,
        name,
        zone,
        shard,
        made.node,
        made,
        sim,
        this.latency,
        this.requests,
        this.connections,
        directory,
      );
      this.access?.setUp(node);
      node.onKilled = () => this.outOfMemory(node);
      this.attend(node);
      let told = 0;
      node.effort.slow.listener = (ns, argv) => {
        if (++told > SLOW_CALLS_TOLD) return;
        const words = argv.slice(0, 3).map(word => (typeof word === "string" ? word.slice(0, 40) : "…"));
        this.log.add(node.name, `slow: ${words.join(" ")} took ${(ns / 1e6).toFixed(1)} ms`);
      };
      return node;
    };
    const built = new Cluster(cluster, sim, this.latency, this.log, makeNode, config.zones.length);
    if (cluster.mode === "single") {
      built.primaryEndpoint = new DnsRecord(built.shards[0].primary.id);
      const { failover } = cluster;
      if (failover.profile === "managed") {
        built.readerEndpoint = readerEndpoint(built, built.primaryEndpoint, failover);
      }
    }
    return built;
  }

  /** What clients want of replicas: writes that wait for them, reads that they answer. */
  private attend(node: Node): void {
    const { sim, requests, config } = this;
    if (config.cluster.durability?.mode === "sync" || config.workloads.some(({ wait = null }) => wait !== null)) {
      const waits = config.workloads.map(({ wait = null }) => wait);
      node.waits = new ReplicationWaits(node, sim, this.latency, requests, waits);
    }
    const { appendOnly } = config.cluster;
    if (appendOnly !== undefined)
      node.aof = new AppendOnlyFile(appendOnly, node, sim, sim.random(`${node.name}/fsync`));
    if (this.staleAges === null) return;
    const reads = new ReplicaReads(
      node,
      shard => this.shardOf(shard),
      requests,
      () => sim.now,
      this.staleAges,
    );
    node.replicaReads = reads;
    node.sessions.readonlyWatcher = request => reads.note(request);
  }

  private buildClients(): void {
    let first = 0;
    this.config.clients.forEach((group, index) => {
      const client = new Client(group, first, this.sim, this.requests, this.connections, this.cluster, this.latency);
      this.groupOfInstance.fill(index, first, first + group.instances);
      first += group.instances;
      this.clients.push(client);
    });
  }

  private buildFailover(): Failover {
    const { failover } = this.config.cluster;
    const onPhase = (shard: number, phase: FailoverPhase) => {
      for (const listener of this.phaseListeners) listener(shard, phase);
    };
    return failover.profile === "managed"
      ? new ManagedFailover(failover, this.cluster, this.sim, this.latency, this.machines(), onPhase)
      : new UpstreamFailover(failover, this.cluster, this.sim, this.latency, onPhase);
  }

  /** What the control plane does to machines. */
  private machines(): Machines {
    return {
      fence: (node, state, cause) => this.nodeFaults.stop(node, state, cause, "taken offline by the control plane"),
      isZoneDown: zone => this.nodeFaults.isZoneDown(zone),
    };
  }

  clientOf(instance: number): Client {
    return this.clients[this.groupOfInstance[instance]];
  }

  /** A fault of the network begins; call what it returns when it is over. `what` names it in the log. */
  breakLinks(fault: LinkFault, where: string, what: string): { readonly event: number; heal(): void } {
    const event = this.log.add(where, what);
    this.cluster.following.upkeep.wake();
    const lift = this.links.add(fault);
    this.failover.linksChanged(event);
    for (const client of this.clients) client.peersChanged(() => true);
    return {
      event,
      heal: () => {
        lift();
        this.failover.linksChanged(this.log.add(where, `${what}: over`, event));
      },
    };
  }

  /** Fills the caches, opens connections, schedules the first requests and the end of the first period. */
  start(): void {
    for (const client of this.clients) client.warmUp();
    preload(this.cluster, this.traffic, this.config, this.sim, this.log);
    for (const { aof } of this.cluster.nodes) aof?.begin();
    for (const traffic of this.traffic) traffic.start();
    this.startSubscribers();
    this.serverless?.start();
    if (this.serverless === null) for (const node of this.cluster.nodes) this.metricsOf(node);
    this.scheduleScrape();
  }

  private startSubscribers(): void {
    for (const { config, client, pattern, counters } of this.traffic) {
      if (config.pattern.kind !== "publish" || !(pattern instanceof Publish)) continue;
      const channels = Array.from({ length: config.keyCount }, (_, key) => config.keys.text(key));
      const { cluster, sim, latency } = this;
      new FanOut(
        config.pattern,
        channels,
        pattern.published,
        client.config.zones,
        cluster,
        sim,
        latency,
        counters,
      ).start();
    }
  }

  private scheduleScrape(): void {
    const { sim, config } = this;
    const left = config.durationNs - sim.now;
    if (left <= 0) return;
    const next = config.horizon?.rows[this.recorder.periods.length]?.endNs ?? sim.now + config.periodNs;
    sim.after(Math.min(next - sim.now, left), "scrape", () => {
      this.closePeriod();
      this.scheduleScrape();
    });
  }

  private closePeriod(): void {
    const { recorder, sim } = this;
    for (const listener of this.periodListeners) listener();
    const started = recorder.periods.at(-1)?.endNs ?? 0;
    if (sim.now > started) this.keyGroups?.closePeriod();
    recorder.closePeriod(() => {
      this.serverlessMetrics?.gather(recorder);
      for (const node of this.serverless === null ? this.cluster.nodes : []) {
        if (node.state === "removed") continue;
        this.metricsOf(node).gather(recorder, sim.now - started, this.cluster.linkOf(node), sim.now);
      }
      for (const client of this.clients) {
        recorder.set("WaitingForConnection", "Count", client.config.name, client.waiting);
        recorder.set("OpenConnections", "Count", client.config.name, client.openConnections);
      }
      this.originMetrics.gather(recorder);
      for (const traffic of this.traffic) gatherCaching(traffic, recorder);
    });
  }

  private metricsOf(node: Node): NodeMetrics {
    let metrics = this.nodeMetrics.get(node);
    if (metrics === undefined) this.nodeMetrics.set(node, (metrics = new NodeMetrics(node)));
    return metrics;
  }

  // -------------------------------------------------------------------------------------------------------------
  // For drills.

  /** The kernel of a node's host kills the engine: memory and swap are full. */
  private outOfMemory(node: Node): void {
    const { rssBytes } = node.memory();
    this.crash(
      node,
      "down",
      this.log.add(node.name, `out of memory: killed with ${Math.round(rssBytes / MIB)} MiB resident`),
    );
  }

  /** A node dies: its process, or the host with everything that is under way. Returns the event. */
  crash(node: Node, state: "down" | "lost", cause: number | null = null): number {
    return this.nodeFaults.crash(node, state, cause);
  }

  /** Lets an observer see every reply that clients get; returns how to stop it. */
  watchReplies(watcher: (request: number, reply: Reply) => void): () => void {
    this.replyWatchers.push(watcher);
    this.refreshReplyWatchers();
    return () => {
      const at = this.replyWatchers.indexOf(watcher);
      if (at === -1) return;
      this.replyWatchers.splice(at, 1);
      this.refreshReplyWatchers();
    };
  }

  /** Clients look at one field per reply: it is null while nobody watches. */
  private refreshReplyWatchers(): void {
    const { replyWatchers } = this;
    const all = (request: number, reply: Reply) => {
      for (const watcher of [...replyWatchers]) watcher(request, reply);
    };
    for (const client of this.clients) client.replyWatcher = replyWatchers.length === 0 ? null : all;
  }

  /** Ends the period that is under way: the run is over. */
  finish(): void {
    this.closePeriod();
    this.checkConservation();
  }

  shardOf(index: number): Shard {
    return this.cluster.shards[index];
  }

  /** Requests of users that have come and not ended. */
  get inProgress(): number {
    return this.traffic.reduce((left, { inBackground }) => left - inBackground, this.requests.active);
  }

  /** Every request that came has ended or is in progress: a law of the whole machine. */
  checkConservation(): void {
    let arrived = 0;
    let ended = 0;
    for (const traffic of this.traffic) {
      arrived += traffic.arrived;
      ended += traffic.ended;
    }
    assert(
      arrived === ended + this.inProgress,
      `${arrived} requests came, ${ended} ended, ${this.inProgress} are in progress`,
    );
  }
}
