// The append-only file on disk: a manifest, a base, increments. Every change is appended at the end of the turn in which it
// was made, before its reply goes out.

import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { AofEncoder } from "../engine/aof/encoder.ts";
import {
  type AofManifest,
  EMPTY_MANIFEST,
  formatManifest,
  lastIncrement,
  ManifestError,
  parseManifest,
  upgraded,
  withBase,
  withIncrement,
  withoutHistory,
} from "../engine/aof/manifest.ts";
import { replay } from "../engine/aof/replay.ts";
import { rewrittenFile } from "../engine/aof/rewrite.ts";
import type { Bytes } from "../engine/bytes.ts";
import type { Engine } from "../engine/engine.ts";
import { ByteReader } from "../engine/rdb/byte-reader.ts";
import { BackgroundFile } from "./background-file.ts";
import { chunksOf } from "./file-store.ts";

const EVERY_SECOND_MS = 1_000;

export class AppendOnlyFile {
  private manifest: AofManifest = EMPTY_MANIFEST;
  private file: number | null = null;
  private buffer = "";
  private readonly encoder = new AofEncoder();
  private syncedMs = 0;
  private unsynced = false;
  private readonly base: BackgroundFile;
  /** Turned on at run time, and its base is not written yet: until then nothing in it counts as safe. */
  writesFirstFile = false;

  constructor(
    private readonly engine: Engine,
    private readonly log: (line: string) => void,
  ) {
    this.base = new BackgroundFile(engine);
  }

  private get directory(): string {
    const { parameters } = this.engine;
    return join(parameters.text("dir"), parameters.text("appenddirname"));
  }

  private get name(): string {
    return this.engine.parameters.text("appendfilename");
  }

  private get manifestPath(): string {
    return join(this.directory, `${this.name}.manifest`);
  }

