// Sorted integers in one block, all as wide as the widest one needs: the smallest form of a set. The block widens when a
// wider number comes and never narrows again.

/** Bytes in front of the numbers: width and count. */
const HEADER = 8;

type Integer = number | bigint;

function widthOf(value: Integer): 2 | 4 | 8 {
  if (value >= -32_768 && value <= 32_767) return 2;
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? 4 : 8;
}

export class Intset {
  private values: Integer[] = [];
  private width: 2 | 4 | 8 = 2;

  get size(): number {
    return this.values.length;
  }

  /** What the block asks from the allocator. */
  get request(): number {
    return HEADER + this.values.length * this.width;
  }

  /** Position of the first number that is not below `value`. */
  private position(value: Integer): number {
    const { values } = this;
    let low = 0;
    let high = values.length;
    // Numbers mostly come in ascending order.
    if (high > 0 && values[high - 1] < value) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(value: Integer): boolean {
    return this.values[this.position(value)] === value;
  }

  /** False when it was there. */
  add(value: Integer): boolean {
    const at = this.position(value);
    if (this.values[at] === value) return false;
    const width = widthOf(value);
    if (width > this.width) this.width = width;
    if (at === this.values.length) this.values.push(value);
    else this.values.splice(at, 0, value);
    return true;
  }

  delete(value: Integer): boolean {
    const at = this.position(value);
    if (this.values[at] !== value) return false;
    this.values.splice(at, 1);
    return true;
  }

  at(index: number): Integer {
    return this.values[index];
  }

  /** In ascending order. */
  forEach(visit: (value: Integer) => void): void {
    for (const value of this.values) visit(value);
  }

  /** Bytes of each number. */
  get numberBytes(): 2 | 4 | 8 {
    return this.width;
  }

  /** Makes the numbers at least so wide. */
  widen(width: 2 | 4 | 8): void {
    if (width > this.width) this.width = width;
  }

  clone(): Intset {
    const copy = new Intset();
    copy.values = this.values.slice();
    copy.width = this.width;
    return copy;
  }
}
