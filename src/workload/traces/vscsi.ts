// VSCSI traces of virtual disks (CloudPhysics), as libCacheSim reads them: little-endian records, microseconds
//   version 1, 32 bytes   u32 number, u32 length, u32 parts, u16 command, u16 version, u64 block, u64 time
//   version 2, 40 bytes   u16 command, u16 version, u32 number, u32 length, u32 parts, u64 block, u64 time, u64 response
// The upper byte of `version` is the version. SCSI reads are gets, writes are sets; other commands move no data.

import { MAX_VALUE_BYTES } from "../values.ts";
import type { TraceFormat, TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { Records, u64Text } from "./records.ts";
import { TRACE_GET, TRACE_SET, UNKNOWN_TTL } from "./trace.ts";

interface RecordLayout {
  readonly bytes: number;
  readonly command: number;
  readonly version: number;
  readonly length: number;
}

const BLOCK = 16;
const TIME = 24;
const LAYOUTS: readonly RecordLayout[] = [
  { bytes: 32, command: 12, version: 14, length: 4 },
  { bytes: 40, command: 0, version: 2, length: 8 },
];

/** READ and WRITE of 6, 10, 12 and 16 bytes. */
const READS = new Set([0x08, 0x28, 0xa8, 0x88]);
const WRITES = new Set([0x0a, 0x2a, 0xaa, 0x8a]);
const LOOKS = 4;

function layoutOf(head: Buffer): RecordLayout | null {
  for (const version of [2, 1]) {
    const layout = LAYOUTS[version - 1];
    const records = Math.min(LOOKS, Math.floor(head.length / layout.bytes));
    let fits = records > 0;
    for (let i = 0; i < records; i++) fits &&= head.readUInt16LE(i * layout.bytes + layout.version) >> 8 === version;
    if (fits) return layout;
  }
  return null;
}

export const vscsi: TraceFormat = {
  name: "vscsi",
  summary: "VSCSI traces of virtual disks, versions 1 and 2, as libCacheSim reads them",
  source: "libCacheSim, traceReader vscsi, 2024-10",
  rule: "a SCSI read is a get, a write a set; the key is the block number; TTLs are unknown; other commands are read over",
  tolerant: true,
  resolutionMs: 0,
  detect: head => layoutOf(head) !== null,
  read: intake => new VscsiReader(intake),
};

class VscsiReader implements TraceReader {
  private records: Records | null = null;
  private head: Buffer = Buffer.alloc(0);
  private failed = false;

  constructor(private readonly intake: TraceIntake) {}

  push(chunk: Buffer): void {
    if (this.records !== null) return this.records.push(chunk);
    // The version shows in the first records: what came so far is kept until there are enough of them.
    this.head = Buffer.concat([this.head, chunk]);
    if (this.head.length >= LAYOUTS[1].bytes * LOOKS) this.begin();
  }

  private begin(): void {
    const layout = layoutOf(this.head);
    if (layout === null) {
      if (!this.failed) this.intake.problem(1, "is no record of a VSCSI trace of version 1 or 2");
      this.failed = true;
      return;
    }
    this.records = new Records(layout.bytes, (row, data, at) => this.request(row, data, at, layout));
    this.records.push(this.head);
  }

  finish(): void {
    if (this.records === null && this.head.length > 0) this.begin();
    if (this.records !== null && this.records.left > 0) {
      this.intake.problem(this.records.count + 1, `the file ends within a record: ${this.records.left} bytes are left`);
    }
    this.intake.end(this.records?.count ?? 0);
  }

  private request(row: number, data: Buffer, at: number, layout: RecordLayout): void {
    const command = data.readUInt16LE(at + layout.command);
    if (!READS.has(command) && !WRITES.has(command)) {
      return this.intake.skip(`SCSI command 0x${command.toString(16)}`);
    }
    const micros = data.readUInt32LE(at + TIME) + data.readUInt32LE(at + TIME + 4) * 4_294_967_296;
    this.intake.take(
      row,
      micros / 1_000,
      u64Text(data, at + BLOCK),
      READS.has(command) ? TRACE_GET : TRACE_SET,
      Math.min(data.readUInt32LE(at + layout.length), MAX_VALUE_BYTES),
      UNKNOWN_TTL,
    );
  }
}
