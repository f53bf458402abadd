// mg: reads an item and what is known of it. It can make an empty one on a miss and give the right to fill it to one client
// (W), tell others that somebody has it (Z) and that what they see is out of date (X).

import { textOf } from "../../../bytes.ts";
import { BINARY_KEY, FETCHED, NO_ITEM, STALE, TOKEN_SENT } from "../../item-table.ts";
import { classOfList } from "../../lru.ts";
import type { MemcachedStore } from "../../store.ts";
import { ANY, BAD_FORMAT, KEY_MOST, type TextCommand } from "../command.ts";
import type { TextSession } from "../session.ts";
import { keyToken } from "./base64.ts";
import { echo, type MetaFlags, MOST_WORDS, OPAQUE_TOO_LONG, opaqueTooLong, readFlags } from "./flags.ts";

function metaGet(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  if (words[1].length > KEY_MOST) return session.fail(BAD_FORMAT);
  if (words.length > MOST_WORDS) return session.fail("CLIENT_ERROR options flags are too long");
  const flags = readFlags(session, words, 2);
  if (typeof flags === "string") return session.fail(flags);
  session.noreply = flags.noreply;
  let item = store.find(flags.key);
  const created = item === NO_ITEM && flags.vivify;
  if (created) item = vivified(store, flags.key);
  // The server looks at opaque tokens while it writes: what was made stays.
  if (opaqueTooLong(words, 2)) return session.fail(OPAQUE_TOO_LONG);
  if (item === NO_ITEM) return miss(session, words, flags);
  const { items, stats } = store;
  const value = flags.value ? textOf(items.values[item]) : "";
  const text = describe(store, item, words, flags, created);
  if (!flags.noUpdate) store.bump(item);
  if (flags.expires !== null) {
    stats.touchCommands++;
    stats.slabs.touch_hits[classOfList(items.list[item])]++;
  } else {
    stats.getCommands++;
    stats.lists.hits[items.list[item]]++;
  }
  if (flags.value) session.write(`VA ${value.length}${text}\r\n${value}\r\n`);
  else session.write(`HD${text}\r\n`);
}

/** An empty item, there at once; NO_ITEM without memory. */
function vivified(store: MemcachedStore, key: string): number {
  const item = store.allocate(key, 0, 0, 0);
  if (item === NO_ITEM) return NO_ITEM;
  store.items.values[item] = "";
  store.link(item);
  return item;
}

function miss(session: TextSession, words: readonly string[], flags: MetaFlags): void {
  const { stats } = session.store;
  stats.getCommands++;
  stats.getMisses++;
  session.say(`EN${echo(words, keyToken(flags.key, flags.binaryKey))}`);
}

/** The flags of the answer, in the order of the question; changes what flags change. */
function describe(
  store: MemcachedStore,
  item: number,
  words: readonly string[],
  flags: MetaFlags,
  created: boolean,
): string {
  const { items } = store;
  let text = "";
  let won = false;
  for (let i = 2; i < words.length; i++) {
    const expires = items.expires[item];
    switch (words[i][0]) {
      case "T":
        items.expires[item] = flags.expires!;
        break;
      case "N":
        if (created) {
          items.expires[item] = flags.vivifyExpires;
          won = true;
        }
        break;
      case "R":
        won ||= (items.marks[item] & TOKEN_SENT) === 0 && !created && expires !== 0 && expires < flags.recacheExpires;
        break;
      case "s":
        text += ` s${store.valueBytes(item)}`;
        break;
      case "t":
        text += ` t${timeLeft(store, item)}`;
        break;
      case "c":
        text += ` c${items.cas[item]}`;
        break;
      case "f":
        text += ` f${items.flags[item]}`;
        break;
      case "l":
        text += ` l${store.now - items.time[item]}`;
        break;
      case "h":
        text += ` h${(items.marks[item] & FETCHED) === 0 ? 0 : 1}`;
        break;
      case "O":
        text += ` ${words[i]}`;
        break;
      case "k":
        text += keyToken(items.keys[item], (items.marks[item] & BINARY_KEY) !== 0);
        break;
    }
  }
  if ((items.marks[item] & TOKEN_SENT) !== 0) text += " Z";
  if ((items.marks[item] & STALE) !== 0) {
    text += " X";
    won ||= (items.marks[item] & TOKEN_SENT) === 0;
  }
  if (!won) return text;
  items.marks[item] |= TOKEN_SENT;
  return `${text} W`;
}

/** Seconds to live; -1: for ever. Without a sign, as the server writes it. */
export function timeLeft(store: MemcachedStore, item: number): number {
  const expires = store.items.expires[item];
  return expires === 0 ? -1 : (expires - store.now) >>> 0;
}

export const META_GET: TextCommand = {
  name: "mg",
  group: "meta",
  syntax: "<key> <flags>*",
  summary: "Reads an item, its value and what is known of it",
  least: 1,
  most: ANY,
  run: metaGet,
};
