import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { powerOfTwoFor, type Quantum } from "../../../src/engine/memory/allocator.ts";
import { EMBEDDED, INT, type Layout, RAW, SHARED_INT, type StringForm } from "../../../src/engine/memory/layout.ts";
import { EMBEDDED_LIMIT, grownCapacity, sdsHeader } from "../../../src/engine/memory/sds.ts";
import { engineProfile, PROFILE_NAMES } from "../../../src/engine/profile.ts";

interface Case {
  readonly layout: Layout;
  readonly key: number;
  readonly ttl: boolean;
  readonly form: StringForm;
  readonly capacity: number;
}

const layouts = PROFILE_NAMES.flatMap(name =>
  ([8, 16] as Quantum[]).flatMap(quantum =>
    [false, true].map(inCluster => engineProfile(name)!.layout(quantum, inCluster)),
  ),
);

const size = fc.oneof(fc.nat(70), fc.nat(400), fc.nat(70_000));
const anyCase: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(...layouts), size, fc.boolean(), fc.constantFrom(SHARED_INT, INT, EMBEDDED, RAW), size)
  .map(([layout, key, ttl, form, length]) => {
    const capacity = form === EMBEDDED ? Math.min(length, EMBEDDED_LIMIT) : form === RAW ? length : 0;
    return { layout, key, ttl, form, capacity };
  });

const bytesOf = ({ layout, key, ttl, form, capacity }: Case) => layout.stringBytes(key, ttl, form, capacity);

