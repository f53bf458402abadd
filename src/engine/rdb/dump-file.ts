// An RDB file: the head with facts about its making, function libraries, then database by database every key with its
// expiry and age, and a checksum over all. It comes in chunks, made as they are asked for: whoever wants the data as they
// are at one instant takes them all at once.

import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { idleMs, lfuCounter } from "../eviction/aging.ts";
import { type Keyspace, NO_EXPIRY } from "../keyspace.ts";
import { ByteWriter } from "./byte-writer.ts";
import { rdbFormat } from "./format.ts";
import { OPCODE } from "./opcodes.ts";
import { type SaveOptions, saveValue, typeByte } from "./save-value.ts";
import { writeLength, writeString } from "./strings.ts";

/** Where the data stand in the replication stream. */
export interface ReplicationPosition {
  readonly id: string;
  readonly offset: number;
  /** The database that the stream has selected. */
  readonly database: number;
}

export interface DumpOptions {
  /** The file is the base of an append-only file. */
  readonly aofBase?: boolean;
  readonly replication?: ReplicationPosition | null;
  /** Without the keys: only libraries of functions. */
  readonly functionsOnly?: boolean;
  /** False: without libraries of functions. */
  readonly functions?: boolean;
  /** Slots on the move, for a replica of a cluster's node. */
  readonly openSlots?: string;
}

/** Stands for no checksum. */
const EMPTY_CHECKSUM = new Uint8Array(8);

export function* dumpFile(engine: Engine, options: DumpOptions = {}): Generator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const writer = new ByteWriter(chunk => chunks.push(chunk));
  const format = rdbFormat(engine.profile);
  const save: SaveOptions = { format, compress: engine.parameters.flag("rdbcompression") };
  writer.text(format.magic);
  writeHead(writer, engine, options);
  for (const code of options.functions === false ? [] : (engine.persistence.functions?.sources() ?? [])) {
    writer.byte(OPCODE.FUNCTION);
    writeString(writer, code, save.compress);
  }
  for (const database of options.functionsOnly ? [] : engine.databases) {
    if (database === undefined || database.size === 0) continue;
    writer.byte(OPCODE.SELECTDB);
    writeLength(writer, database.index);
    writer.byte(OPCODE.RESIZEDB);
    writeLength(writer, database.size);
    writeLength(writer, database.expires.size);
    const bySlot = format.slotInfo && engine.parameters.flag("cluster-enabled") ? entriesBySlot(database) : null;
    let slot = -1;
    let at = 0;
    for (const entry of bySlot ?? entriesOf(database)) {
      if (bySlot !== null && database.slotOf(entry) !== slot) {
        slot = database.slotOf(entry);
        writeSlotInfo(writer, database, bySlot, at);
      }
      writeKey(writer, engine, database, entry, save);
      at++;
      if (chunks.length > 0) yield* chunks.splice(0);
    }
  }
  writer.byte(OPCODE.END);
  const checksum = writer.checksum();
  writer.bytes(engine.parameters.flag("rdbchecksum") ? checksum : EMPTY_CHECKSUM);
  writer.flush();
  yield* chunks;
}

function writeAux(writer: ByteWriter, name: string, value: string | number): void {
  writer.byte(OPCODE.AUX);
  writeString(writer, name, false);
  writeString(writer, String(value), false);
}

function writeHead(writer: ByteWriter, engine: Engine, options: DumpOptions): void {
  const { aofBase = false, replication = null, openSlots = "" } = options;
  const { profile } = engine;
  const { versionField } = rdbFormat(profile);
  writeAux(writer, versionField, versionField === "redis-ver" ? profile.redisVersion : profile.version);
  writeAux(writer, "redis-bits", 64);
  writeAux(writer, "ctime", Math.floor(engine.nowMs / 1_000));
  writeAux(writer, "used-mem", engine.usedMemory);
  if (replication !== null) {
    writeAux(writer, "repl-stream-db", replication.database);
    writeAux(writer, "repl-id", replication.id);
    writeAux(writer, "repl-offset", replication.offset);
  }
  writeAux(writer, "aof-base", aofBase ? 1 : 0);
  if (openSlots !== "") writeAux(writer, "cluster-slot-states", openSlots);
}

function writeKey(writer: ByteWriter, engine: Engine, database: Keyspace, entry: number, options: SaveOptions): void {
  const expiry = database.expiryOf(entry);
  if (expiry !== NO_EXPIRY) {
    writer.byte(OPCODE.EXPIRE_MS);
    writer.int64(Math.trunc(expiry));
  }
  const { ranking } = engine.settings.policy;
  if (ranking === "lru") {
    writer.byte(OPCODE.IDLE);
    writeLength(writer, Math.floor(idleMs(engine.lruClock, database.lruOf(entry)) / 1_000));
  } else if (ranking === "lfu") {
    writer.byte(OPCODE.FREQ);
    writer.byte(lfuCounter(database.lruOf(entry), engine.lfuMinutes, engine.settings.lfuDecayTime));
  }
  const type = database.typeOf(entry);
  const value = database.valueOf(entry);
  writer.byte(typeByte(type, value, options.format));
  writeString(writer, database.keyOf(entry), options.compress);
  saveValue(writer, type, value, options);
}

/** Every entry, bucket by bucket. */
export function* entriesOf({ main }: Keyspace): Generator<number> {
  for (let bucket = 0; bucket < main.buckets; bucket++) {
    for (let entry = main.bucketHead(bucket); entry !== NONE; entry = main.following(entry)) yield entry;
  }
}

function entriesBySlot(database: Keyspace): number[] {
  return [...entriesOf(database)].sort((left, right) => database.slotOf(left) - database.slotOf(right));
}

/** How many keys of a slot follow, and how many of them expire. */
function writeSlotInfo(writer: ByteWriter, database: Keyspace, entries: readonly number[], from: number): void {
  const slot = database.slotOf(entries[from]);
  const keys = database.keysInSlot(slot);
  let expiring = 0;
  for (let i = from; i < from + keys; i++) if (database.expiryOf(entries[i]) !== NO_EXPIRY) expiring++;
  writeAux(writer, "slot-info", `${slot},${keys},${expiring}`);
}
