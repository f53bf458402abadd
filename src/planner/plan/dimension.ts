// One thing that a shape must have enough of.

export interface Dimension {
  readonly name: string;
  readonly needed: number;
  readonly available: number;
  readonly unit: "bytes" | "share" | "ns" | "replicas" | "cores" | "rate" | "times";
  /** needed over available, turned so that above one it does not fit. */
  readonly ratio: number;
}

export function most(name: string, needed: number, available: number, unit: Dimension["unit"]): Dimension {
  return { name, needed, available, unit, ratio: needed / Math.max(1e-12, available) };
}

export function atLeast(name: string, available: number, needed: number): Dimension {
  return { name, needed, available, unit: "replicas", ratio: available >= needed ? 0 : needed + 1 - available };
}

/** A share of hits that must be reached; the ratio is that of the misses. */
export function hitsAtLeast(needed: number, available: number): Dimension {
  return {
    name: "hit rate",
    needed,
    available,
    unit: "share",
    ratio: (1 - available) / Math.max(1e-9, 1 - needed),
  };
}

export function worst(dimensions: readonly Dimension[]): Dimension {
  return dimensions.reduce((found, one) => (one.ratio > found.ratio ? one : found));
}
