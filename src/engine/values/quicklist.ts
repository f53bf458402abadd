// The long form of a list: a chain of nodes, each a listpack within limits. Where an element goes, when a node is split and
// when neighbours are merged follows the server step by step, since the number and size of nodes is memory and is shown
// by DEBUG OBJECT.

import { type Bytes, textOf } from "../bytes.ts";
import { LISTPACK_OVERHEAD } from "../memory/listpack.ts";
import { listpackOf } from "../rdb/listpack.ts";
import { lzfCompress } from "../rdb/lzf.ts";
import { ListNode } from "./list-node.ts";
import { exceedsLimit, isLarge, type ListRules } from "./list-rules.ts";

/** What the server adds to an element's length when it guesses how much a listpack will grow. */
const ENTRY_ESTIMATE = 8;
const OBJECT_HEADER = 16;
const HEAD_BYTES = 40;
const NODE_BYTES = 40;
/** Limits that the bit fields of the server's structure can hold. */
const MAX_FILL = 32_767;
const MIN_FILL = -5;
const MAX_COMPRESS = 65_535;
/** Contents below this size are not compressed, nor such as would save no more than that. */
const MIN_COMPRESSED_BYTES = 48;
const MIN_SAVING = 8;
/** In front of compressed contents stands their length. */
const COMPRESSED_HEADER = 8;

/** What the contents of a node ask from the allocator when they are compressed as far as that helps. */
function compressedRequest(node: ListNode): number {
  const { size } = node;
  if (size < MIN_COMPRESSED_BYTES) return size;
  const texts = node.toArray().map(textOf);
  const contents = node.plain ? Buffer.from(texts[0], "latin1") : listpackOf(texts);
  const length = lzfCompress(contents, size, new Uint8Array(size), size);
  return length === 0 || length + MIN_SAVING >= size ? size : COMPRESSED_HEADER + length;
}

/** A place in the chain. */
export interface Position {
  readonly node: ListNode;
  readonly offset: number;
  /** Nodes that were passed on the way. */
  readonly passed: number;
}

export class Quicklist {
  head: ListNode | null = null;
  tail: ListNode | null = null;
  nodes = 0;
  elements = 0;
  /** Allocated bytes of all nodes' contents. */
  private contents = 0;
  /** Limits as they were when the list was made: a later CONFIG SET does not change them. */
  readonly fill: number;
  readonly compress: number;

  constructor(
    private readonly rules: ListRules,
    fill = rules.fill,
    compress = rules.compress,
  ) {
    this.fill = Math.min(MAX_FILL, Math.max(MIN_FILL, fill));
    this.compress = Math.min(MAX_COMPRESS, compress);
  }

  get bytes(): number {
    const { sizeClass } = this.rules;
    return sizeClass(HEAD_BYTES) + this.nodes * sizeClass(NODE_BYTES) + this.contents;
  }

  /** Bytes as MEMORY USAGE estimates them, from the first nodes; 0 samples look at all. */
  sampledBytes(samples: number): number {
    let bytes = 0;
    let seen = 0;
    for (let node = this.head; node !== null && (samples === 0 || seen < samples); node = node.next) {
      bytes += NODE_BYTES + node.allocated;
      seen++;
    }
    // Cut only after the addition, as there; object header and all.
    const header = OBJECT_HEADER + HEAD_BYTES;
    return Math.trunc(header + (bytes / seen) * this.nodes) - OBJECT_HEADER;
  }

  /** Sum of the listpacks' own bytes. */
  get contentBytes(): number {
    let bytes = 0;
    for (let node = this.head; node !== null; node = node.next) bytes += node.size;
    return bytes;
  }

  // -------------------------------------------------------------------------------------------------------------
  // The chain.

  private account(node: ListNode): void {
    const now = this.rules.sizeClass(node.compressed ? compressedRequest(node) : node.size);
    this.contents += now - node.allocated;
    node.allocated = now;
  }

  /** Links a node in beside another, or as the only one. */
  private link(node: ListNode, beside: ListNode | null, after: boolean): void {
    const previous = after ? beside : (beside?.previous ?? null);
    const next = after ? (beside?.next ?? null) : beside;
    node.previous = previous;
    node.next = next;
    if (previous === null) this.head = node;
    else previous.next = node;
    if (next === null) this.tail = node;
    else next.previous = node;
    this.nodes++;
    // It may have been in another chain before.
    node.allocated = 0;
    node.compressed = false;
    this.account(node);
    this.settleDepth(node);
  }

  private unlink(node: ListNode): void {
    if (node.previous === null) this.head = node.next;
    else node.previous.next = node.next;
    if (node.next === null) this.tail = node.previous;
    else node.next.previous = node.previous;
    this.nodes--;
    this.contents -= node.allocated;
    this.settleDepth(null);
  }

  /**
   * After the chain has changed: so many nodes from either end are uncompressed, the ones behind them and a node that was
   * linked in between are compressed.
   */
  private settleDepth(linked: ListNode | null): void {
    if (this.compress === 0) return;
    const near = new Set<ListNode>();
    let [front, back] = [this.head, this.tail];
    for (let depth = 0; depth < this.compress && front !== null && back !== null; depth++) {
      near.add(front).add(back);
      front = front.next;
      back = back.previous;
    }
    for (const node of near) this.setCompressed(node, false);
    for (const node of [linked, front, back]) if (node !== null && !near.has(node)) this.setCompressed(node, true);
  }

  private setCompressed(node: ListNode, compressed: boolean): void {
    if (node.compressed === compressed) return;
    node.compressed = compressed;
    this.account(node);
  }

  /** Adds a finished node to the end. */
  appendNode(node: ListNode): void {
    this.link(node, this.tail, true);
    this.elements += node.count;
  }

