// How many bytes a key and its string value take, per engine version. Derived from the structures of the servers and
// checked against measured figures (anchors/engines-and-memory.md, section 3; test/oracle/memory.json).
//
// Four layouts cover the versions:
//   entry      Redis 7.0/7.1, Valkey 7.2: a 24-byte dict entry (40 in cluster mode), the key in a string of its own,
//              a 16-byte object header in front of the value
//   embedded   Valkey 8.0: the key's bytes lie inside the dict entry; cluster mode keeps one dict per slot
//   object     Valkey 8.1: no dict entry; key, expiry and short values lie inside one object; buckets of a cache line
//   object9    Valkey 9.0: the same with a higher embedding limit and no value pointer beside an embedded value
//
// Left out: fragmentation (that is RSS, a model of the node), the bucket arrays (they belong to the tables).

import { powerOfTwoFor, type SizeClass } from "./allocator.ts";
import { EMBEDDED_LIMIT, sdsHeader, sdsRequest } from "./sds.ts";

/** How a string value is stored. */
export const SHARED_INT = 0;
export const INT = 1;
export const EMBEDDED = 2;
export const RAW = 3;
export type StringForm = typeof SHARED_INT | typeof INT | typeof EMBEDDED | typeof RAW;

/** Called for every allocation of a key: its size class and whether rewriting the value writes into it. */
export type SlotVisitor = (sizeClass: number, rewritten: boolean) => void;

export interface Layout {
  /** `used_memory` of an idle server. */
  startupBytes(cluster: boolean): number;
  /**
   * Bytes of a key with a string value: entry, key, value, expiry; without bucket arrays. `capacity` is the room that
   * a raw string has, at least its length.
   */
  stringBytes(keyLength: number, hasTtl: boolean, form: StringForm, capacity: number): number;
  /** Bytes of a key whose value is a collection: entry, key, object header, expiry. The collection adds its own. */
  collectionKeyBytes(keyLength: number, hasTtl: boolean): number;
  /** The same allocations as `stringBytes`, one by one. */
  visitString(keyLength: number, hasTtl: boolean, form: StringForm, capacity: number, visit: SlotVisitor): void;
  /** What MEMORY USAGE answers for a string: it leaves the expiry out. */
  memoryUsage(keyLength: number, form: StringForm, capacity: number): number;
  /** The model of one table's bucket arrays. */
  newTable(): TableModel;
  /** One dict per slot in cluster mode: the bytes of a non-empty slot's dict, else null. */
  readonly slotDictBytes: ((keys: number) => number) | null;
}

/** Bytes of a table's bucket arrays. */
export interface TableModel {
  /** `buckets` of both halves while a dict rehashes, `used` keys in it. */
  bytes(buckets: number, used: number): number;
  /** Whether the bytes change with every key, and not only when the dict is resized. */
  readonly followsUse: boolean;
}

export interface LayoutOptions {
  readonly sizeClass: SizeClass;
  readonly cluster: boolean;
}

const OBJECT_HEADER = 16;
const DICT_ENTRY = 24;
const POINTER = 8;

const DICT_TABLE: TableModel = { bytes: buckets => POINTER * buckets, followsUse: false };

/** Value bytes outside the entry for the layouts in which the value has its own object header. */
function valueBytes(s: SizeClass, form: StringForm, capacity: number): number {
  switch (form) {
    case SHARED_INT:
      return 0;
    case INT:
      return s(OBJECT_HEADER);
    case EMBEDDED:
      return s(OBJECT_HEADER + 3 + capacity + 1);
    case RAW:
      return s(OBJECT_HEADER) + s(sdsHeader(capacity) + capacity + 1);
  }
}

function visitValue(s: SizeClass, form: StringForm, capacity: number, visit: SlotVisitor): void {
  if (form === INT) visit(s(OBJECT_HEADER), true);
  else if (form === EMBEDDED) visit(s(OBJECT_HEADER + 3 + capacity + 1), true);
  else if (form === RAW) {
    visit(s(OBJECT_HEADER), true);
    visit(s(sdsRequest(capacity)), true);
  }
}

/**
 * Redis 7.0 and 7.1, Valkey 7.2. `startup` in bytes: standalone, cluster. `clusterUsage`: what MEMORY USAGE adds per key
 * in cluster mode; 7.2 says 8 though the slot chain still takes 16.
 */
