// Sets: an intset while all members are integers and few, a listpack while they are few and short (from 7.2 on), else a
// hash table. A set never goes back to a smaller form by itself.

import type { Random } from "../../sim/random.ts";
import type { Collection } from "../keyspace.ts";
import { LISTPACK_OVERHEAD, listpackEntryBytes } from "../memory/listpack.ts";
import { sdsRequest } from "../memory/sds.ts";
import { parseInteger } from "../numbers.ts";
import { type CollectionRules, TableFrame } from "./collection-rules.ts";
import { Intset } from "./intset.ts";
import { MemberTable } from "./member-table.ts";

/** More than that many integers no intset holds, whatever the parameter says. */
const INTSET_LIMIT = 1 << 30;

function intsetLimit({ settings }: CollectionRules): number {
  return Math.min(settings.setMaxIntsetEntries, INTSET_LIMIT);
}

export class SetValue implements Collection {
  // One of the three is set.
  private ints: Intset | null = null;
  /** The listpack's members in its order. */
  private pack: Set<string> | null = null;
  private hashed: MemberTable<null> | null = null;

  private packRequest = LISTPACK_OVERHEAD;
  private frame: TableFrame | null = null;
  /** Allocator bytes of the compact block, or of the members' strings in a hash table. */
  private ownBytes = 0;

  private constructor() {}

  static intset(rules: CollectionRules): SetValue {
    const set = new SetValue();
    set.ints = new Intset();
    set.ownBytes = rules.sizeClass(set.ints.request);
    return set;
  }

  static listpack(rules: CollectionRules): SetValue {
    const set = new SetValue();
    set.pack = new Set();
    set.ownBytes = rules.sizeClass(LISTPACK_OVERHEAD);
    return set;
  }

  static hashtable(rules: CollectionRules): SetValue {
    const set = new SetValue();
    set.hashed = new MemberTable();
    set.frame = new TableFrame(rules, false);
    return set;
  }

  /** An empty set in the form that suits its first member and the expected number of members. */
  static for(first: string, expected: number, rules: CollectionRules): SetValue {
    const { settings, profile } = rules;
    const integer = parseInteger(first) !== null;
    if (!profile.compactSets) return integer ? SetValue.intset(rules) : SetValue.hashtable(rules);
    if (integer && expected <= settings.setMaxIntsetEntries) return SetValue.intset(rules);
    if (expected <= settings.setMaxListpackEntries) return SetValue.listpack(rules);
    const set = SetValue.hashtable(rules);
    set.hashed!.reserve(expected);
    return set;
  }

  /** What remains when nearly all of a listpack or hash table is taken out starts from a small form again. */
  static forRest(first: string, rules: CollectionRules): SetValue {
    return rules.profile.compactSets ? SetValue.listpack(rules) : SetValue.for(first, 1, rules);
  }

  get elements(): number {
    return this.ints?.size ?? this.pack?.size ?? this.hashed!.size;
  }

  get encoding(): "intset" | "listpack" | "hashtable" {
    if (this.ints !== null) return "intset";
    return this.pack !== null ? "listpack" : "hashtable";
  }

  /** The integers of an intset, for snapshots; null in the other forms. */
  get integers(): Intset | null {
    return this.ints;
  }

  get bytes(): number {
    return this.hashed === null ? this.ownBytes : this.frame!.bytes(this.hashed) + this.ownBytes;
  }

  /** The value's share in MEMORY USAGE. */
  sampledBytes(samples: number): number {
    if (this.hashed === null) return this.ownBytes;
    return this.frame!.usage(this.hashed, samples, member => [member.length]);
  }

