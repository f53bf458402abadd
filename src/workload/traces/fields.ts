// The fields of one line of separated text, as ranges of the buffer: numbers are read from the bytes.

const DOT = 46;
const ZERO = 48;
/** Digits that a double keeps: decimals beyond them are read over. */
const KEPT_DIGITS = 16;
const MOST_DIGITS = 18;
const SHOWN = 40;

export class Fields {
  count = 0;
  private data: Buffer = Buffer.alloc(0);
  private starts = new Int32Array(32);
  private ends = new Int32Array(32);

  /** Splits data[start, end) at a separator byte. */
  split(data: Buffer, start: number, end: number, separator: number): void {
    this.data = data;
    this.count = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && data[at] !== separator) continue;
      if (this.count === this.starts.length) this.widen();
      this.starts[this.count] = from;
      this.ends[this.count++] = at;
      from = at + 1;
    }
  }

  private widen(): void {
    const wider = (old: Int32Array) => {
      const made = new Int32Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.starts = wider(this.starts);
    this.ends = wider(this.ends);
  }

  isEmpty(field: number): boolean {
    return this.ends[field] === this.starts[field];
  }

  text(field: number): string {
    return this.data.toString("latin1", this.starts[field], this.ends[field]);
  }

  /** As much of the field as a message shows. */
  shown(field: number): string {
    return this.data.toString("latin1", this.starts[field], Math.min(this.ends[field], this.starts[field] + SHOWN));
  }

  includes(field: number, byte: number): boolean {
    const at = this.data.indexOf(byte, this.starts[field]);
    return at !== -1 && at < this.ends[field];
  }

  /** An unsigned decimal number; NaN when the field is none. */
  number(field: number): number {
    const { data } = this;
    const end = this.ends[field];
    let value = 0;
    let scale = 0;
    let digits = 0;
    for (let at = this.starts[field]; at < end; at++) {
      const byte = data[at];
      if (byte === DOT && scale === 0) {
        scale = 1;
        continue;
      }
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      if (scale !== 0 && digits >= KEPT_DIGITS) continue;
      value = value * 10 + digit;
      digits++;
      if (scale !== 0) scale *= 10;
    }
    if (digits === 0 || digits > MOST_DIGITS) return Number.NaN;
    return scale === 0 ? value : value / scale;
  }
}
