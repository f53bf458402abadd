import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeClasses } from "../../../src/engine/memory/allocator.ts";
import { RadixTree } from "../../../src/engine/values/radix-tree.ts";

const sizeClass = sizeClasses(8);

function emptyTree() {
  const tally = { bytes: 0 };
  return { tally, tree: new RadixTree<string>(sizeClass, tally) };
}

/** Node of the server's tree: header of four, characters, padding to eight, pointers, a value where a key ends. */
function node(characters: number, pointers: number, hasValue: boolean): number {
  return sizeClass(Math.ceil((4 + characters) / 8) * 8 + 8 * pointers + (hasValue ? 8 : 0));
}

/** Bytes and nodes of the server's tree over these keys, all of which share what has been consumed so far. */
function count(keys: readonly string[]): { bytes: number; nodes: number } {
  const hasValue = keys.includes("");
  const rest = keys.filter(key => key !== "");
  const ways = new Map<string, string[]>();
  for (const key of rest) ways.set(key[0], [...(ways.get(key[0]) ?? []), key.slice(1)]);
  if (ways.size === 0) return { bytes: node(0, 0, hasValue), nodes: 1 };
  if (ways.size > 1) {
    const below = [...ways.values()].map(count);
    return {
      bytes: node(ways.size, ways.size, hasValue) + below.reduce((sum, { bytes }) => sum + bytes, 0),
      nodes: 1 + below.reduce((sum, { nodes }) => sum + nodes, 0),
    };
  }
  // One way: as many characters as all keys share go into one node.
  let shared = 1;
  while (rest.every(key => key.length > shared && key.startsWith(rest[0].slice(0, shared + 1)))) shared++;
  const below = count(rest.map(key => key.slice(shared)));
  return { bytes: node(shared, 1, hasValue) + below.bytes, nodes: 1 + below.nodes };
}

const anyKey = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 6 }).map(letters => letters.join(""));
const idLike = fc
  .array(fc.constantFrom("\0", "\x01", "\xff"), { minLength: 6, maxLength: 6 })
  .map(bytes => bytes.join(""));

describe("a radix tree", () => {
  it.each([["keys of any length", anyKey] as const, ["keys of one length", idLike] as const])(
    "with %s does as a sorted map does",
    (_, keys) => {
      fc.assert(
        fc.property(fc.array(fc.tuple(keys, fc.boolean()), { maxLength: 60 }), keys, (steps, probe) => {
          const { tree } = emptyTree();
          const model = new Map<string, string>();
          for (const [key, adds] of steps) {
            if (adds) expect(tree.set(key, `v${key}`)).toBe(!model.has(key));
            else expect(tree.delete(key)).toBe(model.has(key));
            if (adds) model.set(key, `v${key}`);
            else model.delete(key);
          }
          const sorted = [...model.keys()].sort();
          expect(tree.size).toBe(model.size);
          expect([...tree.values()]).toEqual(sorted.map(key => `v${key}`));
          expect(tree.get(probe)).toBe(model.get(probe));
          expect(tree.first()?.value).toBe(model.get(sorted[0]));
          expect(tree.last()?.value).toBe(model.get(sorted[sorted.length - 1]));
          expect(tree.ceiling(probe)?.value).toBe(model.get(sorted.find(key => key >= probe) ?? "none"));
          if (sorted.length > 0) expect(tree.nodes).toBe(count(sorted).nodes);
        }),
        { numRuns: 400, seed: 1 },
      );
    },
  );

  it("counts the server's bytes after every change", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(idLike, fc.boolean()), { maxLength: 40 }), steps => {
        const { tree, tally } = emptyTree();
        const keys = new Set<string>();
        for (const [key, adds] of steps) {
          if (adds) tree.set(key, "v");
          else tree.delete(key);
          if (adds) keys.add(key);
          else keys.delete(key);
          if (keys.size > 0) expect(tree.bytes).toBe(24 + count([...keys]).bytes);
          expect(tally.bytes).toBe(tree.bytes);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("begins with a head and one node, and gives everything back", () => {
    const { tree, tally } = emptyTree();
    expect([tree.bytes, tree.nodes]).toEqual([32, 1]);
    tree.set("0123456789abcdef", "v");
    expect([tree.bytes, tree.nodes]).toEqual([24 + 32 + 16, 2]);
    tree.drop();
    expect(tally.bytes).toBe(0);
  });
});
