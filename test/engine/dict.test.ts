import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dict, NONE } from "../../src/engine/dict.ts";
import { Records } from "../../src/engine/records.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { chiSquareTail } from "../sim/goodness.ts";

/** A dict with its records, the set of what should be in it, and a policy that tests can change. */
class Bench {
  readonly records = new Records();
  readonly policy = { allow: () => true, forcedGrowth: 5, childActive: false };
  readonly live = new Set<number>();
  resizes = 0;
  readonly dict = new Dict(this.records, Records.NEXT_MAIN, this.policy, () => this.resizes++);

  add(hash: number): number {
    const entry = this.records.allocate(hash, 0, 0);
    this.dict.insert(entry);
    this.live.add(entry);
    return entry;
  }

  remove(entry: number): void {
    this.dict.remove(entry);
    this.records.release(entry);
    this.live.delete(entry);
  }

  finishRehash(): void {
    while (this.dict.rehashing) this.dict.rehash(100);
  }

  /** Whether a look-up by hash comes upon the entry. */
  finds(entry: number): boolean {
    const { dict, records } = this;
    const hash = records.hash(entry);
    for (const first of [dict.first(hash), dict.firstOfNew(hash)]) {
      for (let at = first; at !== NONE; at = dict.following(at)) if (at === entry) return true;
    }
    return false;
  }

  /** Entries by a walk over all buckets. */
  walked(): Set<number> {
    const seen = new Set<number>();
    for (let bucket = 0; bucket < this.dict.buckets; bucket++) this.dict.visitBucket(bucket, entry => seen.add(entry));
    return seen;
  }
}

/** A dict of `count` keys in which every bucket holds one. */
function filled(count: number): Bench {
  const bench = new Bench();
  for (let hash = 0; hash < count; hash++) bench.add(hash);
  bench.finishRehash();
  return bench;
}

type Step = readonly [what: "add" | "remove" | "rehash" | "shrink" | "child", argument: number];

const steps = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constant("add" as const), fc.integer()) },
      { weight: 5, arbitrary: fc.tuple(fc.constant("remove" as const), fc.nat()) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("rehash" as const), fc.integer({ min: 1, max: 8 })) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("shrink" as const), fc.constant(0)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("child" as const), fc.nat(1)) },
    ),
    { maxLength, size: "max" },
  );

function perform(bench: Bench, [what, argument]: Step, keep: ReadonlySet<number> = new Set()): void {
  if (what === "add") bench.add(argument);
  else if (what === "rehash") bench.dict.rehash(argument);
  else if (what === "shrink") bench.dict.shrinkIfSparse(0.1);
  else if (what === "child") bench.policy.childActive = argument === 1;
  else {
    const victims = [...bench.live].filter(entry => !keep.has(entry));
    if (victims.length > 0) bench.remove(victims[argument % victims.length]);
  }
}

