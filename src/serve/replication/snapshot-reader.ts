// A snapshot as it comes over the wire: a line that says how long it is, or by which mark it ends, and then the bytes.

const MARK_BYTES = 40;
const LF = 10;

export class SnapshotReader {
  /** Bytes that it will have; 0 when nobody said. */
  size = 0;
  received = 0;
  readonly pieces: Buffer[] = [];
  private header = "";
  private mark: Buffer | null = null;
  private tail: Buffer = Buffer.alloc(0);
  private started = false;
  /** What the primary said instead of sending it. */
  refusal: string | null = null;

  constructor(private readonly onStart: (size: number, streamed: boolean) => void) {}

  /** Takes bytes; those that come behind the whole snapshot are given back, null means that it is not whole yet. */
  feed(chunk: Buffer): Buffer | null {
    let at = 0;
    while (!this.started) {
      const end = chunk.indexOf(LF, at);
      this.header += chunk.toString("latin1", at, end === -1 ? chunk.length : end);
      if (end === -1) return null;
      at = end + 1;
      const line = this.header.replace(/\r$/u, "");
      this.header = "";
      // An empty line: the primary is still at work.
      if (line === "") continue;
      if (!this.begin(line)) return null;
    }
    return this.mark === null ? this.feedCounted(chunk, at) : this.feedMarked(chunk, at);
  }

  private begin(line: string): boolean {
    if (line.startsWith(`$EOF:`) && line.length >= 5 + MARK_BYTES) this.mark = Buffer.from(line.slice(5, 45), "latin1");
    else if (/^\$\d+$/u.test(line)) this.size = Number(line.slice(1));
    else {
      this.refusal = line;
      return false;
    }
    this.started = true;
    this.onStart(this.size, this.mark !== null);
    return true;
  }

  private feedCounted(chunk: Buffer, at: number): Buffer | null {
    const bytes = chunk.subarray(at, at + this.size - this.received);
    this.keep(bytes);
    return this.received === this.size ? chunk.subarray(at + bytes.length) : null;
  }

  /** Nothing follows the mark before this side has said that it has come so far: it stands at the end of what was sent. */
  private feedMarked(chunk: Buffer, at: number): Buffer | null {
    const mark = this.mark!;
    this.keep(chunk.subarray(at));
    this.tail = Buffer.concat([this.tail, chunk.subarray(at)]);
    if (this.tail.length > MARK_BYTES) this.tail = Buffer.from(this.tail.subarray(-MARK_BYTES));
    if (!this.tail.equals(mark)) return null;
    this.cut(MARK_BYTES);
    return Buffer.alloc(0);
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.received += bytes.length;
    this.pieces.push(bytes);
  }

  /** Takes so many bytes off the end. */
  private cut(bytes: number): void {
    this.received -= bytes;
    let left = bytes;
    while (left > 0) {
      const last = this.pieces.pop()!;
      if (last.length > left) this.pieces.push(last.subarray(0, last.length - left));
      left -= Math.min(left, last.length);
    }
  }
}
