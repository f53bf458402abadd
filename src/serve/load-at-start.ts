// What was kept when the last server ended. A snapshot is loaded with the ports open already: who comes is told that the
// server is loading, and may ask it to end.

import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { ByteReader, Damaged } from "../engine/rdb/byte-reader.ts";
import { type LoadResult, loadFileSteps } from "../engine/rdb/load-file.ts";
import type { AppendOnlyFile } from "./append-only.ts";
import { ConfigError } from "./config-file.ts";
import type { FileStore } from "./file-store.ts";
import type { Server } from "./server.ts";

/** Clients are served at least this often. */
const STRETCH_MS = 10;

/** Replays the append-only file and opens it. Throws ConfigError when it cannot be read. */
export function loadAppendOnly(appendOnly: AppendOnlyFile): void {
  const problem = appendOnly.load();
  if (problem !== null) throw new ConfigError(problem);
  appendOnly.open();
}

/** Loads the snapshot; `isLoading` is set already. Throws ConfigError when it is damaged. */
export async function loadSnapshotFile(server: Server, store: FileStore): Promise<void> {
  const { engine } = server;
  const { persistence } = engine;
  const startedMs = performance.now();
  persistence.loading = { startedMs: engine.nowMs, totalBytes: store.size, loadedBytes: 0 };
  try {
    const result = await load(server, store);
    persistence.loaded(result);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(3);
    server.log(`Done loading RDB, keys loaded: ${result.keysLoaded}, keys expired: ${result.keysExpired}.`);
    server.log(`DB loaded from disk: ${seconds} seconds`);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    throw new ConfigError(`${store.path}: cannot be loaded, it is damaged: ${error.message}`);
  } finally {
    persistence.loading = null;
    engine.isLoading = false;
  }
}

async function load(server: Server, store: FileStore): Promise<LoadResult> {
  const { engine } = server;
  const reader = new ByteReader(store.load()!);
  const steps = loadFileSteps(engine, reader);
  const delayMs = Math.max(0, engine.parameters.number("key-load-delay")) / 1_000;
  let owedMs = 0;
  let heldSince = performance.now();
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
    engine.persistence.loading!.loadedBytes = reader.position;
    owedMs += delayMs;
    if (owedMs >= STRETCH_MS) {
      await pause(owedMs);
      owedMs = 0;
    } else if (performance.now() - heldSince < STRETCH_MS) continue;
    await nextTurn();
    server.tick();
    heldSince = performance.now();
  }
}
