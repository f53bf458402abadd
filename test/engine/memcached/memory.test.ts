// Memory of the Memcached engine: sizes of items and classes, and how many items a limit holds, as measured on memcached
// 1.6.18 (anchors: overfilled -m 64 with one size of value and 16-byte keys) and, where one is installed, asked again.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { classOfList } from "../../../src/engine/memcached/lru.ts";
import { type MemcachedSettings, modernSettings } from "../../../src/engine/memcached/settings.ts";
import { itemBytes, slabClasses } from "../../../src/engine/memcached/slab-classes.ts";
import type { MemcachedStore } from "../../../src/engine/memcached/store.ts";
import { noMemcached, RealMemcached } from "./real-memcached.ts";
import { Talk } from "./talk.ts";

describe("sizes", () => {
  it("an item takes its header, its key with a zero, flags when there are any, and its value with CR LF", () => {
    expect(itemBytes(8, 0, 3, true)).toBe(70);
    expect(itemBytes(16, 0, 100, true)).toBe(175);
    expect(itemBytes(16, 1, 100, true)).toBe(179);
    expect(itemBytes(16, 0, 100, false)).toBe(167);
  });

  it("39 classes lie between 96 bytes and half a page", () => {
    const { sizes, largest } = slabClasses(modernSettings());
    expect(sizes.slice(1, 17)).toEqual([
      96, 120, 152, 192, 240, 304, 384, 480, 600, 752, 944, 1184, 1480, 1856, 2320, 2904,
    ]);
    expect(sizes).toEqual(expect.arrayContaining([17_352, 82_792, 103_496]));
    expect(sizes[largest]).toBe(524_288);
    expect(largest).toBe(39);
  });

  it("an item belongs to the smallest class that holds it, and above the largest item to none", () => {
    const { sizes, classOf } = slabClasses(modernSettings());
    const wrong = Array.from({ length: 9_000 }, (_, i) => i + 1).filter(bytes => {
      const own = classOf(bytes);
      return sizes[own] < bytes || sizes[own - 1] >= bytes;
    });
    expect(wrong).toEqual([]);
    expect(classOf(1_048_576)).toBe(39);
    expect(classOf(1_048_577)).toBe(0);
  });
});

/** Overfills an engine with values of one size under 16-byte keys; returns how many are there then. */
function resident(value: number, count: number, given: Partial<MemcachedSettings> = {}): number {
  const { store } = new Talk(given);
  for (let i = 0; i < count; i++) {
    const key = `key:${String(i).padStart(12, "0")}`;
    const item = store.allocate(key, 0, 0, value);
    if (item === -1) continue;
    store.items.values[item] = new VirtualBytes(value, i);
    if (!store.fill(item, value)) continue;
    store.store(item, "set", 0);
  }
  expect(store.index.size + store.stats.lists.total("evicted")).toBe(count);
  return store.index.size;
}

/** Measured at 64 MB; a sixteenth of that here. */
describe("items under a limit", () => {
  it.each([
    [10, 699_008, 700_000, {}],
    [100, 349_504, 360_000, {}],
    [1_000, 56_640, 60_000, {}],
    [1_000, 59_072, 62_000, { growthFactor: 1.08 }],
    [10_000, 6_016, 8_000, {}],
    [400_000, 128, 256, {}],
  ])("values of %i bytes: %i", (value, measured, stored, given) => {
    expect(resident(value, stored / 16, { maxBytes: 4_194_304, ...given })).toBe(measured / 16);
  });
});

/** Chunks by class: those that are used, and those of the items that are there. */
function chunks({ classes, slabs, items, index }: MemcachedStore): { used: number[]; held: number[] } {
  const held = classes.sizes.map(() => 0);
  for (const item of index.values()) {
    const chain = items.chains.get(item) ?? [classOfList(items.list[item]), items.page[item]];
    for (let i = 0; i < chain.length; i += 2) held[chain[i]]++;
  }
  return { used: held.map((_, slabClass) => slabs.usedChunks(slabClass)), held };
}

const MIB = 1_048_576;
const QUIET = { lruMaintainer: false, lruSegmented: false, lruCrawler: false };

function filled(talk: Talk, prefix: string, count: number, size: number): void {
  for (let i = 0; i < count; i++) talk.ask(`set ${prefix}${i} 0 0 ${size}\r\n${"x".repeat(size)}\r\n`);
}

