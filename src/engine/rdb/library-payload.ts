// What FUNCTION DUMP answers and FUNCTION RESTORE takes: libraries as snapshots hold them, the format's version and a CRC-64.

import type { Engine } from "../engine.ts";
import { ByteReader, Damaged } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { rdbFormat } from "./format.ts";
import { OPCODE } from "./opcodes.ts";
import { isIntact } from "./payload.ts";
import { readString, writeString } from "./strings.ts";

const FOOTER = 10;

export function dumpLibraries(engine: Engine, codes: Iterable<string>): string {
  const writer = new ByteWriter();
  for (const code of codes) {
    writer.byte(OPCODE.FUNCTION);
    writeString(writer, code, engine.parameters.flag("rdbcompression"));
  }
  writer.uint16(rdbFormat(engine.profile).version);
  writer.bytes(writer.checksum());
  return writer.result().toString("latin1");
}

/** The codes in a payload; null when version or checksum are wrong, a string says what else is. */
export function readLibraries(engine: Engine, payload: Buffer): readonly string[] | string | null {
  if (!isIntact(engine, payload)) return null;
  const reader = new ByteReader(payload);
  const codes: string[] = [];
  try {
    while (payload.length - reader.position > FOOTER) {
      const type = reader.byte();
      if (type === OPCODE.FUNCTION_OLD) return "Pre-GA function format not supported";
      if (type !== OPCODE.FUNCTION) return "given type is not a function";
      codes.push(readString(reader));
    }
  } catch (error) {
    if (error instanceof Damaged) return "failed loading the given functions payload";
    throw error;
  }
  return codes;
}
