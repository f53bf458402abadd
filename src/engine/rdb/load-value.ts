// Values as RDB holds them, from Redis 2.4 to Valkey 8: every form there has been becomes the one that the engine's
// parameters call for.

import { streamRules } from "../commands/stream-arguments.ts";
import type { Engine } from "../engine.ts";
import { HASH, LIST, SET, STREAM, STRING, type Value, type ValueType, ZSET } from "../keyspace.ts";
import { parseDouble, parseInteger } from "../numbers.ts";
import type { Settings } from "../settings.ts";
import { HashValue } from "../values/hash.ts";
import { ListValue } from "../values/list.ts";
import { SetValue } from "../values/set.ts";
import { SortedSet } from "../values/sorted-set.ts";
import type { ZsetRules } from "../values/zset-form.ts";
import { type ByteReader, Damaged } from "./byte-reader.ts";
import { readIntset } from "./intset.ts";
import { type Element, readListpack, readListpackTexts } from "./listpack.ts";
import { loadStream } from "./load-stream.ts";
import { NODE_PACKED, NODE_PLAIN, TYPE } from "./opcodes.ts";
import { readBytes, readLength, readOldDouble, readString, readStringValue } from "./strings.ts";
import { readZiplist, readZipmap } from "./ziplist.ts";

export interface Loaded {
  readonly type: ValueType;
  readonly value: Value;
}

