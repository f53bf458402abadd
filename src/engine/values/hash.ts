// Hashes: a listpack of fields and values while they are few and short, else a hash table; never back.

import type { Random } from "../../sim/random.ts";
import type { Bytes } from "../bytes.ts";
import { NONE } from "../dict.ts";
import type { Collection } from "../keyspace.ts";
import { LISTPACK_OVERHEAD, listpackEntryBytes } from "../memory/listpack.ts";
import { sdsRequest } from "../memory/sds.ts";
import { type CollectionRules, TableFrame } from "./collection-rules.ts";
import { MemberTable } from "./member-table.ts";

export class HashValue implements Collection {
  /** The listpack's pairs in its order; null once there is a table. */
  private pack: Map<string, Bytes> | null = new Map();
  private hashed: MemberTable<Bytes> | null = null;

  private packRequest = LISTPACK_OVERHEAD;
  private frame: TableFrame | null = null;
  /** Allocator bytes of the listpack, or of the strings in the table. */
  private ownBytes = 0;

  private constructor() {}

  static empty(rules: CollectionRules): HashValue {
    const hash = new HashValue();
    hash.ownBytes = rules.sizeClass(LISTPACK_OVERHEAD);
    return hash;
  }

  /** An empty one that is a table from the start, with room for so many fields. */
  static hashtable(rules: CollectionRules, fields: number): HashValue {
    const hash = HashValue.empty(rules);
    hash.toTable(rules).reserve(fields);
    return hash;
  }

  get elements(): number {
    return this.pack?.size ?? this.hashed!.size;
  }

  get encoding(): "listpack" | "hashtable" {
    return this.pack !== null ? "listpack" : "hashtable";
  }

  get bytes(): number {
    return this.hashed === null ? this.ownBytes : this.frame!.bytes(this.hashed) + this.ownBytes;
  }

  /** The value's share in MEMORY USAGE. */
  sampledBytes(samples: number): number {
    if (this.hashed === null) return this.ownBytes;
    return this.frame!.usage(this.hashed, samples, (field, value) => [field.length, value.length]);
  }

  /** The hash table; null in the compact form. */
  get table(): MemberTable<Bytes> | null {
    return this.hashed;
  }

  get(field: string): Bytes | undefined {
    return this.pack !== null ? this.pack.get(field) : this.hashed!.get(field);
  }

  has(field: string): boolean {
    return this.pack !== null ? this.pack.has(field) : this.hashed!.has(field);
  }

  /**
   * To be called before argv[from] and all that follows are set, fields and values in turn: where they will not fit into
   * a listpack there is a table first.
   */
  expect(argv: readonly Bytes[], from: number, rules: CollectionRules): void {
    if (this.pack === null) return;
    const { hashMaxListpackEntries, hashMaxListpackValue } = rules.settings;
    const pairs = (argv.length - from) / 2;
    if (rules.profile.compactSets && pairs > hashMaxListpackEntries) {
      this.toTable(rules).reserve(pairs);
      return;
    }
    for (let i = from; i < argv.length; i++) {
      if (argv[i].length > hashMaxListpackValue) {
        this.toTable(rules);
        return;
      }
    }
  }

  /** True when the field is new. */
  set(field: string, value: Bytes, rules: CollectionRules): boolean {
    const { hashMaxListpackEntries, hashMaxListpackValue } = rules.settings;
    if (this.pack === null) return this.setInTable(this.hashed!, field, value, rules);
    if (field.length > hashMaxListpackValue || value.length > hashMaxListpackValue) {
      return this.setInTable(this.toTable(rules), field, value, rules);
    }
    const { pack } = this;
    const before = pack.get(field);
    if (before === undefined) this.packRequest += listpackEntryBytes(field);
    else this.packRequest -= listpackEntryBytes(before);
    pack.set(field, value);
    this.packRequest += listpackEntryBytes(value);
    this.ownBytes = rules.sizeClass(this.packRequest);
    if (pack.size > hashMaxListpackEntries) this.toTable(rules);
    return before === undefined;
  }

  private setInTable(table: MemberTable<Bytes>, field: string, value: Bytes, rules: CollectionRules): boolean {
    // 7.0 looks the field up before it inserts: two steps of rehashing.
    const found = rules.profile.compactSets ? table.addOrFind(field, value) : table.find(field);
    if (found === NONE) {
      if (!rules.profile.compactSets) table.insert(field, value);
      this.ownBytes += pairBytes(field, value, rules);
      return true;
    }
    this.ownBytes += pairBytes(field, value, rules) - pairBytes(field, table.valueOf(found), rules);
    table.setValue(found, value);
    return false;
  }

  /** False when it was not there. */
  delete(field: string, rules: CollectionRules): boolean {
    const { pack } = this;
    if (pack !== null) {
      const value = pack.get(field);
      if (value === undefined) return false;
      pack.delete(field);
      this.packRequest -= listpackEntryBytes(field) + listpackEntryBytes(value);
      this.ownBytes = rules.sizeClass(this.packRequest);
      return true;
    }
    const table = this.hashed!;
    const entry = table.find(field);
    if (entry === NONE) return false;
    this.ownBytes -= pairBytes(field, table.valueOf(entry), rules);
    table.remove(entry);
    table.shrinkIfSparse(rules.profile.shrinkBelow);
    return true;
  }

  /** Every pair in the form's own order. */
  forEach(visit: (field: string, value: Bytes) => void): void {
    if (this.pack !== null) for (const [field, value] of this.pack) visit(field, value);
    else this.hashed!.forEach(visit);
  }

  pairs(): [field: string, value: Bytes][] {
    if (this.pack !== null) return [...this.pack];
    const all: [string, Bytes][] = [];
    this.hashed!.forEach((field, value) => {
      all.push([field, value]);
    });
    return all;
  }

  /** One pair at random. */
  draw(random: Random): [field: string, value: Bytes] {
    if (this.hashed !== null) {
      const entry = this.hashed.fairRandomEntry(random);
      return [this.hashed.memberOf(entry), this.hashed.valueOf(entry)];
    }
    const at = random.below(this.elements);
    let index = 0;
    for (const pair of this.pack!) if (index++ === at) return pair;
    return ["", ""];
  }

  private toTable(rules: CollectionRules): MemberTable<Bytes> {
    const table = new MemberTable<Bytes>();
    table.reserve(this.pack!.size);
    this.ownBytes = 0;
    for (const [field, value] of this.pack!) {
      table.insert(field, value);
      this.ownBytes += pairBytes(field, value, rules);
    }
    this.frame = new TableFrame(rules, true);
    this.hashed = table;
    this.pack = null;
    return table;
  }

  clone(): HashValue {
    const copy = new HashValue();
    copy.pack = this.pack === null ? null : new Map(this.pack);
    copy.hashed = this.hashed?.clone() ?? null;
    copy.packRequest = this.packRequest;
    copy.frame = this.frame?.clone() ?? null;
    copy.ownBytes = this.ownBytes;
    return copy;
  }
}

/** Allocator bytes of a pair's strings in a table. */
function pairBytes(field: string, value: Bytes, { sizeClass }: CollectionRules): number {
  return sizeClass(sdsRequest(field.length)) + sizeClass(sdsRequest(value.length));
}
