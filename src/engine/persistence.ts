// What the engine knows of its snapshots and its append-only file: what runs, how the last ones ended, what is due. Where the
// bytes go is the business of a store: files when the engine is served, a child of which only the time counts in the
// simulated world, or memory.

import type { Engine } from "./engine.ts";
import { ByteReader, Damaged } from "./rdb/byte-reader.ts";
import { type DumpOptions, dumpFile, type ReplicationPosition } from "./rdb/dump-file.ts";
import { type LoadOptions, type LoadResult, loadFile } from "./rdb/load-file.ts";
import { ErrorReply } from "./reply.ts";

/** Chunks of a dump: made while they are asked for, from the data as they are then. */
export type Dump = Iterable<Uint8Array>;

export interface PersistenceStore {
  /** Keeps a dump; false when that fails. */
  save(dump: Dump): boolean;
  /** The dump kept last; null when there is none. */
  load(): Dump | null;
  /**
   * Keeps a dump in its own time and says by `done` how that ended. The dump must be taken before this returns, or not at
   * all: it is made from the living data. False when it cannot begin.
   */
  saveInBackground(dump: Dump, done: (ok: boolean) => void): boolean;
  /** Writes the append-only file anew from the data; otherwise as above. */
  rewriteInBackground(done: (ok: boolean) => void): boolean;
  /** Empties the engine and reads the append-only file again (DEBUG LOADAOF); false when that fails. */
  reloadAppendOnly(): boolean;
  /** The data have become others: what the append-only file holds is worth nothing, and it begins anew. */
  restartAppendOnly(): void;
  /** Stops what runs in the background; its `done` is not called any more. */
  abort(): void;
}

/** Libraries of functions, as snapshots hold them. */
export interface FunctionSource {
  sources(): Iterable<string>;
  clear(): void;
  /** Loads one; why not, or null. */
  load(code: string, replace: boolean): string | null;
}

/** Keeps the last dump in memory, and is done with everything at once. */
export class MemoryStore implements PersistenceStore {
  private chunks: Uint8Array[] | null = null;

  save(dump: Dump): boolean {
    this.chunks = [...dump];
    return true;
  }

  load(): Dump | null {
    return this.chunks;
  }

  saveInBackground(dump: Dump, done: (ok: boolean) => void): boolean {
    done(this.save(dump));
    return true;
  }

  rewriteInBackground(done: (ok: boolean) => void): boolean {
    done(true);
    return true;
  }

  reloadAppendOnly(): boolean {
    return false;
  }

  restartAppendOnly(): void {}

  abort(): void {}
}

/** Something that is loading: for INFO. */
export interface LoadProgress {
  readonly startedMs: number;
  readonly totalBytes: number;
  loadedBytes: number;
}

/** After a failed attempt nothing is tried again for so long. */
const RETRY_MS = 5_000;

export class Persistence {
  /** Why the owner of the clock lets nothing be written; null: it does. */
  refusedFor: ErrorReply | null = null;
  store: PersistenceStore = new MemoryStore();
  functions: FunctionSource | null = null;
  /** Where the stream of changes stands, for the head of a dump; null when nobody follows. */
  replicationPosition: (() => ReplicationPosition | null) | null = null;
  /** For tests: believe data whose checksum is wrong (DEBUG SET-SKIP-CHECKSUM-VALIDATION). */
  skipChecksums = false;

  /** Changes since the last dump. */
  changes = 0;
  child: "rdb" | "aof" | null = null;
  private childStartedMs = 0;
  private changesAtStart = 0;
  private lastTryMs = Number.NEGATIVE_INFINITY;

  lastSaveMs: number;
  lastSaveOk = true;
  lastSaveSeconds = -1;
  saveScheduled = false;
  saves = 0;

  /** The owner keeps it in step with the file: appendonly, sizes, whether the last write went well. */
  readonly aof = { enabled: false, currentSize: 0, baseSize: 0, bufferLength: 0, pendingSyncs: 0, delayedSyncs: 0 };
  aofWriteError: string | null = null;
  rewriteScheduled = false;
  lastRewriteOk = true;
  lastRewriteSeconds = -1;
  rewrites = 0;
  rewriteFailures = 0;

  lastLoad: Pick<LoadResult, "keysLoaded" | "keysExpired" | "replication" | "expired"> = {
    keysLoaded: 0,
    keysExpired: 0,
    replication: null,
    expired: [],
  };
  loading: LoadProgress | null = null;
  /** New data are on their way, and the old ones are served until they are whole. */
  asyncLoading = false;

  constructor(private readonly engine: Engine) {
    this.lastSaveMs = engine.nowMs;
  }

  /** The dump of all data as a sequence of chunks. */
  dump(options: DumpOptions = {}): Dump {
    return dumpFile(this.engine, { replication: this.replicationPosition?.() ?? null, ...options });
  }

  // -------------------------------------------------------------------------------------------------------------
  // Snapshots.

  /** SAVE: false when it failed. */
  save(): boolean {
    this.saves++;
    return this.saveNow();
  }

  private saveNow(): boolean {
    this.lastTryMs = this.engine.nowMs;
    if (!this.store.save(this.dump())) return false;
    this.changes = 0;
    this.lastSaveMs = this.engine.nowMs;
    this.lastSaveOk = true;
    return true;
  }

  /** BGSAVE: false when it could not begin. */
  saveInBackground(): boolean {
    this.saves++;
    this.beginChild("rdb");
    this.changesAtStart = this.changes;
    this.lastTryMs = this.engine.nowMs;
    if (this.store.saveInBackground(this.dump(), ok => this.saved(ok))) return true;
    this.endChild();
    this.lastSaveOk = false;
    return false;
  }

