// How much memory a save duplicates: pages that were written while a forked child still shares them.
//
// What counts is how many *distinct* keys were rewritten, per allocator size class (models/physics.md, 1.2):
//   class c holds N_c allocations of the data set, D_c of them rewritten since the fork, p = D_c / N_c
//   dirty = sum over c of  pages_c * 4096 * mean over pages of (1 - (1 - p)^m)
// with m the allocations that overlap a page and belong to what a rewrite touches. Against 23 measured saves the mean
// error of this form was 5 % at 200 MB and 1 % at 1 GB; one page per write is wrong by 34 %.
// Two further effects:
//   dismissal   after saving a value larger than half a page the child gives its pages back, so pages that lie wholly
//               inside one value count for less as the save goes on: times (1 - progress). The peak is before the end.
//   large       values of 16 KiB and more have an extent of their own of size / 4096 + 1 pages
// The child's own pages come on top (1-5 MB, more with many small keys: 3 MB here).
//
// Left out: bucket arrays written by inserts and rehashing (suspended while a child saves), client buffers.

import type { Engine } from "../engine/engine.ts";
import { type Keyspace, NO_EXPIRY, STRING } from "../engine/keyspace.ts";
import { type StringValue, stringCapacity, stringForm } from "../engine/values/string.ts";
import { FAULT_NS } from "./costs.ts";

const PAGE = 4_096;
const LARGE_CLASS = 16_384;
export const CHILD_OWN_BYTES = 3_000_000;

/** One size class at the moment of the fork and what happened to it since. */
export interface ClassCount {
  readonly size: number;
  /** Allocations that a rewrite of their key writes to, and those it leaves alone (key names). */
  writable: number;
  still: number;
  rewritten: number;
}

export class CopyOnWrite {
  private readonly classes = new Map<number, ClassCount>();
  /** One bit per entry and database: its key has been rewritten since the fork. */
  private readonly seen = new Map<Keyspace, Uint8Array>();
  /** Distinct keys rewritten. */
  rewrittenKeys = 0;
  /** First touches of pages that are still to be paid for by the engine thread, see `takeFaults`. */
  private expectedFaults = 0;

  constructor(private readonly engine: Engine) {
    for (const database of engine.databases) {
      if (database === undefined || database.size === 0) continue;
      database.forEachEntry(entry =>
        this.visit(database, entry, (one, rewritten) => {
          if (rewritten) one.writable++;
          else one.still++;
        }),
      );
      this.seen.set(database, new Uint8Array(0));
      database.rewriteObserver = entry => this.rewritten(database, entry);
    }
  }

  /** The save is over. */
  end(): void {
    for (const database of this.seen.keys()) database.rewriteObserver = null;
  }

  /** Bytes duplicated when a share `progress` in [0, 1] of the data set has been saved. */
  bytes(progress: number): number {
    let dirty = CHILD_OWN_BYTES;
    for (const one of this.classes.values()) dirty += dirtyBytes(one, progress);
    return dirty;
  }

  /** Page faults that the rewrites since the last call caused, in expectation. */
  takeFaults(): number {
    const faults = this.expectedFaults;
    this.expectedFaults = 0;
    return faults;
  }

  /** Their time, in ns. */
  takeNs(): number {
    return this.takeFaults() * FAULT_NS;
  }

  private rewritten(database: Keyspace, entry: number): void {
    let bits = this.seen.get(database)!;
    if (entry >= bits.length) {
      const wider = new Uint8Array(Math.max(1_024, Math.ceil((entry + 1) * 1.5)));
      wider.set(bits);
      this.seen.set(database, wider);
      bits = wider;
    }
    if (bits[entry] === 1) return;
    bits[entry] = 1;
    this.rewrittenKeys++;
    this.visit(database, entry, (one, rewritten) => {
      if (!rewritten) return;
      one.rewritten++;
      // A rewrite faults on each page that nobody has written yet: with p dirty allocations, (1 - p)^(m - 1).
      const p = Math.min(1, one.rewritten / Math.max(1, one.writable));
      this.expectedFaults += pagesPerRewrite(one.size) * (1 - p) ** Math.max(0, writableOverlap(one) - 1);
    });
  }

  private visit(database: Keyspace, entry: number, count: (one: ClassCount, rewritten: boolean) => void): void {
    const { layout, settings } = this.engine;
    const keyLength = database.keyOf(entry).length;
    const hasTtl = database.expiryOf(entry) !== NO_EXPIRY;
    const add = (size: number, rewritten: boolean) => count(this.classOf(size), rewritten);
    if (database.typeOf(entry) === STRING) {
      const value = database.valueOf(entry) as StringValue;
      layout.visitString(keyLength, hasTtl, stringForm(value, settings.shareIntegers), stringCapacity(value), add);
    } else {
      // A collection's own nodes are not listed one by one; it counts as one allocation of its size.
      add(database.bytesOf(entry), true);
    }
  }

  private classOf(size: number): ClassCount {
    let one = this.classes.get(size);
    if (one === undefined) this.classes.set(size, (one = { size, writable: 0, still: 0, rewritten: 0 }));
    return one;
  }
}

/** Allocations overlapping each page of a run of equal slots: one entry per page of the pattern's period. */
function overlapPattern(size: number): number[] {
  const pages = size / greatestCommonDivisor(size, PAGE);
  const pattern: number[] = [];
  for (let page = 0; page < pages; page++) {
    const first = Math.floor((page * PAGE) / size);
    const last = Math.floor(((page + 1) * PAGE - 1) / size);
    pattern.push(last - first + 1);
  }
  return pattern;
}

const patterns = new Map<number, { m: number; share: number; inside: number }[]>();

/** The distinct overlaps of a class, the share of its pages with each, and how many of those lie inside one value. */
function overlaps(size: number): { m: number; share: number; inside: number }[] {
  let known = patterns.get(size);
  if (known === undefined) {
    const pattern = overlapPattern(size);
    const counts = new Map<number, number>();
    for (const m of pattern) counts.set(m, (counts.get(m) ?? 0) + 1);
    known = [...counts].map(([m, count]) => ({
      m,
      share: count / pattern.length,
      inside: m === 1 && size > PAGE / 2 ? count / pattern.length : 0,
    }));
    patterns.set(size, known);
  }
  return known;
}

function writableOverlap(one: ClassCount): number {
  const total = one.writable + one.still;
  return (PAGE / one.size + 1) * (total === 0 ? 1 : one.writable / total);
}

function pagesPerRewrite(size: number): number {
  return size >= LARGE_CLASS ? size / PAGE + 1 : Math.max(1, size / PAGE);
}

/** Bytes duplicated within one class when a share `progress` of the data set has been saved. */
export function dirtyBytes(one: ClassCount, progress: number): number {
  if (one.rewritten === 0 || one.writable === 0) return 0;
  const p = Math.min(1, one.rewritten / one.writable);
  if (one.size >= LARGE_CLASS) {
    const pages = one.size / PAGE + 1;
    const dismissible = one.size / PAGE - 1;
    return Math.min(one.rewritten, one.writable) * PAGE * (pages - dismissible + dismissible * (1 - progress));
  }
  const total = one.writable + one.still;
  const pages = (total * one.size) / PAGE;
  const writableShare = one.writable / total;
  let dirtyShare = 0;
  for (const { m, share, inside } of overlaps(one.size)) {
    // Key names share pages with what is rewritten but are not: only part of the overlapping slots counts.
    const touched = 1 - (1 - p) ** (m * writableShare);
    dirtyShare += touched * (share - inside + inside * (1 - progress));
  }
  return pages * PAGE * dirtyShare;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
