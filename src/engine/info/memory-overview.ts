// Where memory goes, as INFO memory, MEMORY STATS and MEMORY DOCTOR tell it. What the allocator and the process add to
// the sum of allocations is that of a fresh server without churn, unless there is a process to ask.

import type { Engine } from "../engine.ts";

/** Measured on a fresh 8.0.1: what jemalloc holds beyond what was asked for, keeps unused, and what the process adds. */
const ALLOCATOR_OWN = 378_352;
const ALLOCATOR_UNUSED = 106_624;
const ALLOCATOR_RESIDENT = 1_351_680;
const PROCESS_BASE = 3_457_024;
/** Libraries of functions, none loaded. */
const FUNCTIONS_BASE = 184;

const ENTRY_BYTES = 24;
const OBJECT_BYTES = 16;
const POINTER_BYTES = 8;
/** A table of dicts with one dict in it, both empty. */
const STORE_BYTES = 168;

export interface DatabaseOverhead {
  readonly index: number;
  readonly main: number;
  readonly expires: number;
}

export interface MemoryOverview {
  readonly used: number;
  readonly peak: number;
  readonly startup: number;
  readonly backlog: number;
  readonly replicaClients: number;
  readonly clients: number;
  readonly aofBuffer: number;
  readonly functions: number;
  readonly databases: readonly DatabaseOverhead[];
  /** Bucket arrays, and of them those being moved from. */
  readonly tables: number;
  readonly rehashing: number;
  readonly rehashingCount: number;
  readonly overhead: number;
  readonly keys: number;
  readonly dataset: number;
  readonly datasetPercent: number;
  readonly allocated: number;
  readonly active: number;
  readonly resident: number;
  readonly processResident: number;
}

export function memoryOverview(engine: Engine): MemoryOverview {
  const used = engine.usedMemory;
  engine.peakBytes = Math.max(engine.peakBytes, used);
  const { replication, replicationExcess, clients } = engine.outside;
  const databases: DatabaseOverhead[] = [];
  let [keys, tables, rehashing, rehashingCount] = [0, 0, 0, 0];
  for (const database of engine.databases) {
    if (database === undefined) continue;
    keys += database.size;
    for (const { buckets, tables: halves, rehashing: moves } of [database.main, database.expires]) {
      tables += POINTER_BYTES * buckets;
      if (!moves) continue;
      rehashing += POINTER_BYTES * halves[0].buckets;
      rehashingCount++;
    }
    databases.push({
      index: database.index,
      main: STORE_BYTES + database.size * (ENTRY_BYTES + OBJECT_BYTES) + POINTER_BYTES * database.main.buckets,
      expires: STORE_BYTES + database.expires.size * ENTRY_BYTES + POINTER_BYTES * database.expires.buckets,
    });
  }
  const aofBuffer = engine.persistence.aof.bufferLength;
  const perDatabase = databases.reduce((sum, { main, expires }) => sum + main + expires, 0);
  const overhead = Math.min(used, engine.baseBytes + replication + clients + aofBuffer + FUNCTIONS_BASE + perDatabase);
  const dataset = used - overhead;
  const allocated = used + ALLOCATOR_OWN;
  const resident = allocated + ALLOCATOR_UNUSED + ALLOCATOR_RESIDENT;
  return {
    used,
    peak: engine.peakBytes,
    startup: engine.baseBytes,
    backlog: replication - replicationExcess,
    replicaClients: replicationExcess,
    clients,
    aofBuffer,
    functions: FUNCTIONS_BASE,
    databases,
    tables,
    rehashing,
    rehashingCount,
    overhead,
    keys,
    dataset,
    datasetPercent: (dataset * 100) / Math.max(1, used - engine.baseBytes),
    allocated,
    active: allocated + ALLOCATOR_UNUSED,
    resident,
    processResident: engine.host?.facts().residentBytes ?? resident + PROCESS_BASE,
  };
}
