import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeClasses } from "../../../src/engine/memory/allocator.ts";
import { Stream } from "../../../src/engine/values/stream.ts";
import { idKey, MAX_ID, MIN_ID } from "../../../src/engine/values/stream-id.ts";

const sizeClass = sizeClasses(8);
const LIMITS = { streamNodeMaxBytes: 4_096, streamNodeMaxEntries: 3 };

function newStream(): Stream {
  return new Stream({ sizeClass, consumerBytes: 32 });
}

function fill(stream: Stream, from: number, to: number, limits = LIMITS): Stream {
  for (let ms = from; ms <= to; ms++) stream.append({ ms, seq: 0 }, ["f"], [`v${ms}`], limits);
  return stream;
}

function times(stream: Stream): number[] {
  return stream.range(MIN_ID, MAX_ID).map(({ ms }) => ms as number);
}

/** Sum of the allocations of everything but the groups. */
function countedBytes(stream: Stream): number {
  const nodes = stream.allNodes.reduce((sum, { allocated }) => sum + allocated, 0);
  // The index of the same nodes, made at once.
  const tree = newStream();
  const empty = tree.bytes;
  for (const node of stream.allNodes) tree.adopt(node);
  return empty + (tree.bytes - empty - nodes) + nodes;
}

type Step = readonly ["add" | "delete" | "keep" | "from", number, boolean];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom("add", "add", "delete", "keep", "from"),
  fc.nat(20),
  fc.boolean(),
);

describe("a stream", () => {
  it("does as a list of ids does, in nodes of any size, and counts its bytes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 1, 3, 100), (steps, streamNodeMaxEntries) => {
        const stream = newStream();
        let model: number[] = [];
        let next = 1;
        for (const [what, n, approximate] of steps) {
          if (what === "add") {
            stream.append({ ms: next, seq: 0 }, [approximate ? "f" : "g"], ["v"], { ...LIMITS, streamNodeMaxEntries });
            model.push(next++);
          } else if (what === "delete") {
            expect(stream.delete({ ms: n, seq: 0 })).toBe(model.includes(n));
            model = model.filter(ms => ms !== n);
            stream.findFirst();
          } else {
            const keep = what === "keep" ? n : { ms: n, seq: 0 };
            const exact = what === "keep" ? model.slice(Math.max(0, model.length - n)) : model.filter(ms => ms >= n);
            const removed = stream.trim({ keep, approximate, limit: 0 });
            // An approximate trim takes a part of what the exact one would, from the front.
            expect(removed).toBeLessThanOrEqual(model.length - exact.length);
            if (!approximate) expect(removed).toBe(model.length - exact.length);
            model = model.slice(removed);
          }
          expect(times(stream)).toEqual(model);
          expect(stream.length).toBe(model.length);
          expect(stream.firstId.ms).toBe(model[0] ?? 0);
          expect(stream.lastLiveId.ms).toBe(model.at(-1) ?? 0);
          if (stream.nodeCount > 0) expect(stream.bytes).toBe(countedBytes(stream));
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("finds ranges forwards and backwards", () => {
    const stream = fill(newStream(), 1, 20);
    const [start, end] = [
      { ms: 5, seq: 0 },
      { ms: 9, seq: 7 },
    ];
    expect(stream.range(start, end).map(({ ms }) => ms)).toEqual([5, 6, 7, 8, 9]);
    expect(stream.range(start, end, 2, true).map(({ ms }) => ms)).toEqual([9, 8]);
    expect(stream.range(end, start)).toEqual([]);
    expect(stream.find({ ms: 5, seq: 1 })).toBeNull();
  });

  it("begins a node when the entries or the bytes of the last one reach the limit", () => {
    expect(fill(newStream(), 1, 7).nodeCount).toBe(3);
    expect(fill(newStream(), 1, 7, { ...LIMITS, streamNodeMaxEntries: 0 }).nodeCount).toBe(1);
    const wide = newStream();
    for (let ms = 1; ms <= 8; ms++) {
      wide.append({ ms, seq: 0 }, ["f"], ["x".repeat(1_000)], { ...LIMITS, streamNodeMaxEntries: 0 });
    }
    expect(wide.nodeCount).toBe(2);
  });

  it("asks for 4096 bytes at once and cuts a node that is closed", () => {
    const stream = fill(newStream(), 1, 3);
    expect(stream.allNodes.map(({ allocated }) => allocated)).toEqual([4_096]);
    fill(stream, 4, 4);
    const [closed, open] = stream.allNodes;
    expect(closed.allocated).toBe(sizeClass(closed.size));
    expect(open.allocated).toBe(4_096);
  });

  it("takes no more entries than the limit, in whole nodes", () => {
    const stream = fill(newStream(), 1, 12);
    expect(stream.trim({ keep: 0, approximate: true, limit: 7 })).toBe(6);
    expect(stream.trim({ keep: 5, approximate: true, limit: 0 })).toBe(0);
  });

  it("gives back what groups took, and copies everything", () => {
    const stream = fill(newStream(), 1, 5);
    stream.createGroup("before", MIN_ID, 0);
    const bare = stream.bytes;
    const group = stream.createGroup("g", MIN_ID, 0)!;
    const [c, d] = [group.addConsumer("c", 1), group.addConsumer("a longer name of a consumer", 2)];
    for (const entry of stream.range(MIN_ID, MAX_ID)) {
      group.advance(entry);
      group.deliver(entry, entry.ms === 2 ? d : c, 7);
    }
    const copy = stream.clone();
    expect(copy.sampledBytes(0)).toBeLessThan(stream.sampledBytes(0)); // its nodes are cut
    const copied = copy.group("g")!;
    expect(copied.entriesRead).toBe(5);
    expect([...copied.consumers.values()].map(({ name, pending }) => [name, pending.size])).toEqual([
      ["a longer name of a consumer", 1],
      ["c", 4],
    ]);
    expect(copied.pending.get(idKey({ ms: 2, seq: 0 }))!.consumer!.name).toBe(d.name);
    group.removeConsumer(d);
    expect(group.pending.size).toBe(4);
    stream.destroyGroup(group);
    expect(stream.bytes).toBe(bare);
  });
});