  private accepts(node: ListNode | null, element: Bytes): node is ListNode {
    if (node === null || node.plain || isLarge(this.rules, this.fill, element.length)) return false;
    return !exceedsLimit(this.fill, node.size + element.length + ENTRY_ESTIMATE, node.count + 1);
  }

  private mayMerge(left: ListNode | null, right: ListNode | null): boolean {
    if (left === null || right === null || left.plain || right.plain) return false;
    return !exceedsLimit(this.fill, left.size + right.size - LISTPACK_OVERHEAD, left.count + right.count);
  }

  /** Puts the right node's elements into the left one. */
  private join(left: ListNode, right: ListNode): ListNode {
    left.append(right);
    this.unlink(right);
    this.account(left);
    return left;
  }

  /** Merges what fits around a node: the two pairs beside it first, then the node itself with its neighbours. */
  private mergeAround(center: ListNode): void {
    const { previous, next } = center;
    if (previous !== null && this.mayMerge(previous.previous, previous)) this.join(previous.previous!, previous);
    if (next !== null && this.mayMerge(next, next.next)) this.join(next, next.next!);
    let target = center;
    if (this.mayMerge(target.previous, target)) target = this.join(target.previous!, target);
    if (this.mayMerge(target, target.next)) this.join(target, target.next!);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Elements.

  push(element: Bytes, toTail: boolean): void {
    const end = toTail ? this.tail : this.head;
    if (this.accepts(end, element)) {
      if (toTail) end.push(element);
      else end.unshift(element);
      this.account(end);
    } else {
      this.link(ListNode.of(element, isLarge(this.rules, this.fill, element.length)), end, toTail);
    }
    this.elements++;
  }

  pop(fromTail: boolean): Bytes {
    const node = (fromTail ? this.tail : this.head)!;
    const element = fromTail ? node.pop() : node.shift();
    this.elements--;
    if (node.count === 0) this.unlink(node);
    else this.account(node);
    return element;
  }

  /** Walks to an index from the nearer end; the index must be within. */
  find(index: number): Position {
    let passed = 0;
    if (index * 2 < this.elements) {
      let node = this.head!;
      let before = 0;
      for (; before + node.count <= index; passed++) {
        before += node.count;
        node = node.next!;
      }
      return { node, offset: index - before, passed };
    }
    let node = this.tail!;
    let first = this.elements - node.count;
    for (; first > index; passed++) {
      node = node.previous!;
      first -= node.count;
    }
    return { node, offset: index - first, passed };
  }

  insert(node: ListNode, offset: number, element: Bytes, after: boolean): void {
    const large = isLarge(this.rules, this.fill, element.length);
    const atEnd = after ? offset === node.count - 1 : offset === 0;
    const neighbour = after ? node.next : node.previous;
    this.elements++;
    if (large) {
      const own = ListNode.of(element, true);
      if (node.plain || atEnd) this.link(own, node, after);
      else {
        const rest = this.splitOff(node, after ? offset + 1 : offset);
        this.link(own, node, true);
        this.link(rest, own, true);
      }
    } else if (this.accepts(node, element)) {
      node.insert(after ? offset + 1 : offset, element);
      this.account(node);
    } else if (atEnd && this.accepts(neighbour, element)) {
      if (after) neighbour.unshift(element);
      else neighbour.push(element);
      this.account(neighbour);
    } else if (atEnd) {
      this.link(ListNode.of(element, false), node, after);
    } else {
      this.insertIntoFull(node, offset, element, after);
    }
  }

  /** Splits a full node at the place; the element goes to the part that did not hold its neighbour. */
  private insertIntoFull(node: ListNode, offset: number, element: Bytes, after: boolean): void {
    const rest = this.splitOff(node, after ? offset + 1 : offset);
    if (after) rest.unshift(element);
    else node.push(element);
    this.account(node);
    this.link(rest, node, true);
    // The server goes on from the part with the neighbour.
    this.mergeAround(after ? node : rest);
  }

  private splitOff(node: ListNode, offset: number): ListNode {
    const rest = node.split(offset);
    this.account(node);
    return rest;
  }

  replace(node: ListNode, offset: number, element: Bytes): void {
    const large = isLarge(this.rules, this.fill, element.length);
    if (node.plain === large) {
      node.set(offset, element);
      this.account(node);
    } else if (node.plain) {
      this.insert(node, offset, element, true);
      this.elements -= node.count;
      this.unlink(node);
    } else {
      // A large element among small ones: what follows it gets a node of its own, and so does the element.
      const rest = offset === node.count - 1 ? null : this.splitOff(node, offset + 1);
      const own = ListNode.of(element, true);
      this.link(own, node, true);
      if (rest !== null) this.link(rest, own, true);
      node.pop();
      if (node.count === 0) this.unlink(node);
      else {
        this.account(node);
        this.mergeAround(own);
      }
    }
  }

  /** Takes out `count` elements from an index on; both must be within. */
  deleteRange(start: number, count: number): void {
    if (count === 0) return;
    let { node, offset }: { node: ListNode | null; offset: number } = this.find(start);
    let left = count;
    while (left > 0 && node !== null) {
      const { next }: ListNode = node;
      const here = Math.min(left, node.count - offset);
      this.removeFrom(node, offset, here);
      left -= here;
      node = next;
      offset = 0;
    }
  }

  /** Takes elements out of one node, and the node when it becomes empty. */
  removeFrom(node: ListNode, offset: number, count: number): void {
    this.elements -= count;
    node.remove(offset, count);
    if (node.count === 0) this.unlink(node);
    else this.account(node);
  }

  clone(): Quicklist {
    const copy = new Quicklist(this.rules, this.fill, this.compress);
    for (let node = this.head; node !== null; node = node.next) copy.appendNode(node.clone());
    return copy;
  }
}
