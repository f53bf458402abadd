// Reading trace files, outside the simulated world: a first pass that checks every row and counts, and a feeder that
// keeps a run's buffer ahead of its clock. Both stream; gzip is unpacked on the way.

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { TraceCsvParser } from "../workload/traces/csv.ts";
import { type TraceBuffer, TraceKeys } from "../workload/traces/trace.ts";
import { fileIssue, type Issue, ScenarioError } from "./issue.ts";
import { describeSystemError } from "./yaml-file.ts";

function open(file: string): Readable {
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  if (!file.endsWith(".gz")) return stream;
  const unpacked = createGunzip({ chunkSize: 1 << 20 });
  pipeline(stream, unpacked, () => {
    // The reader of `unpacked` sees the error.
  });
  return unpacked;
}

function describe(error: unknown): string {
  const { code } = error as { code?: string };
  if (code?.startsWith("Z_") === true) return "is no complete gzip file";
  return describeSystemError(error);
}

export interface TraceSummary {
  readonly rows: number;
  readonly keys: number;
  /** Time from the first request to the last, in ms. */
  readonly spanMs: number;
}

/** Reads the whole trace once. Throws ScenarioError with the file and row of each problem. */
export async function checkTrace(file: string): Promise<TraceSummary> {
  const keys = new TraceKeys();
  const parser = new TraceCsvParser(keys, null);
  try {
    for await (const chunk of open(file)) parser.push(chunk as Buffer);
    parser.finish();
  } catch (error) {
    throw new ScenarioError([fileIssue(file, describe(error))]);
  }
  if (parser.problemCount > 0) {
    const issues = parser.problems.map(({ row, message }): Issue => fileIssue(`${file} row ${row}`, message));
    const more = parser.problemCount - parser.problems.length;
    if (more > 0) issues.push(fileIssue(file, `and ${more} more rows that cannot be used`));
    throw new ScenarioError(issues);
  }
  return { rows: parser.rows, keys: keys.texts.length, spanMs: parser.lastMs - parser.firstMs };
}

/** Rows that the buffer should hold before a slice of the run begins. */
const AHEAD = 65_536;

/** Keeps a buffer filled from a file. */
export class TraceFeeder {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly parser: TraceCsvParser;

  constructor(
    file: string,
    private readonly buffer: TraceBuffer,
    keys: TraceKeys,
    speed: number,
  ) {
    this.chunks = open(file)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.parser = new TraceCsvParser(keys, buffer, speed);
  }

  /** Reads on until the buffer holds enough, and more than one instant, or the file ends. */
  async fill(): Promise<void> {
    const { buffer } = this;
    while (!buffer.finished && (buffer.length < AHEAD || buffer.lastNs <= buffer.nextNs)) {
      const { value, done } = await this.chunks.next();
      if (done === true) this.parser.finish();
      else this.parser.push(value);
    }
  }

  /** Up to this instant the run may go before the buffer must be filled again. */
  get horizonNs(): number {
    return this.buffer.finished ? Number.POSITIVE_INFINITY : this.buffer.lastNs - 1;
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
