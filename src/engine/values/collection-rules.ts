// What sets and hashes have in common: the rules of their engine, and what a hash table takes around its members.

import type { SizeClass } from "../memory/allocator.ts";
import type { Layout, TableModel } from "../memory/layout.ts";
import { sdsRequest } from "../memory/sds.ts";
import type { EngineProfile } from "../profile.ts";
import type { Settings } from "../settings.ts";
import type { MemberTable } from "./member-table.ts";

/** The engine is one of these. Given with every change and not kept, since a copy may live in another engine. */
export interface CollectionRules {
  readonly sizeClass: SizeClass;
  readonly settings: Settings;
  readonly profile: EngineProfile;
  readonly layout: Layout;
}

const DICT = 56;
const DICT_ENTRY = 24;
/** An entry without a value: only where a bucket holds more than one member. */
const CHAINED_MEMBER = 16;
/** The head of the tables of 8.1 and later, which have no entries (derived, not measured). */
const CACHE_LINE_TABLE = 72;

/** The bytes of one hash table without the strings in it. */
export class TableFrame {
  private readonly head: number;
  private readonly entry: number;
  /** Entries are only there for members that share a bucket. */
  private readonly bare: boolean;
  private readonly usageCountsEntries: boolean;
  private readonly layout: Layout;
  private readonly sizeClass: SizeClass;
  /** Set where buckets are cache lines. */
  private lines: TableModel | null;

  /** `withValues`: a hash or a sorted set; a set's members have none. */
  constructor({ sizeClass, profile, layout }: CollectionRules, withValues: boolean) {
    this.layout = layout;
    this.sizeClass = sizeClass;
    this.lines = cacheLines(layout);
    this.head = sizeClass(this.lines === null ? DICT : CACHE_LINE_TABLE);
    this.bare = !withValues && profile.compactSets;
    this.entry = sizeClass(this.bare ? CHAINED_MEMBER : DICT_ENTRY);
    this.usageCountsEntries = profile.usageCountsEntries;
  }

  bytes(table: MemberTable<unknown>): number {
    if (this.lines !== null) return this.head + this.lines.bytes(0, table.size);
    const entries = this.bare ? table.size - table.occupiedBuckets : table.size;
    return this.head + table.tableBytes + entries * this.entry;
  }

  /**
   * What MEMORY USAGE says of a table: the structures by their own sizes, not those of their allocations; entries and
   * strings at the mean of the first so many members, 0 for all of them.
   */
  usage<V>(table: MemberTable<V>, samples: number, lengths: (member: string, value: V) => readonly number[]): number {
    const { sizeClass, lines } = this;
    const sparse = this.bare && !this.usageCountsEntries;
    let seen = 0;
    let sum = 0;
    table.some((member, value, last) => {
      for (const length of lengths(member, value)) sum += sizeClass(sdsRequest(length));
      // The member at the end of a chain lies in the bucket, or in the entry before, by itself.
      if (lines === null) sum += sparse ? (last ? 0 : CHAINED_MEMBER) : DICT_ENTRY;
      return ++seen === samples;
    });
    const members = seen === 0 ? 0 : Math.floor((sum / seen) * table.size);
    return members + (lines === null ? DICT + table.tableBytes : this.head + lines.bytes(0, table.size));
  }

  /** For a copy of the collection. */
  clone(): TableFrame {
    if (this.lines === null) return this;
    const copy: TableFrame = Object.assign(Object.create(TableFrame.prototype), this);
    copy.lines = cacheLines(this.layout);
    return copy;
  }
}

function cacheLines(layout: Layout): TableModel | null {
  const model = layout.newTable();
  return model.followsUse ? model : null;
}
