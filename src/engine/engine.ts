// The command engine: a state machine with the semantics of Valkey. Time and randomness are arguments; nothing here
// waits, and nothing here knows how long anything takes except through `costs`, which bound the two loops that the
// server itself bounds by time (eviction and expiry).
//
// A call goes through `execute`: find the command, pass the gates in the server's order (`refusal`), run the handler,
// hand the effects to replication. Periodic work is in `cron`.

import { fail } from "../assert.ts";
import type { Random } from "../sim/random.ts";
import type { Bytes } from "./bytes.ts";
import { textOf } from "./bytes.ts";
import type { Command } from "./command.ts";
import { COMMAND_COUNT, COMMANDS } from "./commands/index.ts";
import { Context } from "./context.ts";
import * as errors from "./errors.ts";
import { lfuMinutes, lruClock } from "./eviction/aging.ts";
import { performEvictions } from "./eviction/evict.ts";
import { EvictionPool } from "./eviction/pool.ts";
import { ActiveExpiry } from "./expiry.ts";
import { commonSlot, refusalOf } from "./gates.ts";
import { Keyspace, type Ledger, STRING } from "./keyspace.ts";
import { type Quantum, type SizeClass, sizeClasses } from "./memory/allocator.ts";
import type { Layout } from "./memory/layout.ts";
import { Parameters } from "./parameters.ts";
import type { EngineProfile } from "./profile.ts";
import { ErrorReply, type Reply } from "./reply.ts";
import { Session } from "./session.ts";
import { readSettings, type Settings } from "./settings.ts";
import { Effort, EngineStats } from "./stats.ts";

/** Modelled CPU times that bound loops; the node's cost model sets them for its hardware. */
export interface EngineCosts {
  /** Looking at one key in the expiry cycle. */
  readonly sampleKeyNs: number;
  /** Removing one expired key in the cycle: 1.8 us measured (models/physics.md, section 7). */
  readonly expireKeyNs: number;
  /** Sampling for and removing one evicted key; taken equal to the expiry's, which was measured. */
  readonly evictKeyNs: number;
}

export const DEFAULT_COSTS: EngineCosts = { sampleKeyNs: 50, expireKeyNs: 1_800, evictKeyNs: 1_800 };

/** What a cluster node knows of the slots: whom to send a client to. */
export interface ClusterView {
  /** The redirection or refusal for a call on this slot; null when this node serves it. */
  refusal(slot: number, session: Session, command: Command): ErrorReply | null;
}

/** Who may run what; replaced by the ACL. */
export type AccessCheck = (session: Session, command: Command, argv: readonly Bytes[]) => ErrorReply | null;

export interface EngineOptions {
  readonly profile: EngineProfile;
  readonly random: Random;
  readonly quantum?: Quantum;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly costs?: EngineCosts;
  readonly nowMs?: number;
}

/** The dict is allowed to grow past this load even when the larger table would not fit under maxmemory. */
const MAX_LOAD = 1.618;
/** Buckets that one cron call moves in its millisecond of rehashing. */
const REHASH_BUCKETS_PER_CRON = 10_000;
/** The latency histogram that the first use of a command allocates (measured: truth/hitrate.json, fixed_after_base). */
const LATENCY_HISTOGRAM_BYTES = 24_688;

export class Engine {
  /** The command table; the same for every engine. */
  readonly commands = COMMANDS;
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
  /** By index; a database that was never used is undefined. */
  readonly databases: (Keyspace | undefined)[];
  /** Calls, and refused or failed ones, by command id. */
  readonly calls = new Float64Array(COMMAND_COUNT);
  readonly rejected = new Float64Array(COMMAND_COUNT);
  readonly failed = new Float64Array(COMMAND_COUNT);

  nowMs = 0;
  lruClock = 0;
  lfuMinutes = 0;

  role: "primary" | "replica" = "primary";
  /** Whether a replica's link to its primary is up. */
  linkUp = true;
  isLoading = false;
  /** A child process saves: no aging, no rehashing, memory grows by copy-on-write. */
  childActive = false;
  /** Replicas with acceptable lag, for min-replicas-to-write. */
  goodReplicas = 0;
  activeExpireEnabled = true;
  cluster: ClusterView | null = null;
  access: AccessCheck | null = null;
  /** The replication stream: called with every change, in order. */
  replicate: ((database: number, argv: readonly Bytes[]) => void) | null = null;
  /** Keyspace notifications; the class letter is that of notify-keyspace-events. */
  onKeyspaceEvent: ((eventClass: string, event: string, key: string, database: number) => void) | null = null;
  onKeyModified: ((database: number, key: string) => void) | null = null;