describe("Dict", () => {
  it("insert, remove, rehash in any order leave exactly the live entries, each found by its hash", () => {
    fc.assert(
      fc.property(steps(250), sequence => {
        const bench = new Bench();
        for (const step of sequence) perform(bench, step);
        expect(bench.dict.size).toBe(bench.live.size);
        expect(bench.walked()).toEqual(bench.live);
        for (const entry of bench.live) expect(bench.finds(entry)).toBe(true);
      }),
      { seed: 1 },
    );
  });

  it("remove(entry) of one that is not there changes nothing", () => {
    const bench = filled(8);
    const outside = bench.records.allocate(3, 0, 0);
    bench.dict.remove(outside);
    expect(bench.dict.size).toBe(8);
    expect(bench.walked()).toEqual(bench.live);
  });

  it("insert(entry) doubles the table when it is full and holds both until the rehash is over", () => {
    const bench = filled(4);
    expect(bench.dict.buckets).toBe(4);
    bench.add(4);
    expect(bench.dict.rehashing).toBe(true);
    expect(bench.dict.buckets).toBe(4 + 8);
    bench.finishRehash();
    expect(bench.dict.buckets).toBe(8);
  });

  it("every insert moves one bucket: a growth from n buckets ends with the nth insert, when the next one is due", () => {
    const bench = filled(1_024);
    bench.add(1_024);
    for (let hash = 1_025; hash < 2_048; hash++) bench.add(hash);
    expect(bench.dict.rehashing).toBe(true);
    expect(bench.dict.rehash(1)).toBe(false);
    expect(bench.dict.buckets).toBe(2_048);
  });

  it("insert(entry) does not grow while the policy refuses, and catches up afterwards", () => {
    const bench = new Bench();
    let asked = 0;
    bench.policy.allow = () => ++asked < 0;
    for (let hash = 0; hash < 40; hash++) bench.add(hash);
    expect(bench.dict.buckets).toBe(4);
    expect(asked).toBe(36);
    bench.policy.allow = () => true;
    bench.add(40);
    bench.finishRehash();
    expect(bench.dict.buckets).toBe(64);
    expect(bench.walked()).toEqual(bench.live);
  });

  it("while a child saves it grows only past the forced load, and moves nothing below that ratio", () => {
    const bench = filled(4);
    bench.policy.childActive = true;
    // The load is a whole number to the server: more than five times as many keys as buckets are needed.
    for (let hash = 4; hash < 24; hash++) bench.add(hash);
    expect(bench.dict.buckets).toBe(4);
    bench.add(24);
    expect(bench.dict.buckets).toBe(4 + 32);
    expect(bench.dict.rehash(100)).toBe(false);

    const small = filled(4);
    small.add(4);
    small.policy.childActive = true;
    for (let i = 0; i < 10; i++) small.dict.rehash(100);
    expect(small.dict.rehashing).toBe(true);
  });

  it("shrinkIfSparse(below) shrinks to the next power of two that holds the keys, at least 4", () => {
    const bench = filled(1_024);
    for (const entry of [...bench.live].slice(0, 1_024 - 102)) bench.remove(entry);
    bench.dict.shrinkIfSparse(0.1);
    bench.finishRehash();
    expect(bench.dict.buckets).toBe(128);
    expect(bench.walked()).toEqual(bench.live);
    for (const entry of [...bench.live].slice(1)) bench.remove(entry);
    bench.dict.shrinkIfSparse(0.1);
    bench.finishRehash();
    expect(bench.dict.buckets).toBe(4);
    const exact = filled(16);
    for (const entry of [...exact.live].slice(2)) exact.remove(entry);
    exact.dict.shrinkIfSparse(0.1);
    expect(exact.dict.rehashing).toBe(false);
    exact.dict.shrinkIfSparse(0.125); // two of sixteen are just one in eight
    expect(exact.dict.rehashing).toBe(true);
  });

  it("tells its owner of every change in the number of buckets", () => {
    const bench = new Bench();
    let last = 0;
    for (let hash = 0; hash < 300; hash++) {
      const told = bench.resizes;
      bench.add(hash);
      if (bench.dict.buckets !== last) expect(bench.resizes).toBeGreaterThan(told);
      last = bench.dict.buckets;
    }
    bench.dict.clear();
    expect(bench.dict.buckets).toBe(0);
    expect(bench.dict.size).toBe(0);
  });
});

describe("Dict.scan", () => {
  it("shows every entry that stays throughout, however the table grows and shrinks between the steps", () => {
    const start = fc.array(fc.integer(), { minLength: 1, maxLength: 120, size: "max" });
    fc.assert(
      fc.property(start, fc.array(steps(30), { maxLength: 60, size: "max" }), fc.nat(), (hashes, between, salt) => {
        const bench = new Bench();
        for (const hash of hashes) bench.add(hash);
        const staying = new Set([...bench.live].filter(entry => (entry ^ salt) % 3 !== 0));
        const seen = new Set<number>();
        let cursor = 0;
        let step = 0;
        do {
          cursor = bench.dict.scan(cursor, entry => seen.add(entry));
          for (const change of between[step] ?? []) perform(bench, change, staying);
          expect(++step).toBeLessThan(5_000);
        } while (cursor !== 0);
        expect([...staying].filter(entry => !seen.has(entry))).toEqual([]);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("shows every entry that stays when the visitor itself removes others, in the middle of a rehash", () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 400 }), fc.nat(), (count, salt) => {
        const bench = new Bench();
        // Few buckets in use, and full ones: a step visits many entries.
        for (let i = 0; i < count; i++) bench.add(Math.imul(i, 0x9e3779b1) << 4);
        for (const entry of [...bench.live].slice(Math.floor(count / 11))) bench.remove(entry);
        bench.dict.shrinkIfSparse(0.1);
        const staying = new Set([...bench.live].filter(entry => (entry ^ salt) % 2 === 0));
        const seen = new Set<number>();
        let cursor = 0;
        do {
          cursor = bench.dict.scan(cursor, entry => {
            seen.add(entry);
            if (!staying.has(entry)) bench.remove(entry);
          });
        } while (cursor !== 0);
        expect([...staying].filter(entry => !seen.has(entry))).toEqual([]);
      }),
      { seed: 3 },
    );
  });

  it("takes as many steps as the table has buckets when nothing changes, and shows every entry once", () => {
    const bench = filled(64);
    const seen: number[] = [];
    let calls = 0;
    let cursor = 0;
    do {
      cursor = bench.dict.scan(cursor, entry => seen.push(entry));
      calls++;
    } while (cursor !== 0);
    expect(calls).toBe(64);
    expect(seen.sort((a, b) => a - b)).toEqual([...bench.live]);
  });

  it("answers 0 at once for an empty dict", () => {
    expect(new Bench().dict.scan(0, () => expect.unreachable())).toBe(0);
  });
});

