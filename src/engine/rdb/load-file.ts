// Reads an RDB file into the databases. It goes step by step, so that whoever serves clients may do so in between; each
// step is some keys, or one key while loading is slowed down for tests.

import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { type Keyspace, NO_EXPIRY } from "../keyspace.ts";
import { loadedAge } from "./age.ts";
import { type ByteReader, Damaged } from "./byte-reader.ts";
import type { ReplicationPosition } from "./dump-file.ts";
import { rdbFormat } from "./format.ts";
import { type Loaded, loadValue } from "./load-value.ts";
import { isValueType, OPCODE } from "./opcodes.ts";
import { readLength, readString } from "./strings.ts";

export interface LoadOptions {
  /** A key that is there already is replaced; else it makes the file damaged. */
  readonly allowDuplicates?: boolean;
  /** Keep what has expired: the commands that follow count on it, or a primary will say when they go. */
  readonly keepExpired?: boolean;
}

export interface LoadResult {
  keysLoaded: number;
  keysExpired: number;
  emptyKeys: number;
  aux: Map<string, string>;
  replication: ReplicationPosition | null;
  /** Keys that had expired and were left out. */
  expired: { readonly database: number; readonly key: string }[];
}

const MAGIC_BYTES = 9;
const MAGIC = /^(?:REDIS|VALKEY)0*(\d+)$/u;
const CHECKSUM_SINCE = 5;
const KEYS_PER_STEP = 1_024;
/** Tables are made this large at most on the mere word of a file. */
const MAX_RESERVED = 1 << 24;

/** Throws `Damaged` when the data are no RDB file, or a broken one; what was read until then stays. */
export function* loadFileSteps(
  engine: Engine,
  reader: ByteReader,
  { allowDuplicates = false, keepExpired = engine.role === "replica" }: LoadOptions = {},
): Generator<void, LoadResult> {
  reader.startChecksum();
  const version = readMagic(reader, engine);
  const result: LoadResult = {
    keysLoaded: 0,
    keysExpired: 0,
    emptyKeys: 0,
    aux: new Map(),
    replication: null,
    expired: [],
  };
  const slowly = engine.parameters.number("key-load-delay") !== 0;
  let database = engine.database(0);
  let expiry = NO_EXPIRY;
  let idle = -1;
  let frequency = -1;
  let steps = 0;
  for (;;) {
    const opcode = reader.byte();
    if (opcode === OPCODE.END) break;
    switch (opcode) {
      case OPCODE.EXPIRE_SECONDS:
        expiry = reader.int32() * 1_000;
        continue;
      case OPCODE.EXPIRE_MS:
        expiry = Number(reader.int64());
        continue;
      case OPCODE.FREQ:
        frequency = reader.byte();
        continue;
      case OPCODE.IDLE:
        idle = readLength(reader);
        continue;
      case OPCODE.SELECTDB:
        database = select(engine, readLength(reader));
        continue;
      case OPCODE.RESIZEDB:
        reserve(database, readLength(reader), readLength(reader));
        continue;
      case OPCODE.AUX: {
        const name = readString(reader);
        result.aux.set(name.toLowerCase(), readString(reader));
        continue;
      }
      case OPCODE.FUNCTION:
        loadFunction(engine, readString(reader), allowDuplicates);
        continue;
      case OPCODE.FUNCTION_OLD:
        throw new Damaged("Pre-release function format not supported.");
      case OPCODE.MODULE_AUX:
        throw new Damaged("The RDB file contains AUX module data I can't load");
    }
    if (!isValueType(opcode)) throw new Damaged(`Unknown RDB encoding type ${opcode}`);
    const key = readString(reader);
    const loaded = loadValue(reader, opcode, engine);
    if (loaded === null) result.emptyKeys++;
    else if (expiry !== NO_EXPIRY && expiry < engine.nowMs && !keepExpired) {
      result.keysExpired++;
      result.expired.push({ database: database.index, key });
    } else {
      add(engine, database, key, loaded, expiry, loadedAge(engine, idle, frequency), allowDuplicates);
      result.keysLoaded++;
    }
    expiry = NO_EXPIRY;
    idle = -1;
    frequency = -1;
    if (++steps % KEYS_PER_STEP === 0 || slowly) yield;
  }
  if (version >= CHECKSUM_SINCE) verifyChecksum(reader, engine);
  result.replication = replicationOf(result.aux);
  return result;
}

/** Reads a file at one go. */
export function loadFile(engine: Engine, reader: ByteReader, options?: LoadOptions): LoadResult {
  const steps = loadFileSteps(engine, reader, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function readMagic(reader: ByteReader, engine: Engine): number {
  const match = MAGIC.exec(reader.text(MAGIC_BYTES));
  if (match === null) throw new Damaged("Wrong signature trying to load DB from file");
  const version = Number(match[1]);
  if (version < 1 || version > rdbFormat(engine.profile).version) {
    throw new Damaged(`Can't handle RDB format version ${version}`);
  }
  return version;
}

function select(engine: Engine, index: number): Keyspace {
  if (index >= engine.databases.length) {
    throw new Damaged(`The data are of a server with more than ${engine.databases.length} databases`);
  }
  return engine.database(index);
}

function reserve(database: Keyspace, keys: number, expiring: number): void {
  if (keys <= MAX_RESERVED) database.main.reserve(keys);
  if (expiring <= MAX_RESERVED) database.expires.reserve(expiring);
}

function loadFunction(engine: Engine, code: string, replace: boolean): void {
  const { functions } = engine.persistence;
  const problem = functions === null ? null : functions.load(code, replace);
  if (problem !== null) throw new Damaged(`Failed loading library, ${problem}`);
}

function add(
  engine: Engine,
  database: Keyspace,
  key: string,
  { type, value }: Loaded,
  expiry: number,
  age: number,
  allowDuplicates: boolean,
): void {
  const existing = database.find(key);
  if (existing !== NONE) {
    if (!allowDuplicates) throw new Damaged(`RDB has duplicated key '${key}' in DB ${database.index}`);
    engine.dropKey(database, existing, false);
  }
  const entry = database.insert(key, type, value, age);
  if (expiry !== NO_EXPIRY) database.setExpiry(entry, expiry);
}

function verifyChecksum(reader: ByteReader, engine: Engine): void {
  const expected = reader.checksum();
  const found = reader.bytes(8);
  if (!engine.parameters.flag("rdbchecksum") || engine.persistence.skipChecksums) return;
  // Zero stands for a file that was written without one.
  if (found.every(byte => byte === 0)) return;
  if (Buffer.compare(found, expected) !== 0) throw new Damaged("RDB CRC error");
}

function replicationOf(aux: ReadonlyMap<string, string>): ReplicationPosition | null {
  const id = aux.get("repl-id");
  if (id === undefined || id.length !== 40) return null;
  return { id, offset: Number(aux.get("repl-offset") ?? 0), database: Number(aux.get("repl-stream-db") ?? 0) };
}