  get isOpen(): boolean {
    return this.file !== null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Reading.

  /** Reads what there is into the engine. A sentence when that cannot be done; null when it is, or there is nothing. */
  load(): string | null {
    try {
      const old = join(this.engine.parameters.text("dir"), this.name);
      if (existsSync(this.manifestPath)) this.manifest = parseManifest(readFileSync(this.manifestPath, "latin1"));
      else if (existsSync(old)) {
        mkdirSync(this.directory, { recursive: true });
        renameSync(old, join(this.directory, this.name));
        this.manifest = upgraded(this.name);
        this.writeManifest();
      } else return null;
    } catch (error) {
      return error instanceof ManifestError ? error.message : (error as Error).message;
    }
    const files = [...(this.manifest.base === null ? [] : [this.manifest.base]), ...this.manifest.increments];
    for (const [i, { name }] of files.entries()) {
      const problem = this.loadFile(join(this.directory, name), i === files.length - 1);
      if (problem !== null) return problem;
    }
    return null;
  }

  private loadFile(path: string, isLast: boolean): string | null {
    if (!existsSync(path)) return `The AOF file ${path} doesn't exist`;
    const end = replay(this.engine, new ByteReader(chunksOf(path)));
    if (end.outcome === "failed") return `${path}: ${end.problem}`;
    if (end.outcome !== "truncated") return null;
    if (!isLast || !this.engine.parameters.flag("aof-load-truncated")) {
      return `${path}: Unexpected end of file reading the append only file`;
    }
    this.log(`${path}: truncated at ${end.validBytes} bytes: what comes behind is not whole`);
    const file = openSync(path, "r+");
    try {
      ftruncateSync(file, end.validBytes);
    } finally {
      closeSync(file);
    }
    return null;
  }

  /** DEBUG LOADAOF: what has been written is read again into an empty engine. */
  reload(): boolean {
    this.flush(true);
    this.engine.persistence.empty();
    const problem = this.load();
    if (problem !== null) this.log(problem);
    return problem === null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Writing.

  /** Turns it on at run time: with a new base of what there is, whatever an earlier file holds. */
  turnOn(): void {
    if (this.isOpen || this.writesFirstFile) return;
    const { persistence, currentSession } = this.engine;
    persistence.aof.enabled = true;
    this.writesFirstFile = true;
    const inTransaction = currentSession?.transaction != null;
    if (!inTransaction && !this.engine.childActive) {
      persistence.rewrite();
      return;
    }
    persistence.rewriteScheduled = true;
    const why = inTransaction ? "during a transaction" : "but there is already another background operation";
    this.log(`AOF was enabled ${why}. An AOF background was scheduled to start when possible.`);
  }

  /** The data have become others (a replica has taken those of its primary). */
  restart(): void {
    this.close();
    this.turnOn();
  }

  /** Begins to append: to the last increment, or with a new base made of what the engine holds. */
  open(): void {
    mkdirSync(this.directory, { recursive: true });
    if (this.manifest.base === null && this.manifest.increments.length === 0) this.writeBase();
    if (lastIncrement(this.manifest) === null) {
      this.manifest = withIncrement(this.manifest, this.name);
      this.writeManifest();
    }
    this.openIncrement();
    const { aof } = this.engine.persistence;
    aof.enabled = true;
    aof.baseSize = aof.currentSize = this.size();
  }

  close(): void {
    const { persistence } = this.engine;
    if (persistence.child === "aof") persistence.abort();
    this.writesFirstFile = false;
    persistence.aof.enabled = false;
    if (this.file === null) return;
    this.flush(true);
    closeSync(this.file);
    this.file = null;
    this.engine.replication.fsyncedOffset = -1;
  }

  /** One change. */
  append(database: number, argv: readonly Bytes[]): void {
    if (this.file === null) return;
    const stamped = this.engine.parameters.flag("aof-timestamp-enabled");
    this.buffer += this.encoder.encode(database, argv, stamped ? Math.floor(this.engine.nowMs / 1_000) : null);
  }

  /** Writes what has gathered; syncs as appendfsync says. */
  flush(force = false): void {
    if (this.file === null) return;
    const { persistence, parameters, nowMs } = this.engine;
    if (this.buffer !== "") {
      const bytes = Buffer.from(this.buffer, "latin1");
      try {
        writeSync(this.file, bytes);
        persistence.aof.currentSize += bytes.length;
        persistence.aofWriteError = null;
        this.buffer = "";
        this.unsynced = true;
      } catch (error) {
        // Kept, to be tried again; writes are refused meanwhile.
        persistence.aofWriteError = (error as Error).message;
        return;
      }
    }
    const policy = parameters.text("appendfsync");
    const due = policy === "always" || (policy === "everysec" && nowMs - this.syncedMs >= EVERY_SECOND_MS);
    if (this.unsynced) {
      if (!force && !due) return;
      fdatasyncSync(this.file);
      this.syncedMs = nowMs;
      this.unsynced = false;
    }
    if (!this.writesFirstFile) this.engine.replication.fsynced();
  }

  /** A new base from the data as they are; changes since go into an increment of its own. */
  rewrite(done: (ok: boolean) => void): boolean {
    // Without a file that goes on, the base is all there is.
    const goesOn = this.engine.parameters.flag("appendonly");
    try {
      mkdirSync(this.directory, { recursive: true });
      if (goesOn) this.beginIncrement();
    } catch (error) {
      this.rewriteFailed(error as Error);
      return false;
    }
    const next = this.nextBase(goesOn ? 1 : 0);
    const beside = join(this.engine.parameters.text("dir"), `temp-rewriteaof-bg-${process.pid}.aof`);
    this.log(`Background append only file rewriting started by pid ${process.pid}`);
    this.base.write([...rewrittenFile(this.engine)], beside, join(this.directory, next.base!.name), error => {
      if (error === null) this.rewritten(next);
      else this.rewriteFailed(error);
      done(error === null);
    });
    return true;
  }

  /** What is appended from now on goes into a file of its own. */
  private beginIncrement(): void {
    this.flush(true);
    if (this.file !== null) closeSync(this.file);
    this.file = null;
    this.manifest = withIncrement(this.manifest, this.name);
    this.writeManifest();
    this.openIncrement();
  }

  private rewritten(next: AofManifest): void {
    this.manifest = next;
    this.writeManifest();
    this.dropHistory();
    const { aof } = this.engine.persistence;
    aof.baseSize = aof.currentSize = this.size();
    this.writesFirstFile = false;
    this.log("Background AOF rewrite finished successfully");
  }

  private rewriteFailed(error: Error): void {
    this.log(`Background append only file rewriting failed: ${error.message}`);
    // Without its first file there is nothing that a restart could read.
    if (this.writesFirstFile) this.engine.persistence.rewriteScheduled = true;
  }

  abort(): void {
    this.base.abort();
  }

  private nextBase(keepIncrements: number): AofManifest {
    const snapshot = this.engine.parameters.flag("aof-use-rdb-preamble");
    return withBase(this.manifest, this.name, snapshot, keepIncrements);
  }

  /** The first base of an engine that starts. */
  private writeBase(): void {
    const next = this.nextBase(0);
    const path = join(this.directory, next.base!.name);
    const beside = `${path}.${process.pid}.tmp`;
    const file = openSync(beside, "w");
    try {
      for (const chunk of rewrittenFile(this.engine)) writeSync(file, chunk);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
    this.manifest = next;
    this.writeManifest();
  }

  private dropHistory(): void {
    if (this.engine.parameters.flag("aof-disable-auto-gc")) return;
    for (const { name } of this.manifest.history) rmSync(join(this.directory, name), { force: true });
    this.manifest = withoutHistory(this.manifest);
    this.writeManifest();
  }

  private openIncrement(): void {
    const { name } = lastIncrement(this.manifest)!;
    this.encoder.restart();
    this.file = openSync(join(this.directory, name), "a");
  }

  private writeManifest(): void {
    const beside = `${this.manifestPath}.${process.pid}.tmp`;
    writeFileSync(beside, formatManifest(this.manifest), "latin1");
    renameSync(beside, this.manifestPath);
  }

  private size(): number {
    const files = [...(this.manifest.base === null ? [] : [this.manifest.base]), ...this.manifest.increments];
    let bytes = 0;
    for (const { name } of files) {
      const path = join(this.directory, name);
      if (existsSync(path)) bytes += statSync(path).size;
    }
    return bytes;
  }
}