  /** Memory in use outside the keyspace, kept up to date by whoever owns it. */
  readonly outside = { clients: 0, replication: 0, replicationExcess: 0, histograms: 0 };
  /** `used_memory` of the idle server. */
  baseBytes: number;
  evictionRunning = false;
  nextRandomDatabase = 0;

  private readonly ledger: Ledger = { data: 0, tables: 0 };
  private readonly context: Context;
  private readonly hashSeed: number;
  private readonly clusterMode: boolean;

  constructor(options: EngineOptions) {
    this.profile = options.profile;
    this.random = options.random;
    this.costs = options.costs ?? DEFAULT_COSTS;
    this.parameters = new Parameters(options.profile, options.parameters);
    this.parameters.onChange(() => {
      this.settings = readSettings(this.parameters);
    });
    this.clusterMode = this.parameters.flag("cluster-enabled");
    this.sizeClass = sizeClasses(options.quantum ?? 8);
    this.layout = options.profile.layout(options.quantum ?? 8, this.clusterMode);
    this.baseBytes = this.layout.startupBytes(this.clusterMode);
    this.databases = new Array(this.parameters.number("databases")).fill(undefined);
    this.hashSeed = this.random.uint32();
    this.context = new Context(this);
    this.expiry = new ActiveExpiry(this);
    this.setTime(options.nowMs ?? 0);
    this.refreshClocks();
  }