export function entryLayout(
  { sizeClass: s, cluster }: LayoutOptions,
  startup: readonly [number, number],
  clusterUsage: 16 | 8,
): Layout {
  const entry = s(cluster ? DICT_ENTRY + 16 : DICT_ENTRY);
  const entryUsage = cluster ? DICT_ENTRY + clusterUsage : DICT_ENTRY;
  const ttl = s(DICT_ENTRY);
  const keyBytes = (length: number) => entry + s(sdsRequest(length));
  return {
    startupBytes: inCluster => startup[inCluster ? 1 : 0],
    stringBytes: (key, hasTtl, form, capacity) => keyBytes(key) + (hasTtl ? ttl : 0) + valueBytes(s, form, capacity),
    collectionKeyBytes: (key, hasTtl) => keyBytes(key) + (hasTtl ? ttl : 0) + s(OBJECT_HEADER),
    visitString(key, hasTtl, form, capacity, visit) {
      visit(entry, true);
      visit(s(sdsRequest(key)), false);
      if (hasTtl) visit(ttl, true);
      visitValue(s, form, capacity, visit);
    },
    // It takes the entry's own size, not that of its allocation.
    memoryUsage: (key, form, capacity) =>
      entryUsage + s(sdsRequest(key)) + valueBytes(s, form === SHARED_INT ? INT : form, capacity),
    newTable: () => DICT_TABLE,
    slotDictBytes: null,
  };
}

/** Valkey 8.0. */
export function embeddedLayout({ sizeClass: s, cluster }: LayoutOptions): Layout {
  const ttl = s(DICT_ENTRY);
  // Value and next pointer, one byte for the key's header size, then the key itself with at least a 3-byte header.
  const keyBytes = (length: number) => s(17 + Math.max(3, sdsHeader(length)) + length + 1);
  return {
    startupBytes: inCluster => (inCluster ? 2_700_000 : 912_000),
    stringBytes: (key, hasTtl, form, capacity) => keyBytes(key) + (hasTtl ? ttl : 0) + valueBytes(s, form, capacity),
    collectionKeyBytes: (key, hasTtl) => keyBytes(key) + (hasTtl ? ttl : 0) + s(OBJECT_HEADER),
    visitString(key, hasTtl, form, capacity, visit) {
      visit(keyBytes(key), true);
      if (hasTtl) visit(ttl, true);
      visitValue(s, form, capacity, visit);
    },
    memoryUsage: (key, form, capacity) => keyBytes(key) + valueBytes(s, form === SHARED_INT ? INT : form, capacity),
    newTable: () => DICT_TABLE,
    slotDictBytes: cluster ? keys => (keys === 0 ? 0 : 80 + POINTER * powerOfTwoFor(keys)) : null,
  };
}

/**
 * Valkey 8.1 (`embedLimit` 64) and 9.0 (`embedLimit` 128, no value pointer beside an embedded value). Read from source
 * and from third-party figures, not measured by us: labelled as such wherever it is shown.
 */
export function objectLayout({ sizeClass: s }: LayoutOptions, embedLimit: 64 | 128): Layout {
  /** Splits a key into its object's request and the request of a separate value string (0 when there is none). */
  const requests = (key: number, hasTtl: boolean, form: StringForm, capacity: number): [number, number] => {
    const base = OBJECT_HEADER + 1 + sdsRequest(key);
    const withoutRoom = base + (hasTtl || key >= 128 ? 8 : 0);
    if (form === SHARED_INT || form === INT) return [withoutRoom, 0];
    const embedded = withoutRoom + 3 + capacity + 1 - (embedLimit === 128 ? POINTER : 0);
    if (embedded <= embedLimit && (form === EMBEDDED || capacity <= EMBEDDED_LIMIT * 2)) return [embedded, 0];
    return [withoutRoom, sdsRequest(capacity)];
  };
  const bytes = (key: number, hasTtl: boolean, form: StringForm, capacity: number) => {
    const [object, value] = requests(key, hasTtl, form, capacity);
    return s(object) + (value === 0 ? 0 : s(value));
  };
  return {
    startupBytes: inCluster => (inCluster ? 2_700_000 : 912_000),
    stringBytes: bytes,
    collectionKeyBytes: (key, hasTtl) => bytes(key, hasTtl, INT, 0),
    visitString(key, hasTtl, form, capacity, visit) {
      const [object, value] = requests(key, hasTtl, form, capacity);
      visit(s(object), true);
      if (value > 0) visit(s(value), true);
    },
    memoryUsage: (key, form, capacity) => bytes(key, false, form, capacity),
    newTable: cacheLineTable,
    slotDictBytes: null,
  };
}

/** Cache-line buckets of seven entries; a bucket that overflows gets a child of the same size. */
function cacheLineTable(): TableModel {
  let buckets = 0;
  return {
    followsUse: true,
    bytes(_dictBuckets, used) {
      if (used === 0) return (buckets = 0);
      // It grows past 100 % fill and shrinks below 13 %; either way to between 3.2 and 6.4 keys a bucket.
      if (used > 7 * buckets || used < 7 * buckets * 0.13) {
        buckets = 1;
        while (buckets < Math.ceil((used * 5) / 32)) buckets *= 2;
      }
      return Math.round(64 * buckets * (1 + overflowShare(used / buckets)));
    },
  };
}

/** Share of buckets with more than seven entries when entries are spread at random, `load` of them per bucket. */
function overflowShare(load: number): number {
  let term = Math.exp(-load);
  let within = term;
  for (let k = 1; k <= 7; k++) {
    term *= load / k;
    within += term;
  }
  return Math.max(0, 1 - within);
}
