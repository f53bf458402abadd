// The slow log: the latest calls that took longer than slowlog-log-slower-than, newest first.

import { type Bytes, textOf } from "./bytes.ts";

export interface SlowCall {
  readonly id: number;
  readonly atSeconds: number;
  readonly us: number;
  readonly words: readonly string[];
  readonly address: string;
  readonly clientName: string;
}

/** A call is shown with so many words, the last of which says how many are missing, and so much of each word. */
const MAX_WORDS = 32;
const MAX_LENGTH = 128;

export class SlowLog {
  private calls: SlowCall[] = [];
  private nextId = 0;

  get length(): number {
    return this.calls.length;
  }

  /** Calls that were ever noted. */
  get added(): number {
    return this.nextId;
  }

  add(call: Omit<SlowCall, "id" | "words">, argv: readonly Bytes[], maxLength: number): void {
    this.calls.unshift({ ...call, id: this.nextId++, words: shortened(argv) });
    this.limit(maxLength);
  }

  /** Forgets the oldest calls beyond so many. */
  limit(maxLength: number): void {
    if (this.calls.length > maxLength) this.calls.length = maxLength;
  }

  latest(count: number): readonly SlowCall[] {
    return this.calls.slice(0, count);
  }

  reset(): void {
    this.calls = [];
  }
}

function shortened(argv: readonly Bytes[]): string[] {
  if (argv.length <= MAX_WORDS) return argv.map(shortenedWord);
  const shown = argv.slice(0, MAX_WORDS - 1).map(shortenedWord);
  return [...shown, `... (${argv.length - shown.length} more arguments)`];
}

function shortenedWord(word: Bytes): string {
  const text = textOf(word);
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}... (${text.length - MAX_LENGTH} more bytes)`;
}
