// The generator behind math.random: the 48-bit one of the C library, so that a seed gives the numbers that it gives there.

const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
const MASK = (1n << 48n) - 1n;
const START = 0x1234abcd330en;

export class Lrand48 {
  private state = START;

  /** The next 31 bits. */
  next(): number {
    this.state = (this.state * MULTIPLIER + INCREMENT) & MASK;
    return Number(this.state >> 17n);
  }

  seed(seed: number): void {
    this.state = (BigInt.asUintN(32, BigInt(seed | 0)) << 16n) | 0x330en;
  }
}
