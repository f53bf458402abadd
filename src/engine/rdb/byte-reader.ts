// Bytes to be read, from one piece or from chunks that are fetched as they are needed. Nothing is believed: whoever asks
// for more than there is gets `Damaged`, and no memory is set aside for lengths that nobody has delivered.

import { Crc64 } from "./crc64.ts";

/** The data end too early or say something impossible. Thrown while reading, turned into an error reply outside. */
export class Damaged extends Error {
  override readonly name = "Damaged";
  constructor(
    message: string,
    /** The data are only cut off. */
    readonly short = false,
  ) {
    super(message);
  }
}

const SHORT = "unexpected end of data";

export class ByteReader {
  private buffer: Buffer;
  private at = 0;
  /** What lies before this is in the checksum. */
  private summed = 0;
  private passed = 0;
  private readonly chunks: Iterator<Uint8Array> | null;
  private crc: Crc64 | null = null;

  constructor(source: Uint8Array | Iterable<Uint8Array>) {
    if (source instanceof Uint8Array) {
      this.buffer = asBuffer(source);
      this.chunks = null;
    } else {
      this.buffer = Buffer.alloc(0);
      this.chunks = source[Symbol.iterator]();
    }
  }

  /** Bytes read so far. */
  get position(): number {
    return this.passed + this.at;
  }

  get atEnd(): boolean {
    return this.at === this.buffer.length && !this.fetch(1);
  }

  /** From here on a checksum is kept. */
  startChecksum(): void {
    this.crc = new Crc64();
    this.summed = this.at;
  }

  /** The checksum of what was read since `startChecksum`. */
  checksum(): Uint8Array {
    this.crc!.update(this.buffer, this.summed, this.at);
    this.summed = this.at;
    return this.crc!.digest();
  }

  /** Brings so many bytes into one piece; false when there are not as many. */
  private fetch(bytes: number): boolean {
    if (this.chunks === null) return false;
    if (this.crc !== null) this.checksum();
    const pieces = [this.buffer.subarray(this.at)];
    let have = pieces[0].length;
    while (have < bytes) {
      const next = this.chunks.next();
      if (next.done) break;
      pieces.push(asBuffer(next.value));
      have += next.value.length;
    }
    this.passed += this.at;
    this.at = 0;
    this.summed = 0;
    this.buffer = pieces.length === 2 && pieces[0].length === 0 ? pieces[1] : Buffer.concat(pieces);
    return have >= bytes;
  }

  private need(bytes: number): void {
    if (this.at + bytes > this.buffer.length && !this.fetch(bytes)) throw new Damaged(SHORT, true);
  }

  byte(): number {
    if (this.at === this.buffer.length) this.need(1);
    return this.buffer[this.at++];
  }

  /** The next byte, which stays; -1 at the end. */
  peek(): number {
    return this.atEnd ? -1 : this.buffer[this.at];
  }

  /** A view of the next bytes. */
  bytes(length: number): Buffer {
    this.need(length);
    const view = this.buffer.subarray(this.at, this.at + length);
    this.at += length;
    return view;
  }

  /** The next bytes as a latin-1 string. */
  text(length: number): string {
    this.need(length);
    const text = this.buffer.toString("latin1", this.at, this.at + length);
    this.at += length;
    return text;
  }

  uint32(): number {
    return this.bytes(4).readUInt32LE(0);
  }

  int32(): number {
    return this.bytes(4).readInt32LE(0);
  }

  uint32BigEndian(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  int64(): bigint {
    return this.bytes(8).readBigInt64LE(0);
  }

  uint64BigEndian(): bigint {
    return this.bytes(8).readBigUInt64BE(0);
  }

  double(): number {
    return this.bytes(8).readDoubleLE(0);
  }

  /**
   * The bytes up to a line feed, without it and the carriage return before. One that is longer than `limit` is damage, one
   * that the data end in is a short read.
   */
  line(limit: number): string {
    let from = 0;
    for (;;) {
      const end = this.buffer.indexOf(10, this.at + from);
      if (end !== -1) {
        const text = this.buffer.toString("latin1", this.at, end);
        this.at = end + 1;
        return text.endsWith("\r") ? text.slice(0, -1) : text;
      }
      from = this.buffer.length - this.at;
      if (from > limit) throw new Damaged("a line without end");
      if (!this.fetch(from + 1)) throw new Damaged(SHORT, true);
    }
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
