// One thing that a shape must have enough of, and the one that it lacks most.

export interface Dimension {
  readonly name: string;
  readonly needed: number;
  readonly available: number;
  readonly unit: "bytes" | "share" | "ns" | "replicas" | "cores" | "rate" | "times";
  /** needed over available, turned so that above one it does not fit. */
  readonly ratio: number;
}

/** Keeps the dimension with the greatest ratio: a plan looks at ten for each of thousands of shapes, and one of them is told. */
export class Tightest implements Dimension {
  name = "";
  needed = 0;
  available = 0;
  unit: Dimension["unit"] = "share";
  ratio = Number.NEGATIVE_INFINITY;

  add(name: string, needed: number, available: number, unit: Dimension["unit"], ratio: number): void {
    if (ratio <= this.ratio) return;
    this.name = name;
    this.needed = needed;
    this.available = available;
    this.unit = unit;
    this.ratio = ratio;
  }

  most(name: string, needed: number, available: number, unit: Dimension["unit"]): void {
    this.add(name, needed, available, unit, needed / Math.max(1e-12, available));
  }

  atLeast(name: string, available: number, needed: number): void {
    this.add(name, needed, available, "replicas", available >= needed ? 0 : needed + 1 - available);
  }

  /** A share of hits that must be reached; the ratio is that of the misses. */
  hitsAtLeast(needed: number, available: number): void {
    this.add("hit rate", needed, available, "share", (1 - available) / Math.max(1e-9, 1 - needed));
  }
}

export function worst(a: Dimension, b: Dimension): Dimension {
  return b.ratio > a.ratio ? b : a;
}
