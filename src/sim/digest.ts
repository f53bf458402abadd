// The fingerprint of a run: a 64-bit hash over the events in the order they ran. Two runs that agree in it did the
// same things at the same instants, so "same seed, same result" can be checked without comparing whole results.

export class EventDigest {
  private low = 0x243f6a88 | 0;
  private high = 0x85a308d3 | 0;

  /** Mixes one event in. Times above 2^32 ns enter with both halves. */
  add(timeNs: number, target: number, kind: number, a: number, b: number): void {
    let low = this.low;
    let high = this.high;
    low = Math.imul(low ^ (timeNs | 0), 0x9e3779b1);
    high = Math.imul(high ^ ((timeNs / 4_294_967_296) | 0) ^ (target << 8) ^ kind, 0x85ebca6b);
    low ^= (high >>> 15) ^ (a | 0);
    high ^= (low >>> 13) ^ (b | 0);
    this.low = Math.imul(low, 0xc2b2ae35);
    this.high = Math.imul(high, 0x27d4eb2f) ^ (this.low >>> 16);
  }

  /** Mixes text in: labels of control-plane events, observed outcomes. */
  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i), i, 0, 0, 0);
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    return (this.high >>> 0).toString(16).padStart(8, "0") + (this.low >>> 0).toString(16).padStart(8, "0");
  }
}
