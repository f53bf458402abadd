// Reading trace files, outside the simulated world: a first pass that checks every row and counts, a feeder that keeps a
// run's buffer ahead of its clock, and a whole pass for whoever wants every request once. All of them stream; gzip and,
// where the platform has it, zstd are unpacked on the way, by content and not by name.

import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream";
import * as zlib from "node:zlib";
import { type TraceFormat, TraceFormatError, type TraceReader } from "../workload/traces/format.ts";
import { chooseFormat, HEAD_BYTES, traceFormat } from "../workload/traces/index.ts";
import { TraceIntake, type TraceSink } from "../workload/traces/intake.ts";
import { type TraceBuffer, TraceKeys } from "../workload/traces/trace.ts";
import { fileIssue, type Issue, ScenarioError } from "./issue.ts";
import { sure } from "./rounding.ts";
import { describeSystemError } from "./yaml-file.ts";

/** A trace file and how to read it. */
export interface TraceSource {
  readonly file: string;
  /** Name of the format; null: found out. */
  readonly format: string | null;
  /** Which column is which, for formats that need it. */
  readonly columns?: string | undefined;
  readonly speed: number;
  /** From one request to the next where the file has no times. */
  readonly gapMs: number;
  readonly amplify: number;
}

/** Tells sources apart. */
export function sourceName(source: TraceSource): string {
  return JSON.stringify([source.file, source.format, source.columns, source.gapMs, source.amplify]);
}

/** What a trace is when only its file is known. */
export function plainSource(file: string, format: string | null = null): TraceSource {
  return { file, format, speed: 1, gapMs: 1, amplify: 1 };
}

const CHUNK_BYTES = 1 << 20;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

type MakeDecompress = (options?: { chunkSize?: number }) => Transform;

function open(file: string): Readable {
  const mark = firstBytes(file, 4);
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  let unpacked: Transform;
  if (mark.subarray(0, 2).equals(GZIP)) unpacked = zlib.createGunzip({ chunkSize: CHUNK_BYTES });
  else if (mark.equals(ZSTD)) unpacked = zstd(file)({ chunkSize: CHUNK_BYTES });
  else return stream;
  pipeline(stream, unpacked, () => {
    // The reader of `unpacked` sees the error.
  });
  return unpacked;
}

function firstBytes(file: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  const handle = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(handle, bytes, 0, count, 0));
  } finally {
    closeSync(handle);
  }
}

/** Node has zstd from 22.15 on. */
function zstd(file: string): MakeDecompress {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: MakeDecompress };
  if (createZstdDecompress !== undefined) return createZstdDecompress;
  throw new ScenarioError([
    fileIssue(
      file,
      `is packed with zstd, which Node reads from 22.15 on (this is ${process.version}): zstd -d it first`,
    ),
  ]);
}

function describe(error: unknown): string {
  const { code } = error as { code?: string };
  if (code?.startsWith("Z_") === true) return "is no complete gzip file";
  if (code?.startsWith("ZSTD_") === true) return "is no complete zstd file";
  return describeSystemError(error);
}

/** One way through a file: chunks go to the format's reader, requests from there to the sink. */
class Passage {
  readonly intake: TraceIntake;
  readonly format: TraceFormat;
  private readonly reader: TraceReader;

  private constructor(source: TraceSource, head: Buffer, keys: TraceKeys, sink: TraceSink | null) {
    const wanted = source.format === null ? null : (traceFormat(source.format) ?? null);
    const format = chooseFormat(head, wanted, source.columns);
    if (typeof format === "string") throw new ScenarioError([fileIssue(source.file, format)]);
    this.format = format;
    this.intake = new TraceIntake(keys, sink, {
      speed: source.speed,
      gapMs: source.gapMs,
      amplify: source.amplify,
      tolerant: format.tolerant,
      spreadMs: format.resolutionMs,
    });
    try {
      this.reader = format.read(this.intake, source.columns);
    } catch (error) {
      if (!(error instanceof TraceFormatError)) throw error;
      throw new ScenarioError([fileIssue(source.file, error.message)]);
    }
  }

