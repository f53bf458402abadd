// One node of a list: a listpack of elements, or a single large element on its own ("plain"). Elements are added and taken
// at both ends in constant time: the array keeps free room in front. Sizes are those of the server's listpack.

import type { Bytes } from "../bytes.ts";
import { LISTPACK_OVERHEAD, listpackEntryBytes, listpackStringBytes } from "../memory/listpack.ts";

/** Free places in front below which the array is not moved together. */
const MIN_ROOM = 32;

/** Bytes of an element in a listpack. Synthetic values count as text: nobody looks whether they happen to be digits. */
function entryBytes(element: Bytes): number {
  return typeof element === "string" ? listpackEntryBytes(element) : listpackStringBytes(element.length);
}

export class ListNode {
  previous: ListNode | null = null;
  next: ListNode | null = null;
  /** Elements lie at positions `first` and up; what is in front is free. */
  private items: (Bytes | undefined)[] = [];
  private first = 0;
  /** Bytes of the listpack, or of the one plain element. */
  size: number;
  /** What the allocator gave for it, as the list has last accounted it. */
  allocated = 0;
  /** Stored compressed: far from both ends, under list-compress-depth. */
  compressed = false;

  constructor(readonly plain: boolean) {
    this.size = plain ? 0 : LISTPACK_OVERHEAD;
  }

  static of(element: Bytes, plain: boolean): ListNode {
    const node = new ListNode(plain);
    node.push(element);
    return node;
  }

  get count(): number {
    return this.items.length - this.first;
  }

  private sizeOf(element: Bytes): number {
    return this.plain ? element.length : entryBytes(element);
  }

  at(offset: number): Bytes {
    return this.items[this.first + offset] as Bytes;
  }

  push(element: Bytes): void {
    this.items.push(element);
    this.size += this.sizeOf(element);
  }

  unshift(element: Bytes): void {
    if (this.first === 0) this.makeRoom();
    this.items[--this.first] = element;
    this.size += this.sizeOf(element);
  }

  pop(): Bytes {
    const element = this.items.pop() as Bytes;
    this.size -= this.sizeOf(element);
    return element;
  }

  shift(): Bytes {
    const element = this.items[this.first] as Bytes;
    this.items[this.first++] = undefined;
    this.size -= this.sizeOf(element);
    if (this.first > MIN_ROOM && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return element;
  }

  set(offset: number, element: Bytes): void {
    this.size += this.sizeOf(element) - this.sizeOf(this.at(offset));
    this.items[this.first + offset] = element;
  }

  insert(offset: number, element: Bytes): void {
    if (offset === 0) return this.unshift(element);
    this.items.splice(this.first + offset, 0, element);
    this.size += this.sizeOf(element);
  }

  /** Takes out `count` elements from an offset on. */
  remove(offset: number, count: number): Bytes[] {
    if (count === 1 && offset === 0) return [this.shift()];
    if (count === 1 && offset === this.count - 1) return [this.pop()];
    if (count === this.count) return this.clear();
    const removed = this.items.splice(this.first + offset, count) as Bytes[];
    for (const element of removed) this.size -= this.sizeOf(element);
    return removed;
  }

  private clear(): Bytes[] {
    const removed = this.toArray();
    this.items = [];
    this.first = 0;
    this.size = this.plain ? 0 : LISTPACK_OVERHEAD;
    return removed;
  }

  /** Adds all elements of another node to the end. */
  append(other: ListNode): void {
    for (let i = 0; i < other.count; i++) this.items.push(other.at(i));
    this.size += other.size - LISTPACK_OVERHEAD;
  }

  /** Moves the elements from an offset on into a node of their own. */
  split(offset: number): ListNode {
    const tail = new ListNode(false);
    tail.items = this.remove(offset, this.count - offset);
    for (const element of tail.items) tail.size += this.sizeOf(element as Bytes);
    return tail;
  }

  toArray(): Bytes[] {
    return this.items.slice(this.first) as Bytes[];
  }

  clone(): ListNode {
    const copy = new ListNode(this.plain);
    copy.items = this.toArray();
    copy.size = this.size;
    return copy;
  }

  private makeRoom(): void {
    const room = Math.max(MIN_ROOM / 4, this.count >> 1);
    const items: (Bytes | undefined)[] = new Array(room).fill(undefined);
    for (let i = this.first; i < this.items.length; i++) items.push(this.items[i]);
    this.items = items;
    this.first = room;
  }
}
