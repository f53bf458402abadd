// What a format of traces is: how to know it by its first bytes, and a reader that is fed the file piece by piece.

import type { TraceIntake } from "./intake.ts";

/** A reader at work on one file. */
export interface TraceReader {
  push(chunk: Buffer): void;
  /** The file has ended. */
  finish(): void;
}

export interface TraceFormat {
  readonly name: string;
  readonly summary: string;
  /** Where its form is described, and as of when. */
  readonly source: string;
  /** What becomes of fields that it lacks and of operations that are neither get, set nor delete. */
  readonly rule: string;
  /** Rows out of order are moved to the time of the row before. */
  readonly tolerant: boolean;
  /** Its times are that coarse, in ms: what falls on one of them is spread. */
  readonly resolutionMs: number;
  /** It says which column is which: `columns` must be given. */
  readonly needsColumns?: true;
  /** Whether the first bytes of the file, unpacked, look like it. */
  detect(head: Buffer): boolean;
  /** Throws TraceFormatError when `columns` cannot be read. */
  read(intake: TraceIntake, columns: string | undefined): TraceReader;
}

/** A setting of a format that cannot be used. The sentence says why. */
export class TraceFormatError extends Error {
  override readonly name = "TraceFormatError";
}

/** The first lines of a text file, without the one that may be cut off. */
export function firstLines(head: Buffer, count: number): string[] {
  const text = head.toString("latin1");
  const lines = text.split(/\r?\n/u);
  if (lines.length > 1) lines.pop();
  return lines.slice(0, count);
}
