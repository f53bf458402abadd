import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listpackEntryBytes } from "../../../src/engine/memory/listpack.ts";
import { formatDouble } from "../../../src/engine/numbers.ts";
import { SortedSet } from "../../../src/engine/values/sorted-set.ts";
import type { LexBound } from "../../../src/engine/values/zset-form.ts";
import { testEngine } from "../harness.ts";

function engineWith(entries: number, value = 64) {
  return testEngine({
    profile: "valkey-8.0",
    parameters: { "zset-max-listpack-entries": String(entries), "zset-max-listpack-value": String(value) },
  });
}

function contents(zset: SortedSet): [string, number][] {
  const pairs: [string, number][] = [];
  zset.forEach((member, score) => {
    pairs.push([member, score]);
  });
  return pairs;
}

const member = fc.oneof(
  fc.constantFrom("a", "b", "c", "aa", "", "12", "-70000", "\xff"),
  fc.string({ maxLength: 30 }).map(text => text.replace(/[^\0-\xff]/gu, "?")),
);
const score = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0.5, 1e17, -1e-5, Infinity, -Infinity, 70_000));
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("set" as const), member, score }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("delete" as const), member }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("cut" as const), from: fc.nat(6), to: fc.nat(9) }) },
);
/** The listpack holds everything, or nothing, or the set becomes large on the way. */
const limit = fc.constantFrom(1_000, 0, 4);

describe("a sorted set", () => {
  it("agrees with a plain list and counts its own bytes", () => {
    fc.assert(
      fc.property(limit, fc.array(operation, { maxLength: 60, size: "max" }), (entries, operations) => {
        const engine = engineWith(entries);
        const zset = SortedSet.create(engine);
        let model = new Map<string, number>();
        const ordered = () =>
          [...model].sort(([a, left], [b, right]) => (left < right || (left === right && a < b) ? -1 : 1));
        for (const one of operations) {
          if (one.what === "set") {
            zset.set(one.member, one.score, engine);
            model.set(one.member, one.score);
          } else if (one.what === "delete") {
            expect(zset.delete(one.member, engine)).toBe(model.delete(one.member));
          } else {
            const interval = zset.rankInterval(one.from, one.to);
            const kept = ordered().filter((_, rank) => rank < interval.from || rank >= interval.to);
            zset.removeInterval(interval, engine);
            model = new Map(kept);
          }
        }
        const expected = ordered();
        expect(contents(zset)).toEqual(expected);
        expect(zset.size).toBe(expected.length);
        for (const [rank, [name, value]] of expected.entries()) {
          const handle = zset.locate(name);
          expect([zset.rankAt(handle), zset.scoreAt(handle), zset.memberAt(handle)]).toEqual([rank, value, name]);
        }
        if (zset.encoding === "listpack") {
          const packed = expected.map(
            ([name, value]) => listpackEntryBytes(name) + listpackEntryBytes(formatDouble(value)),
          );
          expect(zset.bytes).toBe(engine.sizeClass(7 + packed.reduce((sum, bytes) => sum + bytes, 0)));
        } else {
          // Counted node by node, which for this allocator is the sum that is kept but for the rounding of the mean.
          expect(Math.abs(zset.sampledBytes(0) - zset.bytes)).toBeLessThanOrEqual(1);
          expect(zset.table!.size).toBe(expected.length);
        }
        const copy = zset.clone();
        expect([copy.encoding, contents(copy)]).toEqual([zset.encoding, expected]);
        zset.set("only here", 1, engine);
        expect(copy.scoreOf("only here")).toBeUndefined();
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  it("finds the same ranges of scores and members in both encodings", () => {
    const bound: fc.Arbitrary<LexBound> = fc.record({
      end: fc.constantFrom(-1, 0, 0, 0, 1),
      member,
      exclusive: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { maxLength: 20 }),
        bound,
        bound,
        fc.tuple(score, score, fc.boolean(), fc.boolean()),
        (members, min, max, [low, high, minExclusive, maxExclusive]) => {
          const [small, large] = [engineWith(1_000), engineWith(0)].map(engine => {
            const lex = SortedSet.of(
              engine,
              members.map(name => [name, 0] as const),
            );
            const scored = SortedSet.of(
              engine,
              members.map((name, i) => [name, (i % 11) - 5] as const),
            );
            const range = { min: low, max: high, minExclusive, maxExclusive };
            const intervals = [lex.lexInterval({ min, max }), lex.lexInterval({ min, max }, true)];
            return [...intervals, scored.scoreInterval(range)].map(({ from, to }) => (from < to ? [from, to] : []));
          });
          expect(large).toEqual(small);
          const inside = (name: string) =>
            (min.end < 0 || (min.end === 0 && (min.exclusive ? name > min.member : name >= min.member))) &&
            (max.end > 0 || (max.end === 0 && (max.exclusive ? name < max.member : name <= max.member)));
          const [from = 0, to = 0] = small[0];
          expect(to - from).toBe(members.filter(inside).length);
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it("becomes a skip list with the first member too many or too long, and stays one", () => {
    const engine = engineWith(2, 3);
    const zset = SortedSet.create(engine);
    zset.set("a", 1, engine);
    zset.set("b", 2, engine);
    expect(zset.encoding).toBe("listpack");
    zset.set("c", 3, engine);
    expect(zset.encoding).toBe("skiplist");
    zset.delete("a", engine);
    expect(zset.encoding).toBe("skiplist");
    const long = SortedSet.create(engine);
    long.set("abcd", 1, engine);
    expect(long.encoding).toBe("skiplist");
    expect(SortedSet.create(engine, 3).encoding).toBe("skiplist");
    expect(SortedSet.create(engine, 0, 4).encoding).toBe("skiplist");
  });
});