  private saved(ok: boolean): void {
    this.lastSaveSeconds = this.endChild();
    this.lastSaveOk = ok;
    if (!ok) return;
    this.changes -= this.changesAtStart;
    this.lastSaveMs = this.engine.nowMs;
  }

  /** Takes everything out, as FLUSHALL does, and the functions with it. */
  empty(): void {
    const { engine } = this;
    for (const database of engine.databases) {
      if (database === undefined || database.size === 0) continue;
      engine.emptied(database.index);
      database.clear();
    }
    engine.tracking.invalidateAll();
    this.functions?.clear();
  }

  /** Reads what was kept last into the databases; false when there is none or it is damaged. */
  load(options: LoadOptions = {}): boolean {
    const dump = this.store.load();
    if (dump === null) return false;
    const { engine } = this;
    const loading = engine.isLoading;
    engine.isLoading = true;
    try {
      this.loaded(loadFile(engine, new ByteReader(dump), options));
      return true;
    } catch (error) {
      if (error instanceof Damaged) return false;
      throw error;
    } finally {
      engine.isLoading = loading;
    }
  }

  loaded({ keysLoaded, keysExpired, replication, expired }: LoadResult): void {
    this.lastLoad = { keysLoaded, keysExpired, replication, expired };
  }

  // -------------------------------------------------------------------------------------------------------------
  // The append-only file.

  /** BGREWRITEAOF: false when it could not begin. */
  rewrite(): boolean {
    this.rewriteScheduled = false;
    this.rewrites++;
    this.beginChild("aof");
    if (this.store.rewriteInBackground(ok => this.rewritten(ok))) return true;
    this.rewritten(false);
    return false;
  }

  private rewritten(ok: boolean): void {
    this.lastRewriteSeconds = this.endChild();
    this.lastRewriteOk = ok;
    this.rewriteFailures = ok ? 0 : this.rewriteFailures + 1;
  }

  // -------------------------------------------------------------------------------------------------------------
  // The child.

  /** One process at a time: also a snapshot for replicas is one. */
  beginChild(child: "rdb" | "aof"): void {
    this.child = child;
    this.childStartedMs = this.engine.nowMs;
    this.engine.childActive = true;
    this.engine.stats.forks++;
  }

  /** How many seconds it took. */
  endChild(): number {
    this.child = null;
    this.engine.childActive = false;
    return Math.floor((this.engine.nowMs - this.childStartedMs) / 1_000);
  }

  /** Stops what runs in the background; nothing is said of how it ended. */
  abort(): void {
    if (this.child === null) return;
    this.store.abort();
    this.endChild();
  }

  /** All data are gone: a snapshot under way is worth nothing, and the last one would bring them back. */
  flushedAll(): void {
    if (this.child === "rdb") this.abort();
    if (savePoints(this.engine.parameters.text("save")).length > 0) this.saveNow();
  }

  /** Seconds that the running child of this kind has taken; -1 when none runs. */
  childSeconds(kind: "rdb" | "aof"): number {
    return this.child === kind ? Math.floor((this.engine.nowMs - this.childStartedMs) / 1_000) : -1;
  }

  /** Starts what has been put off or has become due. For the owner's cron. */
  cron(): void {
    const { engine } = this;
    if (this.child !== null || engine.childActive || engine.isLoading) return;
    if (this.rewriteScheduled) {
      this.rewrite();
      return;
    }
    const mayTry = this.lastSaveOk || engine.nowMs - this.lastTryMs > RETRY_MS;
    if (this.saveDue() && mayTry) this.saveInBackground();
    else if (this.rewriteDue()) this.rewrite();
    if (this.child === null && this.saveScheduled && mayTry) {
      this.saveScheduled = !this.saveInBackground();
    }
  }

  private saveDue(): boolean {
    const seconds = (this.engine.nowMs - this.lastSaveMs) / 1_000;
    return savePoints(this.engine.parameters.text("save")).some(
      point => this.changes >= point.changes && seconds > point.seconds,
    );
  }

  private rewriteDue(): boolean {
    const { parameters } = this.engine;
    const percentage = parameters.number("auto-aof-rewrite-percentage");
    const { enabled, currentSize, baseSize } = this.aof;
    if (!enabled || percentage === 0 || currentSize <= parameters.number("auto-aof-rewrite-min-size")) return false;
    const base = baseSize === 0 ? 1 : baseSize;
    return (currentSize * 100) / base - 100 >= percentage;
  }

  /** Why writes are refused while dumps or the append-only file fail; null when they are not. */
  refusal(): ErrorReply | null {
    if (this.refusedFor !== null) return this.refusedFor;
    const { parameters, profile } = this.engine;
    if (this.aofWriteError !== null) {
      return new ErrorReply(`MISCONF Errors writing to the AOF file: ${this.aofWriteError}`);
    }
    if (this.lastSaveOk || !parameters.flag("stop-writes-on-bgsave-error")) return null;
    if (savePoints(parameters.text("save")).length === 0) return null;
    const name = profile.product === "redis" ? "Redis" : "Valkey";
    return new ErrorReply(
      `MISCONF ${name} is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the ${name} logs for details about the RDB error.`,
    );
  }
}

export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

/** The pairs of the parameter `save`. */
export function savePoints(text: string): SavePoint[] {
  const numbers = text
    .split(/\s+/u)
    .filter(word => word !== "")
    .map(Number);
  const points: SavePoint[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) points.push({ seconds: numbers[i], changes: numbers[i + 1] });
  return points;
}
