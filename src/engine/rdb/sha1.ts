// SHA-1, for the digests of data that DEBUG shows. (It protects nothing here.)

const words = new Int32Array(80);
const tail = new Uint8Array(128);

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function block(state: Int32Array, bytes: Uint8Array, start: number): void {
  for (let t = 0; t < 16; t++) {
    const i = start + 4 * t;
    words[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
  }
  for (let t = 16; t < 80; t++) words[t] = rotate(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  // Four loops rather than one with a choice in it, and every sum cut to 32 bits at once: that is what compilers like.
  for (let t = 0; t < 20; t++) {
    const next = (((((rotate(a, 5) + ((b & c) | (~b & d))) | 0) + e) | 0) + ((0x5a827999 + words[t]) | 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t++) {
    const next = (((((rotate(a, 5) + (b ^ c ^ d)) | 0) + e) | 0) + ((0x6ed9eba1 + words[t]) | 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t++) {
    const next =
      (((((rotate(a, 5) + ((b & c) | (b & d) | (c & d))) | 0) + e) | 0) + ((-0x70e44324 + words[t]) | 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (let t = 60; t < 80; t++) {
    const next = (((((rotate(a, 5) + (b ^ c ^ d)) | 0) + e) | 0) + ((-0x359d3e2a + words[t]) | 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

const state = new Int32Array(5);

/** The 20 bytes of the hash of bytes[0, length), written to `output`. */
export function sha1(bytes: Uint8Array, length: number, output: Uint8Array): void {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  state[4] = 0xc3d2e1f0;
  const whole = length - (length % 64);
  for (let at = 0; at < whole; at += 64) block(state, bytes, at);
  const rest = length - whole;
  tail.fill(0);
  for (let i = 0; i < rest; i++) tail[i] = bytes[whole + i];
  tail[rest] = 0x80;
  const end = rest < 56 ? 64 : 128;
  const bits = length * 8;
  writeWord(tail, end - 8, Math.floor(bits / 0x1_0000_0000));
  writeWord(tail, end - 4, bits);
  for (let at = 0; at < end; at += 64) block(state, tail, at);
  for (let i = 0; i < 5; i++) writeWord(output, 4 * i, state[i]);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
