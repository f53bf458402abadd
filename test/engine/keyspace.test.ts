import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualBytes } from "../../src/engine/bytes.ts";
import { copyData } from "../../src/engine/databases.ts";
import { NONE } from "../../src/engine/dict.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type Collection, hashKey, NO_EXPIRY, STRING } from "../../src/engine/keyspace.ts";
import { powerOfTwoFor } from "../../src/engine/memory/allocator.ts";
import { PROFILE_NAMES } from "../../src/engine/profile.ts";
import { keySlot } from "../../src/engine/slots.ts";
import { RawString, type StringValue, stringCapacity, stringForm } from "../../src/engine/values/string.ts";
import { dataSequence, resolve } from "./differential-calls.ts";
import { NOW_MS, talkTo, testEngine } from "./harness.ts";

/** What the entries take by the layout's own formula, counted afresh. */
function recount(engine: Engine): { data: number; tables: number } {
  let data = 0;
  let tables = 0;
  const { slotDictBytes } = engine.layout;
  for (const db of engine.databases) {
    if (db === undefined) continue;
    const perSlot = [new Map<number, number>(), new Map<number, number>()];
    db.forEachEntry(entry => {
      const expires = db.expiryOf(entry) !== NO_EXPIRY;
      const length = db.keyOf(entry).length;
      if (db.typeOf(entry) === STRING) {
        const value = db.valueOf(entry) as StringValue;
        const form = stringForm(value, engine.settings.shareIntegers);
        data += engine.layout.stringBytes(length, expires, form, stringCapacity(value));
      } else {
        // What a collection itself takes is recounted in the tests of its family.
        data += engine.layout.collectionKeyBytes(length, expires) + (db.valueOf(entry) as Collection).bytes;
      }
      const slot = keySlot(db.keyOf(entry));
      perSlot[0].set(slot, (perSlot[0].get(slot) ?? 0) + 1);
      if (expires) perSlot[1].set(slot, (perSlot[1].get(slot) ?? 0) + 1);
    });
    if (slotDictBytes === null) tables += 8 * (db.main.buckets + db.expires.buckets);
    else for (const counts of perSlot) for (const keys of counts.values()) tables += slotDictBytes(keys);
    for (const [slot, keys] of perSlot[0])
      if (engine.parameters.flag("cluster-enabled")) expect(db.keysInSlot(slot)).toBe(keys);
  }
  return { data, tables };
}

/** Tables of cache lines follow the number of keys loosely, so only their data is compared. */
const EXACT_TABLES = new Set(["redis-7.0", "redis-7.1", "valkey-7.2", "valkey-8.0"]);

describe("the ledger", () => {
  it.each(PROFILE_NAMES.flatMap(profile => [false, true].map(inCluster => [profile, inCluster] as const)))(
    "of %s, cluster %s, equals the sum over the entries after every call",
    (profile, inCluster) => {
      fc.assert(
        fc.property(dataSequence, calls => {
          const engine = testEngine({ profile, parameters: { "cluster-enabled": inCluster ? "yes" : "no" } });
          const say = talkTo(engine);
          calls.forEach((call, step) => {
            const [name, ...rest] = call.map(word => resolve(word, step, NOW_MS));
            say(name, ...rest);
            if (step % 7 === 6) engine.cron(engine.nowMs + 100);
            const { data, tables } = recount(engine);
            expect(engine.dataBytes).toBe(data);
            if (EXACT_TABLES.has(profile)) expect(engine.tableBytes).toBe(tables);
          });
          expect(engine.usedMemory).toBeGreaterThanOrEqual(engine.baseBytes + engine.dataBytes);
          engine.flushAll();
          expect(engine.dataBytes).toBe(0);
          expect(engine.tableBytes).toBe(0);
        }),
        { seed: 1, numRuns: 15 },
      );
    },
  );

  it("follows a table that grows and shrinks, both halves counted during a rehash", () => {
    const engine = testEngine();
    const say = talkTo(engine);
    for (let i = 0; i < 5_000; i++) say("SET", `key${i}`, "x");
    expect(recount(engine)).toEqual({ data: engine.dataBytes, tables: engine.tableBytes });
    expect(engine.database(0).main.rehashing).toBe(true);
    engine.cron(engine.nowMs + 100);
    expect(engine.tableBytes).toBe(8 * powerOfTwoFor(5_000));
    for (let i = 0; i < 4_900; i++) say("DEL", `key${i}`);
    for (let tick = 0; tick < 5; tick++) engine.cron(engine.nowMs + 100);
    expect(engine.tableBytes).toBe(8 * powerOfTwoFor(100));
  });
});

