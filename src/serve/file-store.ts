// Snapshots as files: written beside their place and moved there when they are whole. There is no fork here: a background
// save takes its bytes at once, and only writing them is done in the background.

import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { Dump, PersistenceStore } from "../engine/persistence.ts";

const READ_BYTES = 1_048_576;
const DELAY_STEP_MS = 50;

export interface AppendOnly {
  /** Writes the file anew; calls back with how that went. False when it cannot begin. */
  rewrite(done: (ok: boolean) => void): boolean;
  reload(): boolean;
}

export class FileStore implements PersistenceStore {
  /** Counts background writes, so that one that was given up says nothing when it ends. */
  private generation = 0;
  private temporary: string | null = null;
  appendOnly: AppendOnly | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly log: (line: string) => void,
  ) {}

  get path(): string {
    const { parameters } = this.engine;
    return join(parameters.text("dir"), parameters.text("dbfilename"));
  }

  save(dump: Dump): boolean {
    const beside = join(this.engine.parameters.text("dir"), `temp-${process.pid}.rdb`);
    try {
      const file = openSync(beside, "w");
      try {
        for (const chunk of dump) writeSync(file, chunk);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(beside, this.path);
      this.log("DB saved on disk");
      return true;
    } catch (error) {
      rmSync(beside, { force: true });
      this.log(`Failed saving the DB: ${(error as Error).message}`);
      return false;
    }
  }

  load(): Dump | null {
    return existsSync(this.path) ? chunksOf(this.path) : null;
  }

  saveInBackground(dump: Dump, done: (ok: boolean) => void): boolean {
    const generation = ++this.generation;
    const chunks = [...dump];
    const beside = join(this.engine.parameters.text("dir"), `temp-${process.pid}.rdb`);
    this.temporary = beside;
    // What a child would take by its own definition (rdb-key-save-delay, in us per key).
    const keys = this.engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0);
    const startedMs = performance.now();
    const leftMs = () =>
      (this.engine.parameters.number("rdb-key-save-delay") * keys) / 1_000 - (performance.now() - startedMs);
    this.log(`Background saving started by pid ${process.pid}`);
    const write = async () => {
      const file = await open(beside, "w");
      try {
        for (const chunk of chunks) await file.write(chunk);
      } finally {
        await file.close();
      }
      // Looked at again and again: it may be set to nothing meanwhile.
      while (leftMs() > 0 && generation === this.generation) {
        await new Promise(finished => setTimeout(finished, Math.min(leftMs(), DELAY_STEP_MS)));
      }
      if (generation === this.generation) await rename(beside, this.path);
      else await rm(beside, { force: true });
    };
    write().then(
      () => this.ended(generation, true, done),
      (error: Error) => {
        this.log(`Background saving error: ${error.message}`);
        this.ended(generation, false, done);
      },
    );
    return true;
  }

  private ended(generation: number, ok: boolean, done: (ok: boolean) => void): void {
    if (generation !== this.generation) return;
    this.temporary = null;
    if (ok) this.log("Background saving terminated with success");
    done(ok);
  }

  rewriteInBackground(done: (ok: boolean) => void): boolean {
    if (this.appendOnly !== null) return this.appendOnly.rewrite(done);
    // Without an append-only file there is nothing to write anew.
    setImmediate(() => done(true));
    return true;
  }

  reloadAppendOnly(): boolean {
    return this.appendOnly?.reload() ?? false;
  }

  abort(): void {
    this.generation++;
    if (this.temporary !== null) rmSync(this.temporary, { force: true });
    this.temporary = null;
  }
}

/** A file in pieces. */
export function* chunksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    while (true) {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const length = readSync(file, buffer, 0, buffer.length, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
