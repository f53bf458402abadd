// The command engine: a state machine with the semantics of Valkey. Time and randomness are arguments; nothing here
// waits, and nothing here knows how long anything takes except through `costs`, which bound the two loops that the
// server itself bounds by time (eviction and expiry).
//
// A call goes through `execute`: find the command, pass the gates in the server's order (`refusal`), run the handler,
// hand the effects to replication. Periodic work is in `cron`.

import { fail } from "../assert.ts";
import type { Random } from "../sim/random.ts";
import { Acl } from "./acl/acl.ts";
import { Blocking } from "./blocking.ts";
import type { Bytes } from "./bytes.ts";
import { CallCounters } from "./call-counters.ts";
import { BufferedClients } from "./client-buffers.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { Command } from "./command.ts";
import { COMMAND_COUNT, COMMANDS } from "./commands/index.ts";
import { DebugSwitches } from "./debug-switches.ts";
import { Durations } from "./durations.ts";
import {
  type AccessCheck,
  type ClusterView,
  DEFAULT_COSTS,
  type EngineCosts,
  type EngineOptions,
} from "./engine-options.ts";
import { lfuMinutes, lruClock } from "./eviction/aging.ts";
import { EvictionPool } from "./eviction/pool.ts";
import { ActiveExpiry } from "./expiry.ts";
import { countFreed } from "./freeing.ts";
import type { Host } from "./host.ts";
import { Identity } from "./identity.ts";
import type { ScriptUsage } from "./info/scripts.ts";
import { Keyspace, type Ledger, STRING } from "./keyspace.ts";
import { CommandLatency } from "./latency.ts";
import { DEFAULT_QUANTUM, type SizeClass, sizeClasses } from "./memory/allocator.ts";
import type { Layout } from "./memory/layout.ts";
import { OutsideMemory } from "./memory/outside.ts";
import { SIZE_CLASSES } from "./memory/size-count.ts";
import { Parameters } from "./parameters.ts";
import { Pause } from "./pause.ts";
import { periodicWork } from "./periodic.ts";
import { Persistence } from "./persistence.ts";
import { Pipeline } from "./pipeline.ts";
import type { EngineProfile } from "./profile.ts";
import { Propagation, type ReplicationSink } from "./propagation.ts";
import { PubSub } from "./pubsub.ts";
import { Rates } from "./rates.ts";
import { Replication } from "./replication/replication.ts";
import type { Reply } from "./reply.ts";
import { Scripting } from "./scripting/scripting.ts";
import { Session } from "./session.ts";
import { readSettings, type Settings } from "./settings.ts";
import { Effort, EngineStats } from "./stats.ts";
import { Tracking } from "./tracking.ts";
import { Watches } from "./transaction.ts";
import { EngineListRules } from "./values/list-rules.ts";

/** The dict is allowed to grow past this load even when the larger table would not fit under maxmemory. */
const MAX_LOAD = 1.618;