  /** The hash table; null in the compact forms. */
  get table(): MemberTable<null> | null {
    return this.hashed;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Members.

  has(member: string): boolean {
    if (this.hashed !== null) return this.hashed.has(member);
    if (this.pack !== null) return this.pack.has(member);
    const integer = parseInteger(member);
    return integer !== null && this.ints!.has(integer);
  }

  /** To be called before so many members are added at once: a set that will be large gets its table first. */
  expect(members: number, rules: CollectionRules): void {
    const { settings, profile } = rules;
    if (!profile.compactSets || this.hashed !== null) return;
    const limit = this.pack !== null ? settings.setMaxListpackEntries : settings.setMaxIntsetEntries;
    if (members > limit) this.toTable(members, rules);
  }

  /** False when it was there. */
  add(member: string, rules: CollectionRules): boolean {
    if (this.hashed !== null) return this.addToTable(this.hashed, member, rules);
    return this.pack !== null ? this.addToPack(this.pack, member, rules) : this.addToInts(this.ints!, member, rules);
  }

  private addToTable(table: MemberTable<null>, member: string, { sizeClass }: CollectionRules): boolean {
    const before = table.size;
    table.addOrFind(member, null);
    if (table.size === before) return false;
    this.ownBytes += sizeClass(sdsRequest(member.length));
    return true;
  }

  private addToPack(pack: Set<string>, member: string, rules: CollectionRules): boolean {
    if (pack.has(member)) return false;
    const { settings } = rules;
    if (pack.size < settings.setMaxListpackEntries && member.length <= settings.setMaxListpackValue) {
      pack.add(member);
      this.packRequest += listpackEntryBytes(member);
      this.ownBytes = rules.sizeClass(this.packRequest);
      return true;
    }
    this.toTable(pack.size + 1, rules);
    return this.addToTable(this.hashed!, member, rules);
  }

  private addToInts(ints: Intset, member: string, rules: CollectionRules): boolean {
    const integer = parseInteger(member);
    if (integer !== null) {
      if (!ints.add(integer)) return false;
      this.ownBytes = rules.sizeClass(ints.request);
      if (ints.size > intsetLimit(rules)) this.toTable(ints.size, rules);
      return true;
    }
    const { settings } = rules;
    const { size } = ints;
    const widest = size === 0 ? 0 : Math.max(String(ints.at(0)).length, String(ints.at(size - 1)).length);
    const fits = Math.max(widest, member.length) <= settings.setMaxListpackValue;
    if (rules.profile.compactSets && size < settings.setMaxListpackEntries && fits) {
      this.toPack(ints);
      return this.addToPack(this.pack!, member, rules);
    }
    this.toTable(size + 1, rules);
    return this.addToTable(this.hashed!, member, rules);
  }

  /** False when it was not there. */
  delete(member: string, rules: CollectionRules): boolean {
    const { sizeClass, profile } = rules;
    if (this.hashed !== null) {
      if (!this.hashed.delete(member)) return false;
      this.ownBytes -= sizeClass(sdsRequest(member.length));
      this.hashed.shrinkIfSparse(profile.shrinkBelow);
      return true;
    }
    if (this.pack !== null) {
      if (!this.pack.delete(member)) return false;
      this.packRequest -= listpackEntryBytes(member);
      this.ownBytes = sizeClass(this.packRequest);
      return true;
    }
    const integer = parseInteger(member);
    if (integer === null || !this.ints!.delete(integer)) return false;
    this.ownBytes = sizeClass(this.ints!.request);
    return true;
  }

  /** Every member in the form's own order; integers ascend in an intset. */
  forEach(visit: (member: string, value: null) => void): void {
    if (this.hashed !== null) this.hashed.forEach(visit);
    else if (this.pack !== null) for (const member of this.pack) visit(member, null);
    else for (let i = 0; i < this.ints!.size; i++) visit(String(this.ints!.at(i)), null);
  }

  members(): string[] {
    const all: string[] = [];
    this.forEach(member => {
      all.push(member);
    });
    return all;
  }

  /** One member at random. */
  draw(random: Random): string {
    if (this.hashed !== null) return this.hashed.memberOf(this.hashed.fairRandomEntry(random));
    const at = random.below(this.elements);
    if (this.ints !== null) return String(this.ints.at(at));
    let index = 0;
    for (const member of this.pack!) if (index++ === at) return member;
    return "";
  }

  // -------------------------------------------------------------------------------------------------------------
  // Forms.

  private toPack(ints: Intset): void {
    this.pack = new Set();
    this.ints = null;
    ints.forEach(integer => {
      const member = String(integer);
      this.pack!.add(member);
      this.packRequest += listpackEntryBytes(member);
    });
  }

  private toTable(room: number, rules: CollectionRules): void {
    const members = this.members();
    const table = new MemberTable<null>();
    table.reserve(room);
    this.ownBytes = 0;
    for (const member of members) this.addToTable(table, member, rules);
    this.frame = new TableFrame(rules, false);
    this.hashed = table;
    this.ints = null;
    this.pack = null;
  }

  /** The form that the result of an intersection gets: an intset when all members are integers and not too many. */
  toIntset(rules: CollectionRules): void {
    if (this.ints !== null || this.elements > intsetLimit(rules)) return;
    const ints = new Intset();
    for (const member of this.members()) {
      const integer = parseInteger(member);
      if (integer === null) return;
      ints.add(integer);
    }
    this.ints = ints;
    this.pack = null;
    this.hashed = null;
    this.frame = null;
    this.ownBytes = rules.sizeClass(ints.request);
  }

  clone(): SetValue {
    const copy = new SetValue();
    copy.ints = this.ints?.clone() ?? null;
    copy.pack = this.pack === null ? null : new Set(this.pack);
    copy.hashed = this.hashed?.clone() ?? null;
    copy.packRequest = this.packRequest;
    copy.frame = this.frame?.clone() ?? null;
    copy.ownBytes = this.ownBytes;
    return copy;
  }
}
