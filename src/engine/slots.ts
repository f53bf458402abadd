// Cluster slots: CRC16 (XMODEM: polynomial 0x1021, start 0) of the key, or of its hash tag, modulo 16384.

export const SLOT_COUNT = 16_384;

const TABLE = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  TABLE[byte] = crc;
}

/** CRC16 of the bytes in [from, to) of a byte string. */
export function crc16(text: string, from = 0, to = text.length): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xff00) ^ TABLE[((crc >>> 8) ^ text.charCodeAt(i)) & 0xff];
  return crc;
}

/** The slot of a key. Only what stands between the first { and the next } is hashed, when that is not empty. */
export function keySlot(key: string): number {
  const open = key.indexOf("{");
  if (open !== -1) {
    const close = key.indexOf("}", open + 1);
    if (close > open + 1) return crc16(key, open + 1, close) & (SLOT_COUNT - 1);
  }
  return crc16(key) & (SLOT_COUNT - 1);
}