export class Engine {
  /** The commands by the names that clients call: the same for every engine, unless some were renamed. */
  commands: ReadonlyMap<string, Command> = COMMANDS;
  readonly profile: EngineProfile;
  readonly layout: Layout;
  /** How the allocator of this build rounds requests up. */
  readonly sizeClass: SizeClass;
  readonly random: Random;
  readonly parameters: Parameters;
  readonly costs: EngineCosts;
  settings!: Settings;
  readonly stats = new EngineStats();
  readonly effort = new Effort();
  readonly pool = new EvictionPool();
  readonly expiry: ActiveExpiry;
  readonly pipeline: Pipeline;
  readonly persistence: Persistence;
  readonly replication: Replication;
  readonly propagation = new Propagation();
  readonly blocking = new Blocking(this);
  readonly watches = new Watches(this);
  readonly pubsub = new PubSub();
  readonly tracking = new Tracking(this);
  readonly pause = new Pause(this);
  readonly lists = new EngineListRules(this);
  readonly scripting: Scripting;
  /** Connections by id. */
  readonly sessions = new Map<number, Session>();
  readonly monitors = new Set<Session>();
  /** Those of them whose buffers are memory. */
  readonly bufferedClients = new BufferedClients(this);
  /** Lets real time pass where a call takes it by definition (DEBUG SLEEP); null where time is simulated. */
  onHold: ((ns: number) => void) | null = null;
  /** Whose call runs now; null between calls. */
  currentSession: Session | null = null;
  /** By index; a database that was never used is undefined. */
  readonly databases: (Keyspace | undefined)[];
  /** Calls, failures, refusals and errors. */
  readonly counters = new CallCounters(this);
  readonly acl: Acl;
  readonly debug = new DebugSwitches();
  /** What scripts take; the scripting engine knows. */
  scriptUsage: () => ScriptUsage = () => this.scripting.usage;
  readonly latency = new CommandLatency();
  /** What the stopwatch says of calls and cycles: slow log and latency monitor. */
  readonly durations = new Durations(this);
  readonly rates = new Rates();
  readonly identity: Identity;
  readonly startedMs: number;
  /** The most memory that was in use when anybody looked. */
  peakBytes = 0;
  /** The process around it, for files and the like; none in the simulated world. */
  host: Host | null = null;

  nowMs = 0;
  lruClock = 0;
  lfuMinutes = 0;

  role: "primary" | "replica" = "primary";
  /** Whether a replica's link to its primary is up. */
  linkUp = true;
  isLoading = false;
  /** A script that has run for longer than busy-reply-threshold. */
  busyScript: "eval" | "function" | null = null;
  /** Memory could not be brought below maxmemory when the running call came. */
  outOfMemory = false;
  /** A child process saves: no aging, no rehashing, memory grows by copy-on-write. */
  childActive = false;
  /** Replicas with acceptable lag, for min-replicas-to-write. */
  goodReplicas = 0;
  activeExpireEnabled = true;
  cluster: ClusterView | null = null;
  /** All that this node knows of its cluster; none in the simulated world, whose models know. */
  clusterState: Cluster | null = null;
  access: AccessCheck | null = null;
  /** Messages to the other nodes of a cluster; null outside one. */
  clusterBus: { publish(channel: string, message: string, shard: boolean): void } | null = null;
  /** The replication stream: called with every change, in order. Several effects of a call come as a transaction. */
  get replicate(): ReplicationSink | null {
    return this.propagation.sink;
  }

  set replicate(sink: ReplicationSink | null) {
    this.propagation.sink = sink;
  }
  /** Keyspace notifications; the class letter is that of notify-keyspace-events. */
  onKeyspaceEvent: ((eventClass: string, event: string, key: string, database: number) => void) | null = null;
  onKeyModified: ((database: number, key: string) => void) | null = null;

  readonly outside = new OutsideMemory();
  /** `used_memory` of the idle server. */
  baseBytes: number;
  evictionRunning = false;
  nextRandomDatabase = 0;

  /** Bytes of the data set by size of key (memory/size-count.ts). */
  readonly bytesBySize = new Float64Array(SIZE_CLASSES);
  private readonly ledger: Ledger = { data: 0, tables: 0, bySize: this.bytesBySize };
  private readonly hashSeed: number;
  private readonly clusterMode: boolean;