  /** Reads as much as it takes to know the format, and yields again each time a chunk has been read. */
  static async *through(source: TraceSource, keys: TraceKeys, sink: TraceSink | null): AsyncGenerator<Passage> {
    let passage: Passage | null = null;
    let head: Buffer = Buffer.alloc(0);
    const begin = () => {
      passage = new Passage(source, head, keys, sink);
      passage.reader.push(head);
      return passage;
    };
    for await (const chunk of open(source.file) as AsyncIterable<Buffer>) {
      if (passage !== null) (passage as Passage).reader.push(chunk);
      else {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        if (head.length < HEAD_BYTES) continue;
        begin();
      }
      yield passage!;
    }
    passage ??= begin();
    passage.reader.finish();
    yield passage;
  }
}

export interface TraceSummary {
  readonly format: string;
  readonly rows: number;
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly keys: number;
  /** Time from the first request to the last, in ms. */
  readonly spanMs: number;
  readonly untimed: number;
  readonly disordered: number;
  readonly unsized: number;
  readonly skipped: ReadonlyMap<string, number>;
}

/**
 * Reads the whole trace once; requests go to the sink, if there is one. Throws ScenarioError with the file and row of
 * each problem. `progress` is told after every chunk.
 */
export async function readTrace(
  source: TraceSource,
  keys: TraceKeys,
  sink: TraceSink | null,
  progress?: (rows: number) => void,
): Promise<TraceSummary> {
  let passage: Passage | null = null;
  try {
    for await (passage of Passage.through(source, keys, sink)) progress?.(passage.intake.rows);
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw new ScenarioError([fileIssue(source.file, describe(error))]);
  }
  const { intake, format } = passage!;
  if (intake.problemCount > 0) {
    const issues = intake.problems.map(({ row, message }): Issue => fileIssue(`${source.file} row ${row}`, message));
    const more = intake.problemCount - intake.problems.length;
    if (more > 0) issues.push(fileIssue(source.file, `and ${more} more rows that cannot be used`));
    throw new ScenarioError(issues);
  }
  return {
    format: format.name,
    rows: intake.rows,
    reads: intake.reads,
    writes: intake.writes,
    deletes: intake.deletes,
    keys: keys.texts.length,
    spanMs: intake.lastMs - intake.firstMs,
    untimed: intake.untimed,
    disordered: intake.disordered,
    unsized: intake.unsized,
    skipped: intake.skipped,
  };
}

/** Reads the whole trace once to see that it can be replayed. Throws ScenarioError. */
export function checkTrace(source: TraceSource): Promise<TraceSummary> {
  return readTrace(source, new TraceKeys(), null);
}

/** What a trace is and what was done to it, in a sentence. */
export function describeTrace(summary: TraceSummary): string {
  const { format, rows, keys, spanMs, untimed, disordered, skipped } = summary;
  const notes = [`${rows} requests for ${keys} keys over ${sure(spanMs / 1_000)} s, format ${format}`];
  if (untimed > 0) notes.push(`${untimed} without a time`);
  if (disordered > 0) notes.push(`${disordered} out of order, moved`);
  let left = 0;
  for (const count of skipped.values()) left += count;
  if (left > 0) notes.push(`${left} lines read over (${[...skipped.keys()].slice(0, 3).join(", ")})`);
  return notes.join("; ");
}

/** Rows that the buffer should hold before a slice of the run begins. */
const AHEAD = 65_536;

/** Keeps a buffer filled from a file. */
export class TraceFeeder {
  private readonly passages: AsyncGenerator<unknown>;

  constructor(
    source: TraceSource,
    private readonly buffer: TraceBuffer,
    keys: TraceKeys,
  ) {
    this.passages = Passage.through(source, keys, buffer);
  }

  /** Reads on until the buffer holds enough, and more than one instant, or the file ends. */
  async fill(): Promise<void> {
    const { buffer } = this;
    while (!buffer.finished && (buffer.length < AHEAD || buffer.lastNs <= buffer.nextNs)) {
      const { done } = await this.passages.next();
      if (done === true) buffer.finished = true;
    }
  }

  /** Up to this instant the run may go before the buffer must be filled again. */
  get horizonNs(): number {
    return this.buffer.finished ? Number.POSITIVE_INFINITY : this.buffer.lastNs - 1;
  }

  async close(): Promise<void> {
    await this.passages.return(undefined);
  }
}
