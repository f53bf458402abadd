import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Records } from "../../src/engine/records.ts";

interface Fields {
  hash: number;
  type: number;
  lru: number;
  bytes: number;
  slot: number;
  expiry: number;
  nextMain: number;
  nextExpires: number;
}

const int32 = fc.integer();
const field: fc.Arbitrary<[keyof Fields, number]> = fc.oneof(
  fc.tuple(fc.constant("type" as const), fc.nat(5)),
  fc.tuple(fc.constant("lru" as const), fc.nat(0xffffff)),
  fc.tuple(fc.constant("bytes" as const), fc.nat(0xffffffff)),
  fc.tuple(fc.constant("slot" as const), fc.nat(16_383)),
  fc.tuple(fc.constant("expiry" as const), fc.oneof(fc.constant(-1), fc.maxSafeNat(), fc.constant(2 ** 62))),
  fc.tuple(fc.constant("nextMain" as const), int32),
  fc.tuple(fc.constant("nextExpires" as const), int32),
);

function write(records: Records, entry: number, name: keyof Fields, value: number): void {
  if (name === "type") records.setType(entry, value);
  else if (name === "lru") records.setLru(entry, value);
  else if (name === "bytes") records.setBytes(entry, value);
  else if (name === "slot") records.setSlot(entry, value);
  else if (name === "expiry") records.setExpiry(entry, value);
  else if (name === "nextMain") records.setNext(entry, Records.NEXT_MAIN, value);
  else if (name === "nextExpires") records.setNext(entry, Records.NEXT_EXPIRES, value);
}

function read(records: Records, entry: number): Fields {
  return {
    hash: records.hash(entry),
    type: records.type(entry),
    lru: records.lru(entry),
    bytes: records.bytes(entry),
    slot: records.slot(entry),
    expiry: records.expiry(entry),
    nextMain: records.next(entry, Records.NEXT_MAIN),
    nextExpires: records.next(entry, Records.NEXT_EXPIRES),
  };
}

describe("Records", () => {
  it("setX(entry, value) changes that field of that entry and nothing else, across growth of the buffer", () => {
    const writes = fc.array(fc.tuple(fc.nat(199), field), { maxLength: 300, size: "max" });
    fc.assert(
      fc.property(writes, changes => {
        const records = new Records();
        const model: Fields[] = [];
        for (let i = 0; i < 200; i++) {
          const entry = records.allocate(i * 7_919, i % 6, i);
          expect(entry).toBe(i);
          model.push(read(records, entry));
          for (const [at, [name, value]] of changes) {
            if (at !== i) continue;
            write(records, at, name, value);
            model[at][name] = value;
          }
        }
        model.forEach((fields, entry) => {
          expect(read(records, entry)).toEqual(fields);
        });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("allocate(hash, type, lru) after release(entry) uses the place again and starts it afresh", () => {
    const records = new Records();
    const first = records.allocate(1, 2, 3);
    records.setExpiry(first, 5_000);
    records.setBytes(first, 77);
    records.release(first);
    const again = records.allocate(-9, 4, 0xffffff);
    expect(again).toBe(first);
    expect(records.limit).toBe(1);
    expect(read(records, again)).toMatchObject({ hash: -9, type: 4, lru: 0xffffff, bytes: 0, expiry: -1 });
  });

  it("clear() forgets all entries", () => {
    const records = new Records();
    for (let i = 0; i < 100; i++) records.allocate(i, 0, 0);
    records.release(50);
    records.clear();
    expect(records.limit).toBe(0);
    expect(records.allocate(5, 0, 0)).toBe(0);
  });
});