  constructor(options: EngineOptions) {
    this.profile = options.profile;
    this.random = options.random;
    this.costs = options.costs ?? DEFAULT_COSTS;
    this.parameters = new Parameters(options.profile, options.parameters);
    this.parameters.onChange(() => {
      this.settings = readSettings(this.parameters);
      // A limit that is below what is in use now makes the cron evict.
      this.evictionRunning = this.settings.maxmemory > 0;
    });
    this.acl = new Acl(this, COMMAND_COUNT);
    this.acl.followPassword(this.parameters);
    this.parameters.apply = changed => this.host?.apply(changed) ?? null;
    this.clusterMode = this.parameters.flag("cluster-enabled");
    this.sizeClass = sizeClasses(options.quantum ?? DEFAULT_QUANTUM);
    this.layout = options.profile.layout(options.quantum ?? DEFAULT_QUANTUM, this.clusterMode);
    this.baseBytes = this.layout.startupBytes(this.clusterMode);
    this.databases = new Array(this.parameters.number("databases")).fill(undefined);
    this.hashSeed = this.random.uint32();
    this.identity = new Identity(this.hashSeed);
    this.startedMs = options.nowMs ?? 0;
    this.pipeline = new Pipeline(this);
    this.scripting = new Scripting(this);
    this.expiry = new ActiveExpiry(this);
    this.setTime(options.nowMs ?? 0);
    this.refreshClocks();
    this.persistence = new Persistence(this);
    this.persistence.functions = this.scripting.libraries;
    this.replication = new Replication(this);
  }

