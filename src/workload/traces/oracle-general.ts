// libCacheSim's oracleGeneral: records of 24 bytes, little-endian and packed
//   u32 time in s, u64 object id, u32 size, i64 index of the object's next request (-1 or the greatest number: none)
// There is no mark at the start of the file; it is known by times that do not fall and next requests that lie ahead.

import { MAX_VALUE_BYTES } from "../values.ts";
import type { TraceFormat } from "./format.ts";
import { Records, u64Text } from "./records.ts";
import { TRACE_GET, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

const BYTES = 24;
const LOOKS = 64;
const NEVER = 0x7fff_ffff_ffff_ffffn;

export const oracleGeneral: TraceFormat = {
  name: "oracle-general",
  summary: "libCacheSim oracleGeneral: binary records of 24 bytes",
  source: "libCacheSim, traceReader oracleGeneral, 2024-10",
  rule: "every record is a get; TTLs are unknown; size 0 is unknown",
  tolerant: true,
  resolutionMs: 1_000,
  detect: head => {
    const records = Math.min(LOOKS, Math.floor(head.length / BYTES));
    if (records === 0) return false;
    let last = 0;
    for (let i = 0; i < records; i++) {
      const time = head.readUInt32LE(i * BYTES);
      const next = head.readBigInt64LE(i * BYTES + 16);
      const ahead = next === -1n || next === NEVER || (next > BigInt(i) && next < 1n << 48n);
      if (time < last || !ahead) return false;
      last = time;
    }
    return true;
  },
  read: intake => {
    const records = new Records(BYTES, (row, data, at) => {
      const size = data.readUInt32LE(at + 12);
      intake.take(
        row,
        data.readUInt32LE(at) * 1_000,
        u64Text(data, at + 4),
        TRACE_GET,
        size === 0 ? UNKNOWN_SIZE : Math.min(size, MAX_VALUE_BYTES),
        UNKNOWN_TTL,
      );
    });
    return {
      push: chunk => records.push(chunk),
      finish: () => {
        if (records.left > 0) {
          intake.problem(records.count + 1, `the file ends within a record: ${records.left} of ${BYTES} bytes`);
        }
        intake.end(records.count);
      },
    };
  },
};