describe("a page that changes its class", () => {
  it("takes nothing back while it is emptied: without a free chunk elsewhere, all of it is evicted", () => {
    const talk = new Talk({ maxBytes: 4 * MIB, ...QUIET });
    filled(talk, "a", 2 * 885, 900);
    expect(talk.ask("slabs reassign 12 1\r\n")).toBe("OK\r\n");
    const stats = talk.stats();
    expect(
      ["slab_reassign_rescues", "slab_reassign_evictions_nomem", "curr_items"].map(name => stats.get(name)),
    ).toEqual(["0", "885", "885"]);
    expect(talk.store.slabs.usedChunks(12)).toBe(885);
    for (const key of [...talk.store.index.keys()]) talk.ask(`delete ${key}\r\n`);
    expect(talk.store.slabs.usedChunks(12)).toBe(0);
  });

  it("stays while the value on it is joined with another, even where every eviction asks for a page", () => {
    const talk = new Talk({ maxBytes: 4 * MIB, ...QUIET });
    filled(talk, "a", 2 * 885, 900);
    filled(talk, "b", 2 * 708, 1_200);
    expect(talk.ask("slabs automove 2\r\n")).toBe("OK\r\n");
    expect(talk.ask(`append a0 0 0 300\r\n${"y".repeat(300)}\r\n`)).toBe("STORED\r\n");
    const { store } = talk;
    expect(store.lru.counts.reduce((sum, count) => sum + count, 0)).toBe(store.index.size);
    const { used, held } = chunks(store);
    expect(used).toEqual(held);
    expect(talk.stats().get("slabs_moved")).toBe("0");
  });

  it.each([1, 2])("never does without slab_reassign, whatever slab_automove says (%i)", slabAutomove => {
    const talk = new Talk({ maxBytes: 8 * MIB, slabReassign: false, slabAutomove, lruSegmented: false });
    filled(talk, "a", 7_000, 900);
    filled(talk, "b", 2_000, 1_200);
    for (const key of [...talk.store.index.keys()]) talk.ask(`delete ${key}\r\n`);
    for (let second = 0; second < 40; second++) talk.store.setTime(talk.store.nowMs + 1_000);
    expect(talk.store.stats.slabsMoved).toBe(0);
  });

  it("leaves as many items in stats sizes as there are", () => {
    const talk = new Talk({ maxBytes: 4 * MIB, ...QUIET });
    filled(talk, "old", 885, 900);
    talk.ask("stats sizes_enable\r\n");
    filled(talk, "new", 885, 900);
    for (let i = 0; i < 600; i++) talk.ask(`delete new${i}\r\n`);
    expect(talk.ask("slabs reassign 12 1\r\n")).toBe("OK\r\n");
    expect(talk.stats().get("slab_reassign_rescues")).toBe("600");
    // Who moved has a new id, so the rescued ones are known now too.
    expect(talk.ask("stats sizes\r\n")).toBe("STAT 992 885\r\nEND\r\n");
    for (const key of [...talk.store.index.keys()]) talk.ask(`delete ${key}\r\n`);
    expect(talk.ask("stats sizes\r\n")).toBe("END\r\n");
  });

  it("leaves used chunks and the chunks of items alike, whatever was stored, deleted and moved before", () => {
    const filler = "x".repeat(MIB);
    const size = fc.constantFrom(60_000, 90_000, 200_000, 300_000, 600_000, 1_000_000);
    const key = fc.nat({ max: 29 });
    const slabClass = fc.integer({ min: 28, max: 39 });
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(key, size).map(([k, bytes]) => `set k${k} 0 0 ${bytes}`) },
      { weight: 2, arbitrary: key.map(k => `append k${k} 0 0 40000`) },
      { weight: 2, arbitrary: key.map(k => `delete k${k}`) },
      { weight: 3, arbitrary: fc.tuple(slabClass, slabClass).map(([from, to]) => `slabs reassign ${from} ${to}`) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), fc.constantFrom(0, 2), (steps, slabAutomove) => {
        const talk = new Talk({ maxBytes: 8 * MIB, slabAutomove, ...QUIET });
        for (const line of steps) {
          const bytes = / 0 0 (\d+)$/u.exec(line)?.[1];
          talk.ask(`${line}\r\n${bytes === undefined ? "" : `${filler.slice(0, Number(bytes))}\r\n`}`);
          const { used, held } = chunks(talk.store);
          expect(used).toEqual(held);
        }
      }),
      { numRuns: 15, seed: 1 },
    );
  });
});

describe.skipIf(noMemcached !== null)(`beside memcached (${noMemcached ?? "installed"})`, () => {
  let real: RealMemcached;
  beforeAll(async () => {
    real = await RealMemcached.start("-m", "8", "-o", "no_lru_maintainer,no_lru_crawler");
  });
  afterAll(() => real?.stop());

  it("classes, pages, chunks and bytes come out alike, with chains of chunks and flags among them", async () => {
    const engine = new Talk({ maxBytes: 8_388_608, lruMaintainer: false, lruSegmented: false, lruCrawler: false });
    const sizes = [0, 1, 40, 90, 300, 1_500, 9_000, 40_000, 200_000, 524_200, 524_248, 600_000, 1_040_000];
    let text = "stats sizes_enable\r\n";
    sizes.forEach((size, i) => {
      for (let n = 0; n < 3; n++) text += `set k${i}:${n} ${n} 0 ${size}\r\n${"x".repeat(size)}\r\n`;
    });
    text +=
      "delete k3:1\r\ndelete k10:0\r\ndelete k12:2\r\nappend k5:0 0 0 4\r\nmore\r\nprepend k11:0 0 0 4\r\nmore\r\n";
    expect(engine.ask(text)).toBe(await real.ask(text));
    for (const kind of ["slabs", "sizes"]) {
      expect([kind, engine.ask(`stats ${kind}\r\n`)]).toEqual([kind, await real.ask(`stats ${kind}\r\n`)]);
    }
    const general = await real.stats();
    const own = engine.stats();
    for (const name of [
      "bytes",
      "curr_items",
      "total_items",
      "evictions",
      "cmd_set",
      "hash_power_level",
      "store_no_memory",
    ]) {
      expect([name, own.get(name)]).toEqual([name, general.get(name)]);
    }
  });
});
