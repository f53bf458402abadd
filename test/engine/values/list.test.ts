import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { sizeClasses } from "../../../src/engine/memory/allocator.ts";
import { listpackEntryBytes } from "../../../src/engine/memory/listpack.ts";
import { ListValue, sameBytes } from "../../../src/engine/values/list.ts";
import type { ListNode } from "../../../src/engine/values/list-node.ts";
import type { ListRules } from "../../../src/engine/values/list-rules.ts";

const sizeClass = sizeClasses(8);

function rules(fill: number, more: Partial<ListRules> = {}): ListRules {
  return { sizeClass, fill, compress: 0, shortForm: true, plainBeyondLimit: true, packedThreshold: 0, ...more };
}

function nodesOf(list: ListValue): ListNode[] {
  const nodes: ListNode[] = [];
  for (let node = list.head; node !== null; node = node.next) nodes.push(node);
  return nodes;
}

/** Bytes counted from the elements. */
function countedBytes(list: ListValue): number {
  let bytes = list.encoding === "quicklist" ? 40 : 0;
  for (const node of nodesOf(list)) {
    const elements = node.toArray() as string[];
    const content = elements.reduce((sum, one) => sum + (node.plain ? one.length : listpackEntryBytes(one)), 0);
    bytes += sizeClass(node.plain ? content : 7 + content) + (list.encoding === "quicklist" ? 40 : 0);
  }
  return bytes;
}

const element = fc.oneof(
  fc.constantFrom("a", "b", "", "1", "-5000", "123456789012"),
  fc.constantFrom("x".repeat(70), "y".repeat(500), "z".repeat(5_000), "w".repeat(9_000)),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom("push", "unshift"), element, fc.nat(3)) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("pop", "shift", "remove", "insert", "set"), element, fc.nat(40)) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("cut", "removeLast"), element, fc.nat(40)) },
);

/** Does the same to a list and to an array. */
function apply(list: ListValue, model: string[], [what, value, n]: [string, string, number]): void {
  const at = model.length === 0 ? -1 : n % model.length;
  if (what === "push" || what === "unshift") {
    const added = new Array<string>(n + 1).fill(value);
    list.expect(added, 0, n);
    for (const one of added) list.push(one, what === "push");
    if (what === "push") model.push(...added);
    else model.unshift(...added);
  } else if (at !== -1) {
    if (what === "pop") expect(list.pop(true)).toBe(model.pop());
    else if (what === "shift") expect(list.pop(false)).toBe(model.shift());
    else if (what === "remove") expect(list.removeEqual(value, n, false)).toBe(removeFromModel(model, value, n, false));
    else if (what === "removeLast")
      expect(list.removeEqual(value, n, true)).toBe(removeFromModel(model, value, n, true));
    else if (what === "insert") {
      list.expect([value], 0, 0);
      const pivot = model[at];
      expect(list.insertBeside(pivot, value, n % 2 === 0)).toBe(model.indexOf(pivot) + 1);
      model.splice(model.indexOf(pivot) + (n % 2 === 0 ? 1 : 0), 0, value);
    } else if (what === "set") {
      list.expect([value], 0, 0);
      list.set(at, value);
      model[at] = value;
    } else {
      list.deleteRange(at, n % (model.length - at));
      model.splice(at, n % (model.length - at));
    }
    list.shrunk();
  }
}

function removeFromModel(model: string[], value: string, limit: number, last: boolean): number {
  let removed = 0;
  for (; removed < limit; removed++) {
    const at = last ? model.lastIndexOf(value) : model.indexOf(value);
    if (at === -1) break;
    model.splice(at, 1);
  }
  return removed;
}

describe("a list", () => {
  const fill = fc.constantFrom(-2, -1, 1, 3, 10, 128);
  const variant = fc.constantFrom({}, { shortForm: false, plainBeyondLimit: false }, { packedThreshold: 60 });

  it("does what an array does, and its bytes are those of its nodes", () => {
    fc.assert(
      fc.property(fill, variant, fc.array(step, { maxLength: 60, size: "max" }), (limit, more, steps) => {
        const list = new ListValue(rules(limit, more));
        const model: string[] = [];
        for (const one of steps) apply(list, model, one);
        expect(list.elements).toBe(model.length);
        expect(list.slice(0, model.length)).toEqual(model);
        if (model.length > 0) {
          expect(list.slice(model.length - 1, model.length, true)).toEqual(model.toReversed());
          for (let i = 0; i < model.length; i++) expect(list.at(i)).toBe(model[i]);
        }
        expect(list.bytes).toBe(countedBytes(list));
        const copy = list.clone();
        expect(copy.slice(0, model.length)).toEqual(model);
        expect([copy.bytes, copy.encoding]).toEqual([list.bytes, list.encoding]);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("chains its nodes in both directions, none of them empty, a plain one with a single element", () => {
    fc.assert(
      fc.property(fill, variant, fc.array(step, { maxLength: 60, size: "max" }), (limit, more, steps) => {
        const list = new ListValue(rules(limit, more));
        for (const one of steps) apply(list, list.slice(0, list.elements) as string[], one);
        const nodes = nodesOf(list);
        for (const [i, node] of nodes.entries()) {
          expect(node.previous).toBe(nodes[i - 1] ?? null);
          if (list.elements > 0) expect(node.count).toBeGreaterThan(0);
          if (node.plain) expect(node.count).toBe(1);
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("becomes a chain above the limit and a listpack again below half of it", () => {
    const list = new ListValue(rules(4));
    for (const n of ["1", "2", "3", "4"]) {
      list.expect([n], 0, 0);
      list.push(n, true);
    }
    expect(list.encoding).toBe("listpack");
    list.expect(["5"], 0, 0);
    list.push("5", true);
    expect(list.encoding).toBe("quicklist");
    for (const left of [4, 3]) {
      list.pop(true);
      list.shrunk();
      expect([list.elements, list.encoding]).toEqual([left, "quicklist"]);
    }
    list.pop(true);
    list.shrunk();
    expect([list.elements, list.encoding]).toEqual([2, "listpack"]);
  });

  it("keeps synthetic values as they are", () => {
    const list = new ListValue(rules(-2));
    const big = new VirtualBytes(100_000, 7);
    list.expect([big], 0, 0);
    list.push(big, true);
    expect(list.at(0)).toBe(big);
    expect(sameBytes(big, big.text())).toBe(true);
    expect(sameBytes(big, new VirtualBytes(100_000, 8))).toBe(false);
    expect(list.bytes).toBe(40 + 40 + sizeClass(100_000));
  });

  it("holds a million elements at either end without walking", () => {
    const list = new ListValue(rules(-2));
    list.expect([new VirtualBytes(1_000_000, 1)], 0, 0);
    for (let i = 0; i < 500_000; i++) list.push(String(i), false);
    for (let i = 0; i < 500_000; i++) list.push(String(i), true);
    expect(list.at(0)).toBe("499999");
    expect(list.at(999_999)).toBe("499999");
    expect(list.distance(500_000)).toBeLessThan(2_000);
    let right = 0;
    for (let i = 499_999; i >= 0; i--) if (list.pop(true) === String(i) && list.pop(false) === String(i)) right++;
    expect(right).toBe(500_000);
    expect(list.elements).toBe(0);
  });
});
