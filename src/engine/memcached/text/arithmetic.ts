// incr and decr: decimal numbers of 64 bits without a sign. Up is round the corner, down stops at zero. A result that is no
// longer than what was there is written in its place, padded with blanks.

import { textOf } from "../../bytes.ts";
import { CHUNKED, NO_ITEM, QUEUED } from "../item-table.ts";
import { classOfList } from "../lru.ts";
import type { MemcachedStore } from "../store.ts";
import { BAD_FORMAT, KEY_MOST, notesNoreply, type TextCommand } from "./command.ts";
import { unsigned64 } from "./numbers.ts";
import type { TextSession } from "./session.ts";

export const NON_NUMERIC = "CLIENT_ERROR cannot increment or decrement non-numeric value";

export type Delta =
  | { readonly outcome: "missing" | "not-numeric" | "no-memory" | "other-cas" }
  | { readonly outcome: "done"; readonly item: number; readonly text: string };

/** `cas`: only this version; 0: any. */
export function addDelta(store: MemcachedStore, key: string, up: boolean, by: bigint, cas: number): Delta {
  const { items, stats } = store;
  const old = store.find(key);
  if (old === NO_ITEM) return { outcome: "missing" };
  const text = textOf(items.values[old]);
  if (text.length === 0 || (items.marks[old] & CHUNKED) !== 0) return { outcome: "not-numeric" };
  if (cas !== 0 && items.cas[old] !== cas) return { outcome: "other-cas" };
  const before = unsigned64(text);
  if (before === null) return { outcome: "not-numeric" };
  const value = up ? BigInt.asUintN(64, before + by) : by > before ? 0n : before - by;
  const digits = String(value);
  (up ? stats.slabs.incr_hits : stats.slabs.decr_hits)[classOfList(items.list[old])]++;
  // An item that waits for its move to WARM has another owner, and is replaced.
  if (digits.length <= text.length && (items.marks[old] & QUEUED) === 0) {
    store.overwrite(old, digits.padEnd(text.length, " "));
    return { outcome: "done", item: old, text: digits };
  }
  store.locked = old;
  const item = store.allocate(key, items.flags[old], items.expires[old], digits.length);
  store.locked = NO_ITEM;
  if (item === NO_ITEM) return { outcome: "no-memory" };
  items.values[item] = digits;
  store.unlink(old);
  store.link(item);
  return { outcome: "done", item, text: digits };
}

function arithmetic(session: TextSession, words: readonly string[], up: boolean): void {
  const { store } = session;
  notesNoreply(session, words);
  const key = words[1];
  if (key.length > KEY_MOST) return session.say(BAD_FORMAT);
  const by = unsigned64(words[2]);
  if (by === null) return session.say("CLIENT_ERROR invalid numeric delta argument");
  const delta = addDelta(store, key, up, by, 0);
  switch (delta.outcome) {
    case "done":
      return session.say(delta.text);
    case "not-numeric":
      return session.say(NON_NUMERIC);
    case "no-memory":
      return session.say("SERVER_ERROR out of memory");
    default:
      if (up) store.stats.incrMisses++;
      else store.stats.decrMisses++;
      return session.say("NOT_FOUND");
  }
}

export const ARITHMETIC: readonly TextCommand[] = [true, false].map(up => ({
  name: up ? "incr" : "decr",
  group: "arithmetic",
  syntax: "<key> <value> [noreply]",
  summary: up ? "Adds to a number" : "Takes from a number, down to zero",
  least: 2,
  most: 3,
  run: (session, words) => arithmetic(session, words, up),
}));
