// Cuts a stream of bytes into lines. A line is told as a range of a buffer, since a replay is only as fast as its reader
// and most lines need no string of their own.

const NEWLINE = 10;
const RETURN = 13;
/** Longest line that is still believed to be one; beyond it the file is something else. */
export const MAX_LINE_BYTES = 1 << 20;

const NOTHING = Buffer.alloc(0);

export interface LineSink {
  /** Line number `row`, from 1, lies in data[start, end). */
  line(row: number, data: Buffer, start: number, end: number): void;
  tooLong(row: number): void;
}

export class Lines {
  row = 0;
  private pending: Buffer = NOTHING;
  /** Bytes of the current line that were let go because it is too long. */
  private dropped = 0;

  constructor(private readonly sink: LineSink) {}

  push(chunk: Buffer): void {
    const data = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    let start = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.one(data, start, end);
      start = end + 1;
    }
    this.pending = data.subarray(start);
    if (this.dropped + this.pending.length > MAX_LINE_BYTES) {
      this.dropped += this.pending.length;
      this.pending = NOTHING;
    }
  }

  /** A last line without line end is taken. */
  finish(): void {
    if (this.pending.length > 0 || this.dropped > 0) this.one(this.pending, 0, this.pending.length);
    this.pending = NOTHING;
  }

  private one(data: Buffer, start: number, lineEnd: number): void {
    this.row++;
    const length = this.dropped + lineEnd - start;
    this.dropped = 0;
    if (length > MAX_LINE_BYTES) return this.sink.tooLong(this.row);
    const end = lineEnd > start && data[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
    this.sink.line(this.row, data, start, end);
  }
}
