// A primary's snapshot takes the place of all data. Clients are served in between, with an error for most of what they ask.

import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Engine } from "../../engine/engine.ts";
import { ByteReader, Damaged } from "../../engine/rdb/byte-reader.ts";
import { type LoadResult, loadFileSteps } from "../../engine/rdb/load-file.ts";
import type { Server } from "../server.ts";

/**
 * How a snapshot that comes without a file takes effect (repl-diskless-load): `file`: it is loaded when it is whole, and
 * until then the old data are served. `flush`: there are none, and loading begins with the first byte. `swap`: likewise,
 * but the old data come back if it fails. `async`: they are even served meanwhile, being an earlier state of the new ones.
 */
export type LoadMode = "file" | "flush" | "swap" | "async";

export function loadModeOf(engine: Engine, id: string): LoadMode {
  const mode = engine.parameters.text("repl-diskless-load");
  if (mode === "swapdb") return id === engine.replication.id ? "async" : "swap";
  const isEmpty = engine.databases.every(database => database === undefined || database.size === 0);
  return mode === "on-empty-db" && isEmpty ? "flush" : "file";
}

/** The first byte has come. */
export function beginLoading(engine: Engine, mode: LoadMode, totalBytes: number): void {
  if (mode === "file") return;
  if (mode === "flush") engine.replication.upstream.discard();
  engine.replication.log("PRIMARY <-> REPLICA sync: Loading DB in memory");
  if (mode === "async") engine.persistence.asyncLoading = true;
  else engine.isLoading = true;
  engine.persistence.loading = { startedMs: engine.nowMs, totalBytes, loadedBytes: 0 };
}

/** It is over, well or not. */
export function endLoading(engine: Engine): void {
  engine.isLoading = false;
  engine.persistence.asyncLoading = false;
  engine.persistence.loading = null;
}

/** Loads; false when it was given up on the way. Throws when the snapshot is damaged. */
export async function loadSnapshot(
  server: Server,
  mode: LoadMode,
  pieces: readonly Buffer[],
  id: string,
  offset: number,
  goesOn: () => boolean,
): Promise<boolean> {
  const { engine } = server;
  const { replication, persistence } = engine;
  const { upstream } = replication;
  upstream.discard();
  replication.log("PRIMARY <-> REPLICA sync: Flushing old data");
  empty(engine);
  const totalBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (mode === "file") {
    replication.log("PRIMARY <-> REPLICA sync: Loading DB in memory");
    engine.isLoading = true;
  } else if (mode !== "flush") replication.log("PRIMARY <-> REPLICA sync: Swapping active DB with loaded DB");
  persistence.loading = { startedMs: persistence.loading?.startedMs ?? engine.nowMs, totalBytes, loadedBytes: 0 };
  try {
    // Nobody is to see half of the new data where the old ones have been served until now.
    const result = await load(server, pieces, goesOn, mode === "async");
    if (result === null) {
      empty(engine);
      return false;
    }
    persistence.loaded(result);
    engine.clusterState?.takeOpenSlots(result.aux.get("cluster-slot-states") ?? "");
    upstream.copied(id, offset, result.replication?.database ?? 0);
    replication.log("PRIMARY <-> REPLICA sync: Finished with success");
    if (persistence.aof.enabled) persistence.store.restartAppendOnly();
    return true;
  } catch (error) {
    empty(engine);
    if (!(error instanceof Damaged)) throw error;
    replication.log(`Failed trying to load the PRIMARY synchronization DB: ${error.message}`);
    replication.log("PRIMARY <-> REPLICA sync: Discarding the half-loaded data");
    throw error;
  } finally {
    endLoading(engine);
  }
}

async function load(
  server: Server,
  pieces: readonly Buffer[],
  goesOn: () => boolean,
  atOnce: boolean,
): Promise<LoadResult | null> {
  const { engine } = server;
  const reader = new ByteReader(pieces);
  const steps = loadFileSteps(engine, reader, { keepExpired: true });
  let owedMs = 0;
  while (goesOn()) {
    const { done, value } = steps.next();
    if (done) return value;
    if (atOnce) continue;
    engine.persistence.loading!.loadedBytes = reader.position;
    owedMs += Math.max(0, engine.parameters.number("key-load-delay")) / 1_000;
    if (owedMs >= 1) {
      await pause(owedMs);
      owedMs = 0;
    } else await nextTurn();
    server.tick();
  }
  return null;
}

function empty(engine: Engine): void {
  for (const database of engine.databases) {
    if (database === undefined || database.size === 0) continue;
    engine.emptied(database.index);
    database.clear();
  }
  engine.scripting.libraries.clear();
  engine.tracking.invalidateAll();
}