  /** A connection to this engine. */
  session(id: number, fromPrimary = false): Session {
    const session = new Session(id, fromPrimary, this.nowMs, this.profile.clientBytes);
    session.authenticated = fromPrimary || this.acl.isOpen;
    this.sessions.set(id, session);
    return session;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Calls.

  /** Id of the command that ran last, successfully or not. */
  lastCommandId = 0;

  /** Looks a command up by name in any case. */
  command(name: string): Command | undefined {
    return this.commands.get(name) ?? this.commands.get(name.toLowerCase());
  }

  /**
   * Runs one command. A caller who knows the slot of the call's keys, or the hash of its first argument (`hashKey`),
   * may give them: both are pure functions of the key, so it changes nothing but the time to compute them.
   */
  execute(session: Session, argv: readonly Bytes[], slot = -1, hash?: number): Reply {
    return this.pipeline.execute(session, argv, slot, hash);
  }

  /** Runs a parked call again (blocking.ts). */
  resume(session: Session, command: Command, argv: readonly Bytes[]): Reply {
    return this.pipeline.resume(session, command, argv);
  }

  /** Between turns of the event loop: what is gathered over several calls goes out, waits that are over end. */
  endTurn(): void {
    this.pause.expire();
    this.blocking.expire();
    this.replication.pump();
    this.tracking.flushBroadcast();
    this.tracking.limit(this.settings.trackingTableMaxKeys);
  }

  /** DEBUG and the like are refused to ordinary clients unless the owner opens them. */
  allowProtected = false;

  /** Sets all statistics to zero; the commands' latency histograms go with them. */
  resetStatistics(): void {
    this.stats.reset();
    this.expiry.resetStatistics();
    this.counters.reset();
    this.acl.denied.reset();
    this.latency.reset();
    this.rates.reset();
    this.clusterState?.stats.resetAll();
    this.outside.histograms = 0;
  }

  /** Ends a connection's transaction and its watches. */
  discard(session: Session): void {
    session.transaction = null;
    this.watches.unwatch(session);
  }

  /** A connection has gone. */
  disconnect(session: Session): void {
    this.blocking.release(session);
    this.discard(session);
    this.pubsub.forget(session);
    this.tracking.disable(session);
    this.monitors.delete(session);
    this.replication.left(session);
    this.bufferedClients.remove(session);
    this.sessions.delete(session.id);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Time.

  /** Moves the clock; it never goes back. */
  setTime(nowMs: number): void {
    if (nowMs < this.nowMs) fail(`engine clock went from ${this.nowMs} ms to ${nowMs} ms`);
    this.nowMs = nowMs;
  }

  /** Work of the server's cron, due `hz` times a second. Returns its modelled time on the engine thread, in ns. */
  cron(nowMs: number): number {
    this.setTime(nowMs);
    this.effort.reset();
    this.refreshClocks();
    if (this.debug.cronPaused) return 0;
    this.peakBytes = Math.max(this.peakBytes, this.usedMemory);
    this.rates.sample(nowMs, this.stats);
    if (this.bufferedClients.count > 0) this.bufferedClients.cron();
    return periodicWork(this);
  }

  private refreshClocks(): void {
    this.lruClock = lruClock(this.nowMs);
    this.lfuMinutes = lfuMinutes(this.nowMs);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Memory.

  /** Bytes that the allocator has handed out: what INFO calls used_memory. */
  get usedMemory(): number {
    return this.baseBytes + this.ledger.data + this.ledger.tables + this.outside.bytes;
  }

  /** Keys, values and expiries, without bucket arrays. */
  get dataBytes(): number {
    return this.ledger.data;
  }

  get tableBytes(): number {
    return this.ledger.tables;
  }

  /** Bytes above maxmemory; replication buffers beyond the backlog do not count. Zero or less: nothing to free. */
  memoryToFree(): number {
    return this.usedMemory - this.outside.replicationExcess - this.settings.maxmemory;
  }

  mayEvict(): boolean {
    if (this.isLoading) return false;
    return !(this.role === "replica" && this.settings.replicaIgnoreMaxmemory);
  }

  // -------------------------------------------------------------------------------------------------------------
  // The keyspace.

  /** The database of this index, made on first use. */
  database(index: number): Keyspace {
    const existing = this.databases[index];
    if (existing !== undefined) return existing;
    const engine = this;
    const made = new Keyspace({
      index,
      layout: this.layout,
      ledger: this.ledger,
      hashSeed: this.hashSeed,
      cluster: this.clusterMode,
      shareIntegers: () => this.settings.shareIntegers,
      growth: {
        allow: (bytes, load) => this.debug.resizesTables && (load > MAX_LOAD || !this.overMaxmemoryAfter(bytes)),
        forcedGrowth: this.profile.forcedGrowth,
        get childActive() {
          return engine.childActive;
        },
      },
    });
    this.databases[index] = made;
    return made;
  }

  private overMaxmemoryAfter(bytes: number): boolean {
    return this.settings.maxmemory > 0 && this.memoryToFree() + bytes > 0;
  }

  /** Takes a key out and counts what freeing its value costs. */
  dropKey(database: Keyspace, entry: number, lazy: boolean): void {
    const key = database.keyOf(entry);
    if (database.typeOf(entry) !== STRING) countFreed(this, database, entry, lazy);
    database.remove(entry);
    if (this.blocking.count > 0) this.blocking.signalGone(database.index, key);
    this.keyModified(database.index, key);
  }

  /** Removes an expired key on a primary and tells replicas. */
  expireKey(database: Keyspace, entry: number): void {
    const key = database.keyOf(entry);
    const lazy = this.settings.lazyExpire;
    this.stats.expiredKeys++;
    this.effort.expiredKeys++;
    this.dropKey(database, entry, lazy);
    this.notifyKeyspace("x", "expired", key, database.index);
    this.propagateDeletion(database.index, key, lazy);
  }

  propagateDeletion(database: number, key: string, lazy: boolean): void {
    this.propagation.add(database, [lazy ? "UNLINK" : "DEL", key]);
  }

  keyModified(database: number, key: string): void {
    if (this.watches.any) this.watches.touch(database, key);
    if (this.tracking.clients > 0) this.tracking.invalidate(key);
    this.onKeyModified?.(database, key);
  }

  notifyKeyspace(eventClass: string, event: string, key: string, database: number): void {
    this.onKeyspaceEvent?.(eventClass, event, key, database);
    const filter = this.settings.eventFilter;
    if (filter === null || !filter.classes.includes(eventClass)) return;
    if (filter.keyspace) this.pubsub.publish(`__keyspace@${database}__:${key}`, event);
    if (filter.keyevent) this.pubsub.publish(`__keyevent@${database}__:${event}`, key);
  }

  /** A database is about to be emptied: watchers and waiters want to know. */
  emptied(database: number): void {
    if (this.watches.any) this.watches.touchDatabase(database, null);
    this.blocking.signalDatabase(database);
  }

  /** Empties every database. */
  flushAll(): void {
    for (const database of this.databases) database?.clear();
  }
}