  /** A connection to this engine. */
  session(id: number, fromPrimary = false): Session {
    const session = new Session(id, fromPrimary, this.nowMs);
    session.authenticated = this.settings.password === "";
    return session;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Calls.

  /** Id of the command that ran last, successfully or not. */
  lastCommandId = 0;

  /** Looks a command up by name in any case. */
  command(name: string): Command | undefined {
    return COMMANDS.get(name) ?? COMMANDS.get(name.toLowerCase());
  }

  /**
   * Runs one command. A caller who knows the slot of the call's keys, or the hash of its first argument (`hashKey`),
   * may give them: both are pure functions of the key, so it changes nothing but the time to compute them.
   */
  execute(session: Session, argv: readonly Bytes[], slot = -1, hash?: number): Reply {
    this.effort.reset();
    const name = argv[0];
    let command = this.command(typeof name === "string" ? name : textOf(name));
    if (command === undefined) return this.reject(session, errors.unknownCommand(argv.map(textOf)));
    if (command.children !== null && argv.length > 1) {
      const word = textOf(argv[1]);
      const child = command.children.get(word) ?? command.children.get(word.toLowerCase());
      if (child === undefined) return this.reject(session, errors.unknownSubcommand(command.name, word));
      command = child;
    }
    return this.run(session, command, argv, slot, hash);
  }

  /** Runs a command that has been looked up. */
  private run(
    session: Session,
    command: Command,
    argv: readonly Bytes[],
    givenSlot: number,
    hash: number | undefined,
  ): Reply {
    let slot = givenSlot;
    this.lastCommandId = command.id;
    const { arity } = command;
    if (arity > 0 ? argv.length !== arity : argv.length < -arity)
      return this.reject(session, errors.wrongArity(command.fullName), command);
    if (this.cluster !== null && slot === -1 && command.hasKeys && !session.fromPrimary) {
      slot = commonSlot(command, argv);
    }
    const refusal = refusalOf(this, session, command, argv, slot);
    if (refusal !== null) return this.reject(session, refusal, command);

    const { context } = this;
    context.begin(session, command, slot, hash === undefined ? null : argv[1], hash ?? 0);
    const reply = command.run(context, argv);
    context.finish(argv);
    // ASKING holds for the one call that follows it, refused or not.
    if (session.asking && command.name !== "asking") session.asking = false;
    // Counted afterwards: INFO does not see itself, and CONFIG RESETSTAT leaves one call, its own.
    if (this.calls[command.id]++ === 0) this.countHistogram();
    this.stats.commandsProcessed++;
    if (reply instanceof ErrorReply) {
      this.failed[command.id]++;
      this.stats.errorReplies++;
    }
    return reply;
  }

  /** DEBUG and the like are refused to ordinary clients unless the owner opens them. */
  allowProtected = false;

  /** Sets all statistics to zero; the commands' latency histograms go with them. */
  resetStatistics(): void {
    this.stats.reset();
    this.expiry.resetStatistics();
    for (const counter of [this.calls, this.rejected, this.failed]) counter.fill(0);
    this.outside.histograms = 0;
  }

  private reject(session: Session, error: ErrorReply, command?: Command): ErrorReply {
    session.asking = false;
    this.stats.errorReplies++;
    this.stats.rejectedCalls++;
    if (command !== undefined) this.rejected[command.id]++;
    return error;
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
    let spentNs = 0;
    if (this.role === "primary" && this.activeExpireEnabled && !this.isLoading) spentNs += this.expiry.slow();
    if (this.evictionRunning) {
      performEvictions(this);
      spentNs += this.effort.evictedKeys * this.costs.evictKeyNs;
    }
    if (!this.childActive) {
      for (const database of this.databases) {
        if (database === undefined) continue;
        database.main.shrinkIfSparse(this.profile.shrinkBelow);
        database.expires.shrinkIfSparse(this.profile.shrinkBelow);
        if (!this.settings.activeRehashing) continue;
        if (database.main.rehashing) database.main.rehash(REHASH_BUCKETS_PER_CRON);
        else if (database.expires.rehashing) database.expires.rehash(REHASH_BUCKETS_PER_CRON);
      }
    }
    return spentNs;
  }

  private refreshClocks(): void {
    this.lruClock = lruClock(this.nowMs);
    this.lfuMinutes = lfuMinutes(this.nowMs);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Memory.

  /** Bytes that the allocator has handed out: what INFO calls used_memory. */
  get usedMemory(): number {
    const { clients, replication, histograms } = this.outside;
    return this.baseBytes + this.ledger.data + this.ledger.tables + clients + replication + histograms;
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

  private countHistogram(): void {
    if (this.settings.latencyTracking) this.outside.histograms += LATENCY_HISTOGRAM_BYTES;
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
        allow: (bytes, load) => load > MAX_LOAD || !this.overMaxmemoryAfter(bytes),
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

  /** Exchanges two databases, as SWAPDB does. */
  swapDatabases(left: number, right: number): void {
    const { databases } = this;
    const [a, b] = [this.database(left), this.database(right)];
    a.index = right;
    b.index = left;
    databases[left] = b;
    databases[right] = a;
  }

  /** Takes a key out and counts what freeing its value costs. */
  dropKey(database: Keyspace, entry: number, lazy: boolean): void {
    const key = database.keyOf(entry);
    if (database.typeOf(entry) !== STRING) this.countFreed(database, entry, lazy);
    database.remove(entry);
    this.keyModified(database.index, key);
  }

  /** Counts the elements of a value that is about to be freed. */
  countFreed(database: Keyspace, entry: number, lazy: boolean): void {
    const value = database.valueOf(entry);
    if (typeof value !== "object" || value === null || !("elements" in value)) return;
    if (lazy && value.elements > LAZY_FREE_THRESHOLD) this.effort.lazyFreedElements += value.elements;
    else this.effort.freedElements += value.elements;
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
    this.replicate?.(database, [lazy ? "UNLINK" : "DEL", key]);
  }

  keyModified(database: number, key: string): void {
    this.onKeyModified?.(database, key);
  }

  notifyKeyspace(eventClass: string, event: string, key: string, database: number): void {
    this.onKeyspaceEvent?.(eventClass, event, key, database);
  }

  /** An empty engine becomes a copy of another one's data set: the end of a full sync. */
  copyDataFrom(source: Engine): void {
    source.databases.forEach((database, index) => {
      if (database !== undefined && database.size > 0) this.database(index).copyFrom(database);
    });
  }

  /** Empties every database. */
  flushAll(): void {
    for (const database of this.databases) database?.clear();
  }
}

/** Values of up to this many elements are freed at once even by UNLINK. */
const LAZY_FREE_THRESHOLD = 64;
