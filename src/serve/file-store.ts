// Snapshots as files: written beside their place and moved there when they are whole.

import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { Dump, PersistenceStore } from "../engine/persistence.ts";
import { BackgroundFile } from "./background-file.ts";

const READ_BYTES = 1_048_576;

export interface AppendOnly {
  /** Writes the file anew; calls back with how that went. False when it cannot begin. */
  rewrite(done: (ok: boolean) => void): boolean;
  reload(): boolean;
  restart(): void;
  /** Gives up writing it anew. */
  abort(): void;
}

export class FileStore implements PersistenceStore {
  private readonly file: BackgroundFile;
  appendOnly: AppendOnly | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly log: (line: string) => void,
  ) {
    this.file = new BackgroundFile(engine);
  }

  get path(): string {
    const { parameters } = this.engine;
    return join(parameters.text("dir"), parameters.text("dbfilename"));
  }

  /** Bytes of the snapshot that is there; 0 without one. */
  get size(): number {
    return existsSync(this.path) ? statSync(this.path).size : 0;
  }

  private get beside(): string {
    return join(this.engine.parameters.text("dir"), `temp-${process.pid}.rdb`);
  }

  save(dump: Dump): boolean {
    const { beside } = this;
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
    this.log(`Background saving started by pid ${process.pid}`);
    this.file.write([...dump], this.beside, this.path, error => {
      this.log(
        error === null ? "Background saving terminated with success" : `Background saving error: ${error.message}`,
      );
      done(error === null);
    });
    return true;
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

  restartAppendOnly(): void {
    this.appendOnly?.restart();
  }

  abort(): void {
    this.file.abort();
    this.appendOnly?.abort();
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
