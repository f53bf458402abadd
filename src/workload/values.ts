// Value sizes. By default a key's size is its own and stays: it is drawn from the distribution with a stream that
// belongs to the key, so that it does not depend on when, or how often, the key is asked for. `perWrite` draws a new
// size for every write instead.

import { VirtualBytes } from "../engine/bytes.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import type { Random } from "../sim/random.ts";

/** The largest value that the engine takes (proto-max-bulk-len). */
export const MAX_VALUE_BYTES = 512 * 1_048_576;

/** A cheap generator seeded by one integer: enough for the one or two draws that a size needs. */
class KeyStream implements Random {
  private state = 0;

  seed(value: number): this {
    this.state = (Math.imul(value + 1, 0x9e3779b1) ^ 0x5bd1e995) | 0;
    return this;
  }

  /** Murmur's finaliser over a Weyl sequence: 32 good bits per step. */
  uint32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  quick(): number {
    return this.uint32() / 4_294_967_296;
  }

  next(): number {
    return (this.uint32() + (this.uint32() >>> 11) / 2_097_152) / 4_294_967_296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }
}

export class ValueTable {
  private readonly stream = new KeyStream();
  private readonly values: (VirtualBytes | undefined)[];

  constructor(
    keyCount: number,
    private readonly sizes: Distribution,
    private readonly perWrite: boolean,
    /** Used for draws per write only. */
    private readonly random: Random,
  ) {
    this.values = new Array(perWrite ? 0 : keyCount);
  }

  /** The value that a write stores under a key. */
  value(key: number): VirtualBytes {
    if (this.perWrite) return new VirtualBytes(wholeBytes(this.sizes.sample(this.random)), key);
    const known = this.values[key];
    if (known !== undefined) return known;
    const made = new VirtualBytes(wholeBytes(this.sizes.sample(this.stream.seed(key))), key);
    this.values[key] = made;
    return made;
  }
}

function wholeBytes(size: number): number {
  return Math.min(MAX_VALUE_BYTES, Math.max(0, Math.round(size)));
}
