// What DUMP answers and RESTORE takes: the type byte, the value, the format's version in two bytes and a CRC-64.

import type { Engine } from "../engine.ts";
import type { Keyspace } from "../keyspace.ts";
import { ByteReader, Damaged } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { crc64 } from "./crc64.ts";
import { rdbFormat } from "./format.ts";
import { type Loaded, loadValue } from "./load-value.ts";
import { isValueType } from "./opcodes.ts";
import { saveValue, typeByte } from "./save-value.ts";

const FOOTER = 10;
const CHECKSUM = 8;

/** A key's value as DUMP gives it. */
export function dumpPayload(engine: Engine, database: Keyspace, entry: number): string {
  const format = rdbFormat(engine.profile);
  const writer = new ByteWriter();
  const type = database.typeOf(entry);
  const value = database.valueOf(entry);
  writer.byte(typeByte(type, value, format));
  saveValue(writer, type, value, { format, compress: engine.parameters.flag("rdbcompression") });
  writer.uint16(format.version);
  writer.bytes(writer.checksum());
  return writer.result().toString("latin1");
}

/** Whether version and checksum of a payload are right. */
export function isIntact(engine: Engine, payload: Buffer): boolean {
  const { length } = payload;
  if (length < FOOTER) return false;
  if (payload.readUInt16LE(length - FOOTER) > rdbFormat(engine.profile).version) return false;
  if (engine.persistence.skipChecksums) return true;
  return Buffer.compare(crc64(payload, 0, length - CHECKSUM), payload.subarray(length - CHECKSUM)) === 0;
}

/** The value in a payload; null when its bytes make no sense. */
export function readPayload(engine: Engine, payload: Buffer): Loaded | null {
  const reader = new ByteReader(payload);
  try {
    const type = reader.byte();
    return isValueType(type) ? loadValue(reader, type, engine) : null;
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}
