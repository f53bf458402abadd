// Lists: one listpack while short, a chain of them (quicklist.ts) above list-max-listpack-size. A list goes back to one
// listpack only below half of the limit, so that it does not go to and fro. Redis 7.0 has no short form.

import { type Bytes, textOf, VirtualBytes } from "../bytes.ts";
import type { Collection } from "../keyspace.ts";
import { ListNode } from "./list-node.ts";
import { exceedsLimit, type ListRules, nodeLimit } from "./list-rules.ts";
import { Quicklist } from "./quicklist.ts";

/** Equal bytes; synthetic values are only spelt out when the lengths agree. */
export function sameBytes(left: Bytes, right: Bytes): boolean {
  if (typeof left === "string" && typeof right === "string") return left === right;
  if (left.length !== right.length) return false;
  if (left instanceof VirtualBytes && right instanceof VirtualBytes && left.seed === right.seed) return true;
  return textOf(left) === textOf(right);
}

export class ListValue implements Collection {
  /** The short form; null once the list is a chain. */
  private listpack: ListNode | null = null;
  private chain: Quicklist | null = null;

  constructor(private readonly rules: ListRules) {
    if (rules.shortForm) this.listpack = new ListNode(false);
    else this.chain = new Quicklist(rules);
  }

  /** A list that starts as a chain whatever it will hold; `settle` brings it into its form. */
  static asChain(rules: ListRules, fill = rules.fill, compress = rules.compress): ListValue {
    const list = new ListValue(rules);
    list.listpack = null;
    list.chain = new Quicklist(rules, fill, compress);
    return list;
  }

  get elements(): number {
    return this.chain === null ? this.listpack!.count : this.chain.elements;
  }

  get encoding(): "listpack" | "quicklist" {
    return this.chain === null ? "listpack" : "quicklist";
  }

  get bytes(): number {
    return this.chain === null ? this.rules.sizeClass(this.listpack!.size) : this.chain.bytes;
  }

  /** The value's share in MEMORY USAGE. */
  sampledBytes(samples: number): number {
    return this.chain === null ? this.bytes : this.chain.sampledBytes(samples);
  }

  get debugText(): string {
    if (this.chain === null) return "";
    const { nodes, elements, fill, compress, contentBytes } = this.chain;
    // Two digits, halves to even as C prints them.
    const hundredths = (elements / nodes) * 100;
    const down = Math.floor(hundredths);
    const average = ((hundredths - down === 0.5 && down % 2 === 0 ? down : Math.round(hundredths)) / 100).toFixed(2);
    return ` ql_nodes:${nodes} ql_avg_node:${average} ql_listpack_max:${fill} ql_compressed:${compress === 0 ? 0 : 1} ql_uncompressed_size:${contentBytes}`;
  }