describe("every layout", () => {
  it("visitString(…) goes through allocations that sum to stringBytes(…)", () => {
    fc.assert(
      fc.property(anyCase, one => {
        let sum = 0;
        let rewritten = 0;
        one.layout.visitString(one.key, one.ttl, one.form, one.capacity, (bytes, writes) => {
          sum += bytes;
          if (writes) rewritten++;
        });
        expect(sum).toBe(bytesOf(one));
        expect(rewritten).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });

  it("stringBytes(…) never costs less for a longer value of the same form, a longer key, or a TTL", () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 1, max: 64 }), (one, more) => {
        const longer = one.form === EMBEDDED ? Math.min(one.capacity + more, EMBEDDED_LIMIT) : one.capacity + more;
        if (one.form === EMBEDDED || one.form === RAW) {
          expect(bytesOf({ ...one, capacity: longer })).toBeGreaterThanOrEqual(bytesOf(one));
        }
        expect(bytesOf({ ...one, key: one.key + more })).toBeGreaterThanOrEqual(bytesOf(one));
        expect(bytesOf({ ...one, ttl: true })).toBeGreaterThanOrEqual(bytesOf({ ...one, ttl: false }));
      }),
      { seed: 2, numRuns: 5_000 },
    );
  });

  it("stringBytes(…) holds key and value, and an integer costs less than a string", () => {
    fc.assert(
      fc.property(anyCase, one => {
        expect(bytesOf(one)).toBeGreaterThanOrEqual(one.key + one.capacity);
        const shared = bytesOf({ ...one, form: SHARED_INT, capacity: 0 });
        const integer = bytesOf({ ...one, form: INT, capacity: 0 });
        expect(shared).toBeLessThanOrEqual(integer);
        expect(integer).toBeLessThanOrEqual(bytesOf({ ...one, form: EMBEDDED, capacity: EMBEDDED_LIMIT }));
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });

  it("memoryUsage(…) leaves the expiry out, and says of a shared integer what its own would take", () => {
    fc.assert(
      fc.property(anyCase, one => {
        const { layout, key, form, capacity } = one;
        expect(layout.memoryUsage(key, SHARED_INT, 0)).toBe(layout.memoryUsage(key, INT, 0));
        // Sizes are named without rounding, and cluster chains as the versions do: a few bytes, never a value.
        expect(Math.abs(layout.memoryUsage(key, form, capacity) - bytesOf({ ...one, ttl: false }))).toBeLessThanOrEqual(
          24,
        );
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it("collectionKeyBytes(…) is what an integer key takes: entry, key, header, expiry", () => {
    fc.assert(
      fc.property(anyCase, ({ layout, key, ttl }) => {
        expect(layout.collectionKeyBytes(key, ttl)).toBe(layout.stringBytes(key, ttl, INT, 0));
      }),
      { seed: 5 },
    );
  });
});

describe("the layouts of 8.1 and 9.0", () => {
  const layout = (name: string, quantum: Quantum = 8) => engineProfile(name)!.layout(quantum, false);
  const MILLION = 1_000_000;

  it.each([
    // Third-party figures for a million keys with values of 8 bytes, quantum 16 (anchors/engines-and-memory.md, 3.8).
    ["redis-7.0", 14, false, 88],
    ["redis-7.0", 16, false, 104],
    ["redis-7.0", 14, true, 128],
    ["valkey-8.1", 14, false, 65],
    ["valkey-8.1", 16, false, 65],
    ["valkey-8.1", 14, true, 99],
  ])("%s, key of %d, TTL %s: %d bytes a key with its share of the tables", (name, key, ttl, published) => {
    const one = layout(name, 16);
    const table = one.newTable().bytes(powerOfTwoFor(MILLION), MILLION) / MILLION;
    const perKey = one.stringBytes(key, ttl, EMBEDDED, 8) + (ttl ? 2 : 1) * table;
    expect(Math.abs(perKey / published - 1)).toBeLessThan(0.02);
  });

  it("cost no more per key than 8.0 does with its bucket pointers, for keys and values up to 100 bytes", () => {
    const [old, ...recent] = ["valkey-8.0", "valkey-8.1", "valkey-9.0"].map(name => layout(name));
    for (let key = 1; key <= 100; key++) {
      for (let length = 0; length <= 100; length++) {
        const form = length <= EMBEDDED_LIMIT ? EMBEDDED : RAW;
        // Buckets: 8 to 16 bytes a key in 8.0, 10 to 20 in the new table.
        for (const one of recent) {
          expect(one.stringBytes(key, false, form, length)).toBeLessThanOrEqual(
            old.stringBytes(key, false, form, length) + 8,
          );
        }
      }
    }
  });

  it("newTable() takes 10 to 21 bytes a key, whatever the number of keys, and does not thrash", () => {
    const table = layout("valkey-8.1").newTable();
    let changes = 0;
    let last = 0;
    for (let used = 1; used <= 200_000; used += 61) {
      const bytes = table.bytes(0, used);
      if (used > 100) {
        expect(bytes / used).toBeGreaterThan(9.1);
        expect(bytes / used).toBeLessThan(21);
      }
      if (bytes > 1.5 * last) changes++;
      last = bytes;
    }
    expect(changes).toBeLessThan(40);
    const full = table.bytes(0, 200_000);
    // Taking most keys out keeps the buckets until one in eight is used.
    expect(table.bytes(0, 60_000)).toBeGreaterThan(full * 0.6);
    expect(table.bytes(0, 10_000)).toBeLessThan(full / 4);
    expect(table.bytes(0, 0)).toBe(0);
  });
});

describe("strings that grow", () => {
  it("grownCapacity(n) asks for twice the length below 1 MiB and for 1 MiB more above", () => {
    expect(grownCapacity(100)).toBe(200);
    expect(grownCapacity(1_048_575)).toBe(2_097_150);
    expect(grownCapacity(1_048_576)).toBe(2_097_152);
    expect(grownCapacity(3_000_000)).toBe(4_048_576);
  });

  it.each([
    [0, 1],
    [31, 1],
    [32, 3],
    [252, 3],
    [253, 5],
    [65_530, 5],
    [65_531, 9],
  ])("sdsHeader(%d) is %d", (length, header) => {
    expect(sdsHeader(length)).toBe(header);
  });

  it("slotDictBytes(keys) of 8.0 in cluster mode is nothing for an empty slot, else 80 and 8 per bucket", () => {
    const { slotDictBytes } = engineProfile("valkey-8.0")!.layout(8, true);
    expect([0, 1, 4, 5, 100].map(keys => slotDictBytes!(keys))).toEqual([0, 112, 112, 144, 80 + 8 * 128]);
    expect(engineProfile("valkey-8.0")!.layout(8, false).slotDictBytes).toBeNull();
  });
});
