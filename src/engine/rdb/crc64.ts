// The CRC-64 of RDB files and DUMP payloads: Jones' polynomial, reflected, start value 0. Numbers of 64 bits are kept as
// two halves; eight tables take eight bytes at a time.

/** The polynomial 0xad93d23594c935a9 with its bits reversed. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n;

const LOW = new Int32Array(8 * 256);
const HIGH = new Int32Array(8 * 256);

function fillTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
    LOW[byte] = Number(crc & 0xffffffffn) | 0;
    HIGH[byte] = Number(crc >> 32n) | 0;
  }
  // Table t: what a byte does to the checksum with t zero bytes after it.
  for (let at = 256; at < 8 * 256; at++) {
    const low = LOW[at - 256];
    const high = HIGH[at - 256];
    LOW[at] = ((low >>> 8) | (high << 24)) ^ LOW[low & 255];
    HIGH[at] = (high >>> 8) ^ HIGH[low & 255];
  }
}

fillTables();

export class Crc64 {
  private low = 0;
  private high = 0;

  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    let { low, high } = this;
    let i = start;
    for (; i + 8 <= end; i += 8) {
      const a = low ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
      const b = high ^ (bytes[i + 4] | (bytes[i + 5] << 8) | (bytes[i + 6] << 16) | (bytes[i + 7] << 24));
      const i7 = 1_792 + (a & 255);
      const i6 = 1_536 + ((a >>> 8) & 255);
      const i5 = 1_280 + ((a >>> 16) & 255);
      const i4 = 1_024 + (a >>> 24);
      const i3 = 768 + (b & 255);
      const i2 = 512 + ((b >>> 8) & 255);
      const i1 = 256 + ((b >>> 16) & 255);
      const i0 = b >>> 24;
      low = LOW[i7] ^ LOW[i6] ^ LOW[i5] ^ LOW[i4] ^ LOW[i3] ^ LOW[i2] ^ LOW[i1] ^ LOW[i0];
      high = HIGH[i7] ^ HIGH[i6] ^ HIGH[i5] ^ HIGH[i4] ^ HIGH[i3] ^ HIGH[i2] ^ HIGH[i1] ^ HIGH[i0];
    }
    for (; i < end; i++) {
      const index = (low ^ bytes[i]) & 255;
      low = ((low >>> 8) | (high << 24)) ^ LOW[index];
      high = (high >>> 8) ^ HIGH[index];
    }
    this.low = low;
    this.high = high;
  }

  /** The checksum as eight bytes, the lowest first. */
  digest(): Uint8Array {
    const bytes = new Uint8Array(8);
    for (let i = 0; i < 4; i++) {
      bytes[i] = (this.low >>> (8 * i)) & 255;
      bytes[4 + i] = (this.high >>> (8 * i)) & 255;
    }
    return bytes;
  }
}

/** The checksum of some bytes. */
export function crc64(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  const crc = new Crc64();
  crc.update(bytes, start, end);
  return crc.digest();
}
