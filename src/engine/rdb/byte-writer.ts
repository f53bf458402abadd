// Bytes in the making: a buffer that is handed on when it is full, so that a dump of any size needs only this one, or
// that grows when nobody takes it.

import { Crc64 } from "./crc64.ts";

const CHUNK = 65_536;

export class ByteWriter {
  private buffer: Buffer;
  private at = 0;
  private handedOn = 0;
  private readonly crc = new Crc64();

  /** `take` gets the bytes piece by piece; without it they stay together until `bytes` is asked for. */
  constructor(
    private readonly take: ((chunk: Uint8Array) => void) | null = null,
    size = take === null ? 256 : CHUNK,
  ) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.handedOn + this.at;
  }

  /** Makes room for so many bytes in one piece. */
  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    if (this.take !== null) {
      this.flush();
      if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(bytes);
      return;
    }
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }

  /** Hands on what there is. */
  flush(): void {
    if (this.take === null || this.at === 0) return;
    const chunk = this.buffer.subarray(0, this.at);
    this.crc.update(chunk);
    this.handedOn += this.at;
    this.at = 0;
    this.buffer = Buffer.allocUnsafe(CHUNK);
    this.take(chunk);
  }

  byte(value: number): void {
    if (this.at === this.buffer.length) this.reserve(1);
    this.buffer[this.at++] = value;
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** The bytes of a latin-1 string. */
  text(text: string): void {
    const { length } = text;
    this.reserve(length);
    // The call into native code pays from some length on.
    if (length < 24) for (let i = 0; i < length; i++) this.buffer[this.at + i] = text.charCodeAt(i);
    else this.buffer.write(text, this.at, "latin1");
    this.at += length;
  }

  uint16(value: number): void {
    this.byte(value & 255);
    this.byte((value >>> 8) & 255);
  }

  uint32(value: number): void {
    this.uint16(value & 0xffff);
    this.uint16(value >>> 16);
  }

  uint32BigEndian(value: number): void {
    this.reserve(4);
    this.at = this.buffer.writeUInt32BE(value, this.at);
  }

  int64(value: number | bigint): void {
    this.reserve(8);
    this.at = this.buffer.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)), this.at);
  }

  uint64BigEndian(value: number | bigint): void {
    this.reserve(8);
    this.at = this.buffer.writeBigUInt64BE(BigInt(value), this.at);
  }

  double(value: number): void {
    this.reserve(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
  }

  /** The CRC-64 of everything so far; what was written is handed on first. */
  checksum(): Uint8Array {
    if (this.take !== null) {
      this.flush();
      return this.crc.digest();
    }
    const crc = new Crc64();
    crc.update(this.buffer, 0, this.at);
    return crc.digest();
  }

  /** Everything written, for a writer whose bytes nobody takes; good until the next write. */
  result(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** Forgets what was written: the buffer serves again. */
  reset(): void {
    this.at = 0;
  }
}