describe("Dict sampling", () => {
  it("sample(n) answers distinct live entries of a table without gaps", () => {
    const out = new Int32Array(64);
    const random = randomFrom("dict");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 64 }), (power, count) => {
        const bench = filled(2 ** power);
        const taken = bench.dict.sample(random, count, out);
        const entries = [...out.subarray(0, taken)];
        expect(taken).toBe(Math.min(count, bench.live.size));
        expect(new Set(entries).size).toBe(taken);
        expect(entries.every(entry => bench.live.has(entry))).toBe(true);
      }),
      { seed: 4 },
    );
  });

  it("sample(n) answers live entries only, in any state of the table", () => {
    const out = new Int32Array(16);
    const random = randomFrom("dict-any");
    fc.assert(
      fc.property(steps(200), sequence => {
        const bench = new Bench();
        for (const step of sequence) perform(bench, step);
        const taken = bench.dict.sample(random, 16, out);
        expect(taken).toBeLessThanOrEqual(Math.min(16, bench.live.size));
        expect([...out.subarray(0, taken)].every(entry => bench.live.has(entry))).toBe(true);
      }),
      { seed: 5 },
    );
  });

  it("randomEntry() draws a bucket first and a place in its chain then", () => {
    const bench = new Bench();
    const spread = randomFrom("hashes");
    for (let i = 0; i < 200; i++) bench.add(spread.uint32() | 0);
    bench.finishRehash();
    const chains = new Map<number, number>();
    const bucketOf = (entry: number) => bench.records.hash(entry) & (bench.dict.buckets - 1);
    for (const entry of bench.live) chains.set(bucketOf(entry), (chains.get(bucketOf(entry)) ?? 0) + 1);
    const draws = 100_000;
    const order = [...bench.live];
    const expected = order.map(entry => draws / chains.size / chains.get(bucketOf(entry))!);
    const counts = new Float64Array(bench.records.limit);
    const random = randomFrom("draws");
    for (let i = 0; i < draws; i++) counts[bench.dict.randomEntry(random)]++;
    expect(
      chiSquareTail(
        order.map(entry => counts[entry]),
        expected,
      ),
    ).toBeGreaterThan(0.001);
  });

  it("randomEntry() reaches both tables during a rehash; fairRandomEntry() is uniform over even buckets", () => {
    const bench = filled(256);
    bench.add(256);
    bench.policy.childActive = true; // the rehash stands still
    const random = randomFrom("two-tables");
    const draws = 60_000;
    const counts = new Float64Array(257);
    const fair = new Float64Array(257);
    for (let i = 0; i < draws; i++) counts[bench.dict.randomEntry(random)]++;
    expect(counts.every(count => count > 0)).toBe(true);
    const even = filled(256);
    for (let i = 0; i < draws; i++) fair[even.dict.fairRandomEntry(random)]++;
    expect(chiSquareTail(fair.subarray(0, 256), new Array(256).fill(draws / 256))).toBeGreaterThan(0.001);
  });

  it("randomEntry() and fairRandomEntry() answer NONE for an empty dict", () => {
    const { dict } = new Bench();
    const random = randomFrom("none");
    expect(dict.randomEntry(random)).toBe(NONE);
    expect(dict.fairRandomEntry(random)).toBe(NONE);
    expect(dict.sample(random, 5, new Int32Array(5))).toBe(0);
  });
});
