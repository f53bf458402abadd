// Byte strings. Keys, arguments and values are JavaScript strings in which every character is one byte (0–255): the
// runtime stores them in one byte each, hashes and compares them in byte order and slices them without copying.
//
// Values of synthetic workloads may be virtual: a length and a seed. Nothing is stored for their bytes; whoever asks
// gets the same bytes every time.

/** A value of which only length and seed are kept. */
export class VirtualBytes {
  constructor(
    readonly length: number,
    readonly seed: number,
  ) {}

  /** The bytes, made on demand: printable, incompressible, the same for the same seed. */
  text(): string {
    const parts: string[] = [];
    let state = (this.seed ^ 0x9e3779b9) | 0;
    let chunk = "";
    for (let i = 0; i < this.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      chunk += String.fromCharCode(33 + ((state >>> 24) % 94));
      if (chunk.length === 4_096) {
        parts.push(chunk);
        chunk = "";
      }
    }
    parts.push(chunk);
    return parts.join("");
  }
}

/** What a command argument is. */
export type Bytes = string | VirtualBytes;

/** The bytes themselves. */
export function textOf(bytes: Bytes): string {
  return typeof bytes === "string" ? bytes : bytes.text();
}

/** A byte string from ordinary text (UTF-8). */
export function bytesFromUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Ordinary text from a byte string. */
export function utf8FromBytes(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
