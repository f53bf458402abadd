import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventDigest } from "../../src/sim/digest.ts";

type Row = readonly [timeNs: number, target: number, kind: number, a: number, b: number];

const digestOf = (rows: readonly Row[]): string => {
  const digest = new EventDigest();
  for (const row of rows) digest.add(...row);
  return digest.toString();
};

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.integer({ min: 0, max: 2 ** 52 }),
  fc.integer({ min: -1, max: 10_000 }),
  fc.nat(255),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

describe("EventDigest", () => {
  test("is the same on every machine", () => {
    expect(new EventDigest().toString()).toBe("85a308d3243f6a88");
    expect(digestOf([[1_000_000_007, 3, 2, 41, -7]])).toBe("46df2cb22ab52bc5");
  });

  test("sees each field of each event, however little it changes", () => {
    const change = fc.record({ field: fc.nat(4), bit: fc.nat(30) });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8, size: "max" }),
        fc.nat(),
        change,
        (rows, which, { field, bit }) => {
          const at = which % rows.length;
          const changed = rows.map((old, i) => {
            const fields: [number, number, number, number, number] = [...old];
            // Kinds are below 256 and targets far below 2^24, so their changes stay in that range too.
            const flip = field === 1 || field === 2 ? 2 ** (bit % 8) : 2 ** bit;
            if (i === at) fields[field] += fields[field] % (2 * flip) >= flip ? -flip : flip;
            return fields;
          });
          expect(digestOf(changed)).not.toBe(digestOf(rows));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("sees the order of events", () => {
    fc.assert(
      fc.property(row, row, (first, second) => {
        fc.pre(first.some((field, i) => field !== second[i]));
        expect(digestOf([first, second])).not.toBe(digestOf([second, first]));
      }),
      { numRuns: 1_000 },
    );
  });

  test("sees times apart by multiples of 2^32", () => {
    const digests = Array.from({ length: 1_000 }, (_, i) => digestOf([[5 + i * 2 ** 32, 0, 0, 0, 0]]));
    expect(new Set(digests).size).toBe(1_000);
  });

  test("a grid of like events has no two digests alike", () => {
    const seen = new Set<string>();
    for (let time = 0; time < 20; time++)
      for (let target = 0; target < 10; target++)
        for (let kind = 0; kind < 10; kind++)
          for (let a = 0; a < 10; a++) for (let b = 0; b < 5; b++) seen.add(digestOf([[time, target, kind, a, b]]));
    expect(seen.size).toBe(20 * 10 * 10 * 10 * 5);
  });

  test("addText tells texts apart, also by the order of their letters", () => {
    const digests = ["", "a", "aa", "ab", "ba", "failover", "failover "].map(text => {
      const digest = new EventDigest();
      digest.addText(text);
      return digest.toString();
    });
    expect(new Set(digests).size).toBe(digests.length);
  });
});
