// Cuts a stream of bytes into records of equal length, for binary formats.

const NOTHING = Buffer.alloc(0);

export class Records {
  count = 0;
  private pending: Buffer = NOTHING;

  constructor(
    private readonly bytes: number,
    /** Record number `row`, from 1, begins at data[at]. */
    private readonly take: (row: number, data: Buffer, at: number) => void,
  ) {}

  push(chunk: Buffer): void {
    const data = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    let at = 0;
    for (; at + this.bytes <= data.length; at += this.bytes) this.take(++this.count, data, at);
    this.pending = data.subarray(at);
  }

  /** Bytes beyond the last whole record. */
  get left(): number {
    return this.pending.length;
  }
}

/** A 64-bit unsigned number as decimal text. */
export function u64Text(data: Buffer, at: number): string {
  const high = data.readUInt32LE(at + 4);
  return high === 0 ? String(data.readUInt32LE(at)) : data.readBigUInt64LE(at).toString();
}