  /** First node of either form. */
  get head(): ListNode | null {
    return this.chain === null ? this.listpack : this.chain.head;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Form.

  /** To be called before elements are added: argv[from] up to argv[to], both included. */
  expect(argv: readonly Bytes[], from: number, to: number): void {
    if (this.listpack === null) return;
    let bytes = this.listpack.size;
    for (let i = from; i <= to; i++) bytes += argv[i].length;
    if (exceedsLimit(this.rules.fill, bytes, this.listpack.count + to - from + 1)) this.lengthen();
  }

  private lengthen(): void {
    const chain = new Quicklist(this.rules);
    if (this.listpack!.count > 0) chain.appendNode(this.listpack!);
    this.chain = chain;
    this.listpack = null;
  }

  /** To be called after elements were taken out or replaced. */
  shrunk(): void {
    this.shorten(2);
  }

  /** Brings a list that was built as a chain into its form. */
  settle(): void {
    if (this.listpack === null) this.shorten(1);
    else if (exceedsLimit(this.rules.fill, this.listpack.size, this.listpack.count)) this.lengthen();
  }

  private shorten(divisor: number): void {
    const { chain, rules } = this;
    if (chain === null || !rules.shortForm || chain.nodes !== 1) return;
    const node = chain.head!;
    const limit = nodeLimit(rules.fill);
    const elements = Math.floor(limit.elements / divisor);
    if (node.plain || node.size > limit.bytes / divisor || node.count > elements) return;
    this.listpack = node;
    this.chain = null;
  }

  /** Adds a node as a snapshot holds it. */
  appendNode(elements: readonly Bytes[], plain: boolean): void {
    const node = new ListNode(plain);
    for (const element of elements) node.push(element);
    if (this.listpack !== null) this.lengthen();
    this.chain!.appendNode(node);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Ends.

  push(element: Bytes, toTail: boolean): void {
    if (this.chain !== null) this.chain.push(element, toTail);
    else if (toTail) this.listpack!.push(element);
    else this.listpack!.unshift(element);
  }

  pop(fromTail: boolean): Bytes {
    if (this.chain !== null) return this.chain.pop(fromTail);
    return fromTail ? this.listpack!.pop() : this.listpack!.shift();
  }

  // -------------------------------------------------------------------------------------------------------------
  // By index. All indexes are within.

  private locate(index: number): { node: ListNode; offset: number; passed: number } {
    return this.chain === null ? { node: this.listpack!, offset: index, passed: 0 } : this.chain.find(index);
  }

  at(index: number): Bytes {
    const { node, offset } = this.locate(index);
    return node.at(offset);
  }

  /** How many nodes and elements are passed on the way to an index. */
  distance(index: number): number {
    const { node, offset, passed } = this.locate(index);
    return passed + Math.min(offset, node.count - 1 - offset) + 1;
  }

  /** Elements from an index on, in order or backwards. */
  slice(from: number, count: number, backwards = false): Bytes[] {
    const found: Bytes[] = [];
    if (count > 0) {
      this.walk(from, backwards, element => {
        found.push(element);
        return found.length < count;
      });
    }
    return found;
  }

  /** Visits elements from an index on until `visit` says false. The list must not change meanwhile. */
  walk(from: number, backwards: boolean, visit: (element: Bytes) => boolean): void {
    const start = this.locate(from);
    let { offset } = start;
    let node: ListNode | null = start.node;
    while (node !== null) {
      const end: number = backwards ? -1 : node.count;
      for (; offset !== end; offset += backwards ? -1 : 1) if (!visit(node.at(offset))) return;
      node = backwards ? node.previous : node.next;
      offset = backwards && node !== null ? node.count - 1 : 0;
    }
  }

  set(index: number, element: Bytes): void {
    const { node, offset } = this.locate(index);
    if (this.chain !== null) this.chain.replace(node, offset, element);
    else node.set(offset, element);
  }

  deleteRange(start: number, count: number): void {
    if (this.chain !== null) this.chain.deleteRange(start, count);
    else if (count > 0) this.listpack!.remove(start, count);
  }

  // -------------------------------------------------------------------------------------------------------------
  // By value.

  /** Inserts beside the first element equal to `pivot`; how many were looked at, negative when none was equal. */
  insertBeside(pivot: Bytes, element: Bytes, after: boolean): number {
    let seen = 0;
    for (let node = this.head; node !== null; node = node.next) {
      for (let offset = 0; offset < node.count; offset++) {
        seen++;
        if (!sameBytes(node.at(offset), pivot)) continue;
        if (this.chain !== null) this.chain.insert(node, offset, element, after);
        else node.insert(after ? offset + 1 : offset, element);
        return seen;
      }
    }
    return -seen;
  }

  /** Takes out up to `limit` elements equal to the given one, from the head or from the tail; how many. */
  removeEqual(element: Bytes, limit: number, fromTail: boolean): number {
    let removed = 0;
    let node = fromTail ? this.lastNode : this.head;
    while (node !== null && removed < limit) {
      const beyond: ListNode | null = fromTail ? node.previous : node.next;
      let offset = fromTail ? node.count - 1 : 0;
      while (offset >= 0 && offset < node.count && removed < limit) {
        const equal = sameBytes(node.at(offset), element);
        if (equal) {
          removed++;
          if (this.chain !== null) this.chain.removeFrom(node, offset, 1);
          else node.remove(offset, 1);
        }
        if (fromTail) offset--;
        else if (!equal) offset++;
      }
      node = beyond;
    }
    return removed;
  }

  private get lastNode(): ListNode | null {
    return this.chain === null ? this.listpack : this.chain.tail;
  }

  clone(): ListValue {
    const copy = new ListValue(this.rules);
    copy.listpack = this.listpack?.clone() ?? null;
    copy.chain = this.chain?.clone() ?? null;
    return copy;
  }
}
