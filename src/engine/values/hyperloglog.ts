// HyperLogLog as the server keeps it: a string of a 16-byte header and 16,384 registers, run-length encoded while that is
// short ("sparse"), six bits each afterwards ("dense"). Byte for byte the same, so that GET and DUMP agree.
//
//   bytes 0–3    "HYLL"                    bytes 5–7    zero
//   byte 4       0 dense, 1 sparse         bytes 8–15   the last count, little endian; its top bit says: out of date
//   sparse       00nnnnnn             n + 1 registers are zero
//                01nnnnnn nnnnnnnn    the same with 14 bits
//                1vvvvvnn             n + 1 registers hold v + 1

import type { SizeClass } from "../memory/allocator.ts";
import { bytesOf } from "./bits.ts";
import { cardinality, REGISTERS } from "./hyperloglog-count.ts";
import { RawString, type StringValue, stringLength } from "./string.ts";

const HEADER = 16;
const DENSE_BYTES = HEADER + (REGISTERS * 6) / 8;
const DENSE = 0;
const SPARSE = 1;
const STALE_BIT = 0x80;
const MAX_SPARSE_VALUE = 32;
const MAX_SPARSE_RUN = 4;
const MAX_SHORT_ZEROS = 64;
/** Growing below this many bytes doubles the room, above it adds as many. */
const GREED = 300;
/** Opcodes that a change looks at when it merges neighbours. */
const MERGE_SPAN = 5;

/** Whether a stored string looks like a HyperLogLog: the header is right, and the length of a dense one. */
export function isHyperloglog(value: StringValue): boolean {
  const length = stringLength(value);
  if (length < HEADER) return false;
  const bytes = bytesOf(value);
  if (bytes[0] !== 72 || bytes[1] !== 89 || bytes[2] !== 76 || bytes[3] !== 76) return false;
  return bytes[4] === SPARSE || (bytes[4] === DENSE && length === DENSE_BYTES);
}

/** An opcode of the sparse form. */
interface Run {
  /** 0 for zeros. */
  readonly value: number;
  readonly registers: number;
  /** Bytes of the opcode. */
  readonly bytes: number;
}

export interface HyperloglogRules {
  readonly sizeClass: SizeClass;
  /** hll-sparse-max-bytes. */
  readonly sparseMaxBytes: number;
  /** EngineProfile.sparseGrowth. */
  readonly growth: "append" | "exact" | "class";
}

export class Hyperloglog {
  /** The string; another one after the form has changed. */
  raw: RawString;

  constructor(
    raw: RawString,
    private readonly rules: HyperloglogRules,
  ) {
    this.raw = raw;
  }

  /** An empty one. */
  static create(rules: HyperloglogRules): Hyperloglog {
    const raw = RawString.zeros(HEADER + 2, rules.sizeClass);
    raw.write(0, "HYLL\x01");
    raw.write(HEADER, "\x7f\xff");
    return new Hyperloglog(raw, rules);
  }

  get dense(): boolean {
    return this.raw.bytes[4] === DENSE;
  }

  // -------------------------------------------------------------------------------------------------------------
  // The count that the header keeps.

