// Draws by name: each part of a case has a stream of its own, so that one more draw in a part leaves the others as they are.

import { randomFrom, streamSeed } from "../../sim/random.ts";

export class Dice {
  private readonly random;

  constructor(seed: number, part: string) {
    this.random = randomFrom(streamSeed(seed, 0, `fuzz/${part}`));
  }

  below(n: number): number {
    return this.random.below(n);
  }

  whole(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  oneOf<T>(...values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** One time in n. */
  rarely(n: number): boolean {
    return this.below(n) === 0;
  }
}
