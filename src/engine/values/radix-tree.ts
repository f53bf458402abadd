// The server's radix tree: an ordered map from byte strings, with the number and size of the nodes that the server would
// have, since both are memory and XINFO STREAM shows one of them.
//
// Here a vertex stands for every place where a key ends or ways part, with the bytes that lead to it as its label. The server
// has a node per vertex, and one more for the rest of a label whose first byte already stands in a node with several ways.

import type { SizeClass } from "../memory/allocator.ts";

/** Bytes that several structures share as one sum. */
export interface Tally {
  bytes: number;
}

export interface RadixEntry<V> {
  readonly value: V;
}

const HEAD_BYTES = 24;
const NODE_HEADER = 4;
const POINTER = 8;
/** What MEMORY USAGE takes for a key and for a node, whatever they are. */
const KEY_ESTIMATE = 16;
const NODE_ESTIMATE = 244;

/** Request for a node of so many characters and children. */
function nodeBytes(characters: number, children: number, hasValue: boolean): number {
  const padding = (POINTER - ((NODE_HEADER + characters) % POINTER)) % POINTER;
  return NODE_HEADER + characters + padding + POINTER * children + (hasValue ? POINTER : 0);
}

class Vertex<V> {
  children: Vertex<V>[] | null = null;
  /** Present where a key ends. */
  value: V | undefined = undefined;
  /** Allocated bytes of its own node, and of those that hold the rests of its children's labels. */
  bytes = 0;
  nodes = 1;
  /** Bytes and number of rests of children's labels, whether they have nodes of their own or not. */
  restBytes = 0;
  rests = 0;

  constructor(
    public label: string,
    public parent: Vertex<V> | null,
  ) {}
}