  /** The kept count; null when it is out of date. */
  get keptCount(): number | bigint | null {
    const { bytes } = this.raw;
    if ((bytes[15] & STALE_BIT) !== 0) return null;
    let value = 0n;
    for (let i = 15; i >= 8; i--) value = (value << 8n) | BigInt(bytes[i]);
    return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  keepCount(count: number): void {
    let rest = count;
    for (let i = 8; i < 16; i++) {
      this.raw.bytes[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  invalidate(): void {
    this.raw.bytes[15] |= STALE_BIT;
  }

  /** Counts anew; null when the sparse form is broken. */
  count(): number | null {
    const histogram = new Array<number>(64).fill(0);
    const complete = this.forEachRun(true, (value, registers) => {
      histogram[value] += registers;
    });
    return complete ? cardinality(histogram) : null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Registers.

  /**
   * Calls back for runs of registers in order; false when they are not 16,384. `toEnd` says whether values beyond the
   * last register are visited too: who counts them finds the string broken, who merges it does not look further.
   */
  private forEachRun(toEnd: boolean, visit: (value: number, registers: number, first: number) => void): boolean {
    if (this.dense) {
      for (let i = 0; i < REGISTERS; i++) visit(this.register(i), 1, i);
      return true;
    }
    let first = 0;
    for (let at = HEADER; at < this.raw.length; ) {
      const { value, registers, bytes } = this.runAt(at);
      if (value > 0 && first + registers > REGISTERS && !toEnd) break;
      visit(value, registers, first);
      first += registers;
      at += bytes;
    }
    return first === REGISTERS;
  }

  /** Takes the larger of each register into `registers`; false when this one is broken. */
  mergeInto(registers: Uint8Array): boolean {
    return this.forEachRun(false, (value, count, first) => {
      for (let i = first; value > 0 && i < first + count; i++) if (value > registers[i]) registers[i] = value;
    });
  }

  /** A register of the dense form: six bits, the first ones lowest. */
  private register(index: number): number {
    const { bytes } = this.raw;
    const at = HEADER + ((index * 6) >> 3);
    const shift = (index * 6) & 7;
    return ((bytes[at] >> shift) | (bytes[at + 1] << (8 - shift))) & 63;
  }

  private setRegister(index: number, value: number): void {
    const { bytes } = this.raw;
    const at = HEADER + ((index * 6) >> 3);
    const shift = (index * 6) & 7;
    bytes[at] = (bytes[at] & ~(63 << shift)) | (value << shift);
    if (shift > 2) bytes[at + 1] = (bytes[at + 1] & ~(63 >> (8 - shift))) | (value >> (8 - shift));
  }

  /** Raises a register to a value: whether it was lower, null when the sparse form is broken. */
  raise(index: number, value: number): boolean | null {
    if (!this.dense) return this.raiseSparse(index, value);
    if (value <= this.register(index)) return false;
    this.setRegister(index, value);
    return true;
  }

  /** Turns the sparse form into the dense one; false when it is broken. */
  toDense(): boolean {
    if (this.dense) return true;
    const target = new Hyperloglog(RawString.zeros(DENSE_BYTES, this.rules.sizeClass), this.rules);
    target.raw.bytes.set(this.raw.bytes.subarray(0, HEADER));
    target.raw.bytes[4] = DENSE;
    const complete = this.forEachRun(false, (value, registers, first) => {
      if (value > 0) for (let i = first; i < first + registers; i++) target.setRegister(i, value);
    });
    if (complete) this.raw = target.raw;
    return complete;
  }

  // -------------------------------------------------------------------------------------------------------------
  // The sparse form.

  private runAt(at: number): Run {
    const { bytes } = this.raw;
    const code = bytes[at];
    if ((code & 0x80) !== 0) return { value: ((code >> 2) & 31) + 1, registers: (code & 3) + 1, bytes: 1 };
    if ((code & 0x40) === 0) return { value: 0, registers: (code & 63) + 1, bytes: 1 };
    return { value: 0, registers: (((code & 63) << 8) | bytes[at + 1]) + 1, bytes: 2 };
  }

  /** Makes room for the three bytes that a change may add, and some more, up to the limit. */
  private makeRoom(): void {
    const { raw } = this;
    const { sparseMaxBytes, growth } = this.rules;
    if (growth === "append") return raw.makeRoom(raw.length + 3);
    if (raw.capacity >= sparseMaxBytes || raw.capacity - raw.length >= 3) return;
    const needed = raw.length + 3;
    raw.reserve(Math.min(needed + Math.min(needed, GREED), sparseMaxBytes), growth === "class");
  }

  private raiseSparse(index: number, value: number): boolean | null {
    if (value > MAX_SPARSE_VALUE) return this.raiseDense(index, value);
    this.makeRoom();
    const { raw } = this;
    // The run that covers the register, and the one before it.
    let at = HEADER;
    let previous = HEADER;
    let first = 0;
    let run: Run | null = null;
    while (at < raw.length) {
      run = this.runAt(at);
      if (index < first + run.registers) break;
      previous = at;
      at += run.bytes;
      first += run.registers;
    }
    if (run === null || at >= raw.length) return null;
    if (run.value >= value) return false;
    if (run.registers === 1 && run.bytes === 1) {
      raw.bytes[at] = valueCode(value, 1);
    } else {
      const codes = split(run, index - first, value);
      const growth = codes.length - run.bytes;
      if (growth > 0 && raw.length + growth > this.rules.sparseMaxBytes) return this.raiseDense(index, value);
      raw.replaceBytes(at, run.bytes, codes);
    }
    this.mergeFrom(previous);
    this.invalidate();
    return true;
  }

  private raiseDense(index: number, value: number): true | null {
    if (!this.toDense()) return null;
    this.setRegister(index, value);
    return true;
  }

  /** Joins neighbouring runs of one value where the result still fits an opcode. */
  private mergeFrom(start: number): void {
    const { raw } = this;
    let at = start;
    for (let looked = 0; at < raw.length && looked < MERGE_SPAN; looked++) {
      const run = this.runAt(at);
      const next = run.value > 0 && at + 1 < raw.length ? this.runAt(at + 1) : null;
      const registers = next === null ? 0 : run.registers + next.registers;
      if (next !== null && next.value === run.value && registers <= MAX_SPARSE_RUN) {
        raw.replaceBytes(at, 2, [valueCode(run.value, registers)]);
      } else {
        at += run.bytes;
      }
    }
  }

  /** The runs as text: z and Z for zeros, v for values. */
  describe(): string {
    const words: string[] = [];
    for (let at = HEADER; at < this.raw.length; ) {
      const { value, registers, bytes } = this.runAt(at);
      words.push(value > 0 ? `v:${value},${registers}` : `${bytes === 2 ? "Z" : "z"}:${registers}`);
      at += bytes;
    }
    return words.join(" ");
  }
}

function valueCode(value: number, registers: number): number {
  return 0x80 | ((value - 1) << 2) | (registers - 1);
}

/** Codes for so many registers like those of a run; none for none. */
function codesFor(value: number, registers: number): number[] {
  if (registers === 0) return [];
  if (value > 0) return [valueCode(value, registers)];
  const n = registers - 1;
  return registers <= MAX_SHORT_ZEROS ? [n] : [0x40 | (n >> 8), n & 0xff];
}

/** The codes of a run in which one register gets another value. */
function split(run: Run, offset: number, value: number): number[] {
  return [...codesFor(run.value, offset), valueCode(value, 1), ...codesFor(run.value, run.registers - offset - 1)];
}