/** Reads a value whose type byte has been read; null for a collection without elements, which no key can have. */
export function loadValue(reader: ByteReader, type: number, engine: Engine): Loaded | null {
  switch (type) {
    case TYPE.STRING:
      return { type: STRING, value: readStringValue(reader) };
    case TYPE.LIST:
    case TYPE.LIST_ZIPLIST:
    case TYPE.LIST_QUICKLIST:
    case TYPE.LIST_QUICKLIST_2:
      return loadList(reader, type, engine);
    case TYPE.SET:
    case TYPE.SET_INTSET:
    case TYPE.SET_LISTPACK:
      return loadSet(reader, type, engine);
    case TYPE.ZSET:
    case TYPE.ZSET_2:
    case TYPE.ZSET_ZIPLIST:
    case TYPE.ZSET_LISTPACK:
      return loadSortedSet(reader, type, engine);
    case TYPE.HASH:
    case TYPE.HASH_ZIPMAP:
    case TYPE.HASH_ZIPLIST:
    case TYPE.HASH_LISTPACK:
      return loadHash(reader, type, engine);
    case TYPE.STREAM:
    case TYPE.STREAM_2:
    case TYPE.STREAM_3:
      return { type: STREAM, value: loadStream(reader, type, streamRules(engine)) };
    case TYPE.MODULE:
    case TYPE.MODULE_OLD:
      throw new Damaged("The RDB file contains module data I can't load");
    default:
      throw new Damaged(`Unknown RDB encoding type ${type}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Lists.

function loadList(reader: ByteReader, type: number, engine: Engine): Loaded | null {
  const list = ListValue.asChain(engine.lists);
  if (type === TYPE.LIST_ZIPLIST) {
    for (const element of readZiplist(readBytes(reader))) list.push(element, true);
    // The server leaves it a chain here; the next change settles it. Empty ones are no keys.
    return list.elements === 0 ? null : { type: LIST, value: list };
  }
  for (let left = readLength(reader); left > 0; left--) {
    if (type === TYPE.LIST) list.push(readString(reader), true);
    else loadNode(reader, type, list);
  }
  if (list.elements === 0) return null;
  list.settle();
  return { type: LIST, value: list };
}

function loadNode(reader: ByteReader, type: number, list: ListValue): void {
  const container = type === TYPE.LIST_QUICKLIST ? NODE_PACKED : readLength(reader);
  if (container !== NODE_PLAIN && container !== NODE_PACKED) throw new Damaged("Quicklist integrity check failed.");
  const bytes = readBytes(reader);
  if (bytes.length === 0) throw new Damaged("an empty node of a list");
  if (container === NODE_PLAIN) {
    list.appendNode([bytes.toString("latin1")], true);
    return;
  }
  const elements = type === TYPE.LIST_QUICKLIST ? readZiplist(bytes) : readListpackTexts(bytes);
  if (elements.length > 0) list.appendNode(elements, false);
}

const packedSettings = new WeakMap<Settings, Settings>();

/** What comes as a listpack stays one whatever its elements' lengths: only their number is looked at. */
function rulesFor(engine: Engine, packed: boolean): ZsetRules {
  if (!packed) return engine;
  const { settings, sizeClass, profile, layout, random } = engine;
  let unlimited = packedSettings.get(settings);
  if (unlimited === undefined) {
    const limit = Number.POSITIVE_INFINITY;
    unlimited = { ...settings, hashMaxListpackValue: limit, setMaxListpackValue: limit, zsetMaxListpackValue: limit };
    packedSettings.set(settings, unlimited);
  }
  return { settings: unlimited, sizeClass, profile, layout, random };
}

// ---------------------------------------------------------------------------------------------------------------------
// Sets.

const DUPLICATE_MEMBER = "Duplicate set members detected";

function loadSet(reader: ByteReader, type: number, engine: Engine): Loaded | null {
  if (type === TYPE.SET_INTSET) {
    const { members, width } = readIntset(readBytes(reader));
    const set = SetValue.intset(engine);
    set.integers!.widen(width);
    for (const member of members) set.add(String(member), engine);
    return { type: SET, value: set };
  }
  const members = type === TYPE.SET_LISTPACK ? readListpackTexts(readBytes(reader)) : readStrings(reader, 1);
  if (members.length === 0) return null;
  const packed = type === TYPE.SET_LISTPACK;
  const rules = rulesFor(engine, packed);
  const set = emptySet(members, packed, rules);
  for (const member of members) if (!set.add(member, rules)) throw new Damaged(DUPLICATE_MEMBER);
  return { type: SET, value: set };
}

/** A set in the form that these members will have. */
function emptySet(members: readonly string[], packed: boolean, rules: ZsetRules): SetValue {
  const { settings, profile } = rules;
  const { length } = members;
  if (!packed && length <= settings.setMaxIntsetEntries && members.every(member => parseInteger(member) !== null)) {
    return SetValue.intset(rules);
  }
  // A table's members that do not even fit into an intset by number are not looked at any closer.
  const few = length <= settings.setMaxListpackEntries && (packed || length <= settings.setMaxIntsetEntries);
  if (profile.compactSets && few && members.every(member => member.length <= settings.setMaxListpackValue)) {
    return SetValue.listpack(rules);
  }
  const set = SetValue.hashtable(rules);
  set.table!.reserve(length);
  return set;
}

/** As many strings as the length in front of them says, times `each`. */
function readStrings(reader: ByteReader, each: number): string[] {
  const strings: string[] = [];
  for (let left = readLength(reader) * each; left > 0; left--) strings.push(readString(reader));
  return strings;
}

// ---------------------------------------------------------------------------------------------------------------------
// Sorted sets.

function loadSortedSet(reader: ByteReader, type: number, engine: Engine): Loaded | null {
  const members: string[] = [];
  const scores: number[] = [];
  if (type === TYPE.ZSET || type === TYPE.ZSET_2) {
    for (let left = readLength(reader); left > 0; left--) {
      members.push(readString(reader));
      scores.push(type === TYPE.ZSET_2 ? reader.double() : readOldDouble(reader));
    }
  } else {
    const bytes = readBytes(reader);
    const items: readonly Element[] = type === TYPE.ZSET_LISTPACK ? readListpack(bytes) : readZiplist(bytes);
    if (items.length % 2 === 1) throw new Damaged("Zset listpack integrity check failed.");
    for (let i = 0; i < items.length; i += 2) {
      members.push(String(items[i]));
      scores.push(scoreOf(items[i + 1]));
    }
  }
  if (members.length === 0) return null;
  const rules = rulesFor(engine, type === TYPE.ZSET_LISTPACK || type === TYPE.ZSET_ZIPLIST);
  let longest = 0;
  for (const member of members) longest = Math.max(longest, member.length);
  const set = SortedSet.create(rules, members.length, longest);
  for (let i = 0; i < members.length; i++) {
    if (Number.isNaN(scores[i])) throw new Damaged("Zset with NAN score detected");
    if (set.locate(members[i]) !== -1) throw new Damaged("Duplicate zset fields detected");
    set.insert(members[i], scores[i], rules);
  }
  return { type: ZSET, value: set };
}

function scoreOf(item: Element): number {
  const score = typeof item === "string" ? parseDouble(item) : Number(item);
  if (score === null) throw new Damaged("a score that is no number");
  return score;
}

// ---------------------------------------------------------------------------------------------------------------------
// Hashes.

function loadHash(reader: ByteReader, type: number, engine: Engine): Loaded | null {
  const items = readHashItems(reader, type);
  if (items.length === 0) return null;
  if (items.length % 2 === 1) throw new Damaged("Hash listpack integrity check failed.");
  const pairs = items.length / 2;
  const rules = rulesFor(engine, type === TYPE.HASH_LISTPACK || type === TYPE.HASH_ZIPLIST);
  const tooMany = pairs > rules.settings.hashMaxListpackEntries;
  const hash = tooMany ? HashValue.hashtable(rules, pairs) : HashValue.empty(rules);
  for (let i = 0; i < items.length; i += 2) {
    if (!hash.set(items[i], items[i + 1], rules)) throw new Damaged("Duplicate hash fields detected");
  }
  return { type: HASH, value: hash };
}

function readHashItems(reader: ByteReader, type: number): string[] {
  switch (type) {
    case TYPE.HASH_LISTPACK:
      return readListpackTexts(readBytes(reader));
    case TYPE.HASH_ZIPLIST:
      return readZiplist(readBytes(reader));
    case TYPE.HASH_ZIPMAP:
      return readZipmap(readBytes(reader));
    default:
      return readStrings(reader, 2);
  }
}
