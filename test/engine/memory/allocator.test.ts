import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { powerOfTwoFor, type Quantum, sizeClasses } from "../../../src/engine/memory/allocator.ts";

const quanta: readonly Quantum[] = [8, 16];

/** The classes as they are listed in anchors/engines-and-memory.md, 3.1; Debian's build lacks 24, 40 and 56. */
const CLASSES: Readonly<Record<Quantum, readonly number[]>> = {
  8: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1_024],
  16: [8, 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1_024],
};

describe("sizeClasses(quantum)", () => {
  it.each(quanta)("of %d has the known classes up to 1024 and no others", quantum => {
    const sizeClass = sizeClasses(quantum);
    const found = new Set<number>();
    for (let bytes = 1; bytes <= 1_024; bytes++) found.add(sizeClass(bytes));
    expect([...found]).toEqual(CLASSES[quantum]);
  });

  it.each([
    [1_025, 1_280],
    [14_336, 14_336],
    [14_337, 16_384],
    [16_385, 20_480],
    [24_577, 28_672],
    [32_769, 40_960],
    [1_048_577, 1_310_720],
  ])("rounds %d up to %d, with four classes per doubling", (bytes, expected) => {
    for (const quantum of quanta) expect(sizeClasses(quantum)(bytes)).toBe(expected);
  });

  it("rounds up, never down, never by more than a fifth above 128 bytes, and a class is its own class", () => {
    fc.assert(
      fc.property(fc.constantFrom(...quanta), fc.integer({ min: 1, max: 2 ** 34 }), (quantum, bytes) => {
        const sizeClass = sizeClasses(quantum);
        const rounded = sizeClass(bytes);
        expect(rounded).toBeGreaterThanOrEqual(bytes);
        if (bytes > 128) expect(rounded).toBeLessThan(bytes * 1.25);
        expect(sizeClass(rounded)).toBe(rounded);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("grows with the request, and quantum 16 never costs less than quantum 8", () => {
    const [eight, sixteen] = quanta.map(sizeClasses);
    const wrong: number[] = [];
    for (let bytes = 1; bytes < 70_000; bytes++) {
      if (eight(bytes + 1) < eight(bytes) || sixteen(bytes) < eight(bytes)) wrong.push(bytes);
    }
    expect(wrong).toEqual([]);
  });
});

describe("powerOfTwoFor(n)", () => {
  it.each([
    [0, 4],
    [4, 4],
    [5, 8],
    [100_000, 131_072],
    [131_072, 131_072],
  ])("powerOfTwoFor(%d) is %d", (n, buckets) => {
    expect(powerOfTwoFor(n)).toBe(buckets);
  });
});