describe("Keyspace", () => {
  it("insert, find and remove agree with a Map, under keys of any bytes", () => {
    const unit = fc.integer({ min: 0, max: 255 }).map(byte => String.fromCharCode(byte));
    const steps = fc.array(fc.tuple(fc.string({ unit, maxLength: 3 }), fc.boolean()), { maxLength: 300, size: "max" });
    fc.assert(
      fc.property(steps, changes => {
        const db = testEngine().database(0);
        const model = new Map<string, number>();
        changes.forEach(([key, add], i) => {
          const entry = db.find(key);
          if (add && entry === NONE) db.insert(key, 0, i, 0);
          if (add && entry === NONE) model.set(key, i);
          if (!add && entry !== NONE) db.remove(entry);
          if (!add) model.delete(key);
        });
        expect(db.size).toBe(model.size);
        for (const [key, value] of model) expect(db.valueOf(db.find(key, hashKey(key)))).toBe(value);
        for (const [key] of changes) expect(db.find(key) === NONE).toBe(!model.has(key));
      }),
      { seed: 2 },
    );
  });

  it("setExpiry and clearExpiry keep the dict of expiries", () => {
    const db = testEngine().database(0);
    const entry = db.insert("k", 0, "v", 0);
    expect(db.clearExpiry(entry)).toBe(false);
    db.setExpiry(entry, 5_000);
    db.setExpiry(entry, 6_000);
    expect(db.expires.size).toBe(1);
    expect(db.expiryOf(entry)).toBe(6_000);
    expect(db.clearExpiry(entry)).toBe(true);
    expect(db.expires.size).toBe(0);
    db.setExpiry(entry, 7_000);
    db.remove(entry);
    expect(db.expires.size).toBe(0);
    expect(db.expiryOf(db.insert("k", 0, "v", 0))).toBe(NO_EXPIRY);
  });

  it("copyData(from, to) makes the same data of its own", () => {
    const source = testEngine();
    const say = talkTo(source);
    for (let i = 0; i < 500; i++) say("SET", `key${i}`, "x".repeat(i), "PX", String(1_000 + i));
    say("SELECT 3");
    say("APPEND", "grows", "abc");
    say("APPEND", "grows", "def");
    say("SET", "virtual", new VirtualBytes(200, 7));
    const target = testEngine({ seed: "another hash" });
    copyData(source, target);
    expect(target.dataBytes).toBe(recount(target).data);
    source.databases.forEach((db, index) => {
      db?.forEachEntry(entry => {
        const other = target.database(index);
        const copied = other.find(db.keyOf(entry));
        expect(other.expiryOf(copied)).toBe(db.expiryOf(entry));
        const [mine, theirs] = [other.valueOf(copied), db.valueOf(entry)];
        expect(mine instanceof RawString ? mine.text() : mine).toEqual(
          theirs instanceof RawString ? theirs.text() : theirs,
        );
      });
      expect(target.databases[index]?.size ?? 0).toBe(db?.size ?? 0);
    });
    say("APPEND", "grows", "!");
    const copied = target.database(3);
    expect((copied.valueOf(copied.find("grows")) as RawString).text()).toBe("abcdef");
  });

  it("tells a rewrite observer of every entry whose memory is written", () => {
    const engine = testEngine();
    const say = talkTo(engine);
    say("SET", "a", "1");
    const db = engine.database(0);
    const written: number[] = [];
    db.rewriteObserver = entry => written.push(entry);
    const entry = db.find("a");
    say("GET", "a");
    expect(written).toEqual([]);
    for (const line of ["SET a 2", "APPEND a x", "EXPIRE a 100", "DEL a"]) {
      written.length = 0;
      say(line);
      expect(written, line).toContain(entry);
    }
  });
});