/** The first child whose label begins with this byte or a later one. */
function lowerBound<V>(children: readonly Vertex<V>[], byte: number): number {
  let low = 0;
  let high = children.length;
  // Keys mostly come in order: the last way is the likeliest.
  if (high > 0 && children[high - 1].label.charCodeAt(0) < byte) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (children[middle].label.charCodeAt(0) < byte) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many bytes of the label the key has at this place. */
function commonLength(label: string, key: string, at: number): number {
  const limit = Math.min(label.length, key.length - at);
  let i = 1;
  while (i < limit && label.charCodeAt(i) === key.charCodeAt(at + i)) i++;
  return i;
}

export class RadixTree<V> {
  private readonly root: Vertex<V>;
  private entries = 0;
  private nodeCount = 0;
  private allocated = 0;

  constructor(
    private readonly sizeClass: SizeClass,
    private readonly tally: Tally,
  ) {
    this.root = new Vertex<V>("", null);
    this.count(sizeClass(HEAD_BYTES), 0);
    this.settle(this.root, 0);
  }

  get size(): number {
    return this.entries;
  }

  /** Nodes that the server's tree has. */
  get nodes(): number {
    return this.nodeCount;
  }

  get bytes(): number {
    return this.allocated;
  }

  /** Bytes as MEMORY USAGE estimates them. */
  get estimatedBytes(): number {
    return this.entries * KEY_ESTIMATE + this.nodeCount * NODE_ESTIMATE;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Accounting.

  private count(bytes: number, nodes: number): void {
    this.allocated += bytes;
    this.tally.bytes += bytes;
    this.nodeCount += nodes;
  }

  /** Brings a vertex' share up to date. `nodes`: how many nodes of it were counted so far. */
  private settle(vertex: Vertex<V>, nodes = vertex.nodes): void {
    const { sizeClass } = this;
    const ways = vertex.children?.length ?? 0;
    const hasValue = vertex.value !== undefined;
    let bytes: number;
    if (ways === 1) bytes = sizeClass(nodeBytes(vertex.children![0].label.length, 1, hasValue));
    else bytes = sizeClass(nodeBytes(ways, ways, hasValue)) + (ways === 0 ? 0 : vertex.restBytes);
    vertex.nodes = ways < 2 ? 1 : 1 + vertex.rests;
    this.count(bytes - vertex.bytes, vertex.nodes - nodes);
    vertex.bytes = bytes;
  }

  private countRest(vertex: Vertex<V>, label: string, sign: 1 | -1): void {
    if (label.length < 2) return;
    vertex.restBytes += sign * this.sizeClass(nodeBytes(label.length - 1, 1, false));
    vertex.rests += sign;
  }

  private attach(vertex: Vertex<V>, index: number, child: Vertex<V>): void {
    if (vertex.children === null) vertex.children = [child];
    else if (index === vertex.children.length) vertex.children.push(child);
    else vertex.children.splice(index, 0, child);
    child.parent = vertex;
    this.countRest(vertex, child.label, 1);
  }

  /** Puts a vertex in the place of one of the children. */
  private replace(vertex: Vertex<V>, index: number, child: Vertex<V>): void {
    this.countRest(vertex, vertex.children![index].label, -1);
    vertex.children![index] = child;
    child.parent = vertex;
    this.countRest(vertex, child.label, 1);
    this.settle(vertex);
  }

  /** Takes the whole tree out of the sum. */
  drop(): void {
    this.tally.bytes -= this.allocated;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Keys.

  /** Puts a value under a key; whether the key is new. */
  set(key: string, value: V): boolean {
    let vertex = this.root;
    let at = 0;
    while (at < key.length) {
      const children: readonly Vertex<V>[] = vertex.children ?? NONE;
      const byte = key.charCodeAt(at);
      const index = lowerBound(children, byte);
      const child = children[index];
      if (child === undefined || child.label.charCodeAt(0) !== byte) {
        const leaf = new Vertex<V>(key.slice(at), vertex);
        leaf.value = value;
        this.attach(vertex, index, leaf);
        this.settle(leaf, 0);
        this.settle(vertex);
        this.entries++;
        return true;
      }
      const common = commonLength(child.label, key, at);
      at += common;
      if (common === child.label.length) {
        vertex = child;
        continue;
      }
      const fork = new Vertex<V>(child.label.slice(0, common), vertex);
      this.replace(vertex, index, fork);
      child.label = child.label.slice(common);
      this.attach(fork, 0, child);
      this.settle(fork, 0);
      vertex = fork;
    }
    const isNew = vertex.value === undefined;
    vertex.value = value;
    if (!isNew) return false;
    this.settle(vertex);
    this.entries++;
    return true;
  }

  private find(key: string): Vertex<V> | null {
    let vertex = this.root;
    let at = 0;
    while (at < key.length) {
      const children: readonly Vertex<V>[] = vertex.children ?? NONE;
      const child = children[lowerBound(children, key.charCodeAt(at))];
      if (child === undefined || !key.startsWith(child.label, at)) return null;
      at += child.label.length;
      vertex = child;
    }
    return vertex;
  }

  get(key: string): V | undefined {
    return this.find(key)?.value;
  }

  /** Takes a key out; whether it was there. */
  delete(key: string): boolean {
    const vertex = this.find(key);
    if (vertex === null || vertex.value === undefined) return false;
    vertex.value = undefined;
    this.entries--;
    const { parent } = vertex;
    const ways = vertex.children?.length ?? 0;
    if (parent === null || ways > 1) return true;
    if (ways === 1) {
      this.join(vertex);
      return true;
    }
    this.count(-vertex.bytes, -1);
    this.detach(parent, vertex);
    if (parent.parent !== null && parent.value === undefined && parent.children!.length === 1) this.join(parent);
    return true;
  }

  private detach(vertex: Vertex<V>, child: Vertex<V>): void {
    const children = vertex.children!;
    children.splice(lowerBound(children, child.label.charCodeAt(0)), 1);
    this.countRest(vertex, child.label, -1);
    // A node with one long way keeps its size when that way goes.
    if (children.length > 0 || child.label.length < 2) this.settle(vertex);
  }

  /** A vertex at which nothing ends and nothing parts becomes one with its only child. */
  private join(vertex: Vertex<V>): void {
    const parent = vertex.parent!;
    const child = vertex.children![0];
    this.count(-vertex.bytes, -vertex.nodes);
    const index = lowerBound(parent.children!, vertex.label.charCodeAt(0));
    child.label = vertex.label + child.label;
    this.replace(parent, index, child);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Order.

  first(): RadixEntry<V> | null {
    return this.entries === 0 ? null : leftmost(this.root);
  }

  last(): RadixEntry<V> | null {
    if (this.entries === 0) return null;
    let vertex = this.root;
    while (vertex.children !== null && vertex.children.length > 0) vertex = vertex.children.at(-1)!;
    return vertex as RadixEntry<V>;
  }

  /** The entry after this one, which must still be there. */
  after(entry: RadixEntry<V>): RadixEntry<V> | null {
    const vertex = entry as Vertex<V>;
    return vertex.children === null || vertex.children.length === 0 ? beyond(vertex) : leftmost(vertex.children[0]);
  }

  /** The first entry whose key is this one or a later one. */
  ceiling(key: string): RadixEntry<V> | null {
    if (this.entries === 0) return null;
    let vertex = this.root;
    let at = 0;
    while (at < key.length) {
      const children: readonly Vertex<V>[] = vertex.children ?? NONE;
      const byte = key.charCodeAt(at);
      const child = children[lowerBound(children, byte)];
      if (child === undefined) return beyond(vertex);
      if (child.label.charCodeAt(0) !== byte) return leftmost(child);
      const common = commonLength(child.label, key, at);
      at += common;
      if (common < child.label.length) {
        const before = at < key.length && child.label.charCodeAt(common) < key.charCodeAt(at);
        return before ? beyond(child) : leftmost(child);
      }
      vertex = child;
    }
    return leftmost(vertex);
  }

  /** Every value, in the order of the keys. */
  *values(): Generator<V> {
    for (let entry = this.first(); entry !== null; entry = this.after(entry)) yield entry.value;
  }
}

const NONE: readonly never[] = [];

function leftmost<V>(start: Vertex<V>): RadixEntry<V> {
  let vertex = start;
  while (vertex.value === undefined) vertex = vertex.children![0];
  return vertex as RadixEntry<V>;
}

/** The first entry after everything under a vertex. */
function beyond<V>(start: Vertex<V>): RadixEntry<V> | null {
  let vertex = start;
  for (let { parent } = vertex; parent !== null; { parent } = vertex) {
    const children = parent.children!;
    const next = lowerBound(children, vertex.label.charCodeAt(0)) + 1;
    if (next < children.length) return leftmost(children[next]);
    vertex = parent;
  }
  return null;
}
