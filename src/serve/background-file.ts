// A file that is written in the background, beside its place, and moved there when it is whole. There is no fork here: the
// bytes are taken at once, and only writing them takes its time.

import { rmSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";

const DELAY_STEP_MS = 50;
/** Chunks that go to the operating system at once. */
const BATCH = 64;

export class BackgroundFile {
  /** Counts writes, so that one that was given up says nothing when it ends. */
  private generation = 0;
  private temporary: string | null = null;

  constructor(private readonly engine: Engine) {}

  /** Writes chunks to `beside`, then moves that to `target`; says how it ended, unless it was given up. */
  write(chunks: readonly Uint8Array[], beside: string, target: string, done: (error: Error | null) => void): void {
    const generation = ++this.generation;
    this.temporary = beside;
    const ended = (error: Error | null) => {
      if (generation !== this.generation) return;
      this.temporary = null;
      done(error);
    };
    this.writeSlowly(generation, chunks, beside, target).then(() => ended(null), ended);
  }

  private async writeSlowly(
    generation: number,
    chunks: readonly Uint8Array[],
    beside: string,
    target: string,
  ): Promise<void> {
    const leftMs = this.delay();
    const file = await open(beside, "w");
    try {
      for (let i = 0; i < chunks.length; i += BATCH) await file.writev(chunks.slice(i, i + BATCH));
      await file.datasync();
    } finally {
      await file.close();
    }
    // Looked at again and again: it may be set to nothing meanwhile.
    while (leftMs() > 0 && generation === this.generation) {
      await new Promise(finished => setTimeout(finished, Math.min(leftMs(), DELAY_STEP_MS)));
    }
    if (generation === this.generation) await rename(beside, target);
    else await rm(beside, { force: true });
  }

  /** What a child would take by its own definition (rdb-key-save-delay, in us per key): how much of it is left. */
  private delay(): () => number {
    const keys = this.engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0);
    const startedMs = performance.now();
    return () => (this.engine.parameters.number("rdb-key-save-delay") * keys) / 1_000 - (performance.now() - startedMs);
  }

  abort(): void {
    this.generation++;
    if (this.temporary !== null) rmSync(this.temporary, { force: true });
    this.temporary = null;
  }
}
