// Sets and hashes against plain ones, and their bytes against a count from scratch.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listpackEntryBytes } from "../../../src/engine/memory/listpack.ts";
import { sdsRequest } from "../../../src/engine/memory/sds.ts";
import { chooseInOrder } from "../../../src/engine/values/draw.ts";
import { HashValue } from "../../../src/engine/values/hash.ts";
import { Intset } from "../../../src/engine/values/intset.ts";
import { SetValue } from "../../../src/engine/values/set.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { testEngine } from "../harness.ts";

const profile = fc.constantFrom("redis-7.0", "valkey-7.2", "valkey-8.0");
const limits = fc.constantFrom("3", "8", "512");
const member = fc.oneof(
  fc.integer({ min: -3, max: 40 }).map(String),
  fc.constantFrom("40000", "-3000000000", "9223372036854775807", "", "a", "b", "x".repeat(64), "y".repeat(65)),
);
const steps = fc.array(fc.tuple(fc.constantFrom("add", "add", "delete"), member, member), { maxLength: 120 });

function engineOf(name: string, limit: string) {
  const later: Record<string, string> = name === "redis-7.0" ? {} : { "set-max-listpack-entries": limit };
  return testEngine({
    profile: name,
    parameters: { "set-max-intset-entries": limit, "hash-max-listpack-entries": limit, ...later },
  });
}

describe("SetValue", () => {
  it("holds what was added and not removed; its bytes are those of a count from scratch", () => {
    fc.assert(
      fc.property(profile, limits, steps, (name, limit, list) => {
        const engine = engineOf(name, limit);
        const { sizeClass: s } = engine;
        const set = SetValue.for(list[0]?.[1] ?? "a", 1, engine);
        const model = new Set<string>();
        for (const [what, one] of list) {
          const changed = what === "add" ? set.add(one, engine) : set.delete(one, engine);
          expect(changed).toBe(what === "add" ? !model.has(one) : model.has(one));
          if (what === "add") model.add(one);
          else model.delete(one);
        }
        const sum = (bytes: (one: string) => number) => [...model].reduce((total, one) => total + bytes(one), 0);
        expect(set.elements).toBe(model.size);
        expect([...model].every(one => set.has(one))).toBe(true);
        expect(set.members().sort()).toEqual([...model].sort());
        const { table } = set;
        if (table !== null) {
          const entries = name === "redis-7.0" ? model.size * s(24) : (model.size - table.occupiedBuckets) * s(16);
          expect(set.bytes).toBe(s(56) + table.tableBytes + entries + sum(one => s(sdsRequest(one.length))));
        } else if (set.encoding === "listpack") {
          expect(set.bytes).toBe(s(7 + sum(listpackEntryBytes)));
        }
        const copy = set.clone();
        expect([copy.encoding, copy.members().sort()]).toEqual([set.encoding, [...model].sort()]);
        copy.add("only in the copy", engine);
        expect(set.has("only in the copy")).toBe(false);
      }),
    );
  });
});

describe("HashValue", () => {
  it("holds what was set last; its bytes are those of a count from scratch", () => {
    fc.assert(
      fc.property(profile, limits, steps, (name, limit, list) => {
        const engine = engineOf(name, limit);
        const { sizeClass: s } = engine;
        const hash = HashValue.empty(engine);
        const model = new Map<string, string>();
        for (const [what, field, value] of list) {
          if (what === "add") {
            expect(hash.set(field, value, engine)).toBe(!model.has(field));
            model.set(field, value);
          } else {
            expect(hash.delete(field, engine)).toBe(model.delete(field));
          }
        }
        const sum = (bytes: (one: string) => number) =>
          [...model].reduce((total, [field, value]) => total + bytes(field) + bytes(value), 0);
        expect(new Map(hash.pairs())).toEqual(model);
        expect(hash.elements).toBe(model.size);
        const { table } = hash;
        expect(hash.bytes).toBe(
          table === null
            ? s(7 + sum(listpackEntryBytes))
            : s(56) + table.tableBytes + model.size * s(24) + sum(one => s(sdsRequest(one.length))),
        );
        const copy = hash.clone();
        copy.set("only in the copy", "1", engine);
        expect(hash.has("only in the copy")).toBe(false);
      }),
    );
  });
});

describe("Intset", () => {
  it("stays sorted and as wide as its widest number ever", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n })), numbers => {
        const set = new Intset();
        const distinct = new Set(numbers.map(Number));
        for (const number of numbers) set.add(Number(number));
        const all = Array.from({ length: set.size }, (_, i) => Number(set.at(i)));
        expect(all).toEqual([...distinct].sort((a, b) => a - b));
        const wide = numbers.some(n => n < -(2n ** 31n) || n >= 2n ** 31n);
        const middle = numbers.some(n => n < -(2n ** 15n) || n >= 2n ** 15n);
        expect(set.request).toBe(8 + distinct.size * (wide ? 8 : middle ? 4 : 2));
      }),
    );
  });
});

describe("chooseInOrder(items, count, random)", () => {
  it("chooses every item equally often", () => {
    const random = randomFrom("choose");
    const counts = new Array(6).fill(0);
    for (let i = 0; i < 6_000; i++) for (const at of chooseInOrder([0, 1, 2, 3, 4, 5], 2, random).chosen) counts[at]++;
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});
