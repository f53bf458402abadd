// The meta commands. mn is an answer that comes after all others; me shows an item to people.

import { BINARY_KEY, FETCHED, NO_ITEM } from "../../item-table.ts";
import { classOfList } from "../../lru.ts";
import { ANY, BAD_FORMAT, KEY_MOST, type TextCommand } from "../command.ts";
import type { TextSession } from "../session.ts";
import { META_ARITHMETIC } from "./arithmetic.ts";
import { decodeKey, encodeKey } from "./base64.ts";
import { META_DELETE } from "./delete.ts";
import { META_GET } from "./get.ts";
import { META_SET } from "./set.ts";

const META_NOOP: TextCommand = {
  name: "mn",
  group: "meta",
  syntax: "",
  summary: "Answers MN, behind everything that was asked before",
  least: 0,
  most: ANY,
  run: session => session.say("MN"),
};

function metaDebug(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  if (words.length < 2 || words[1].length > KEY_MOST) return session.say(BAD_FORMAT);
  let key: string | null = words[1];
  if (words.length >= 3 && words[2] === "b") key = decodeKey(key);
  if (key === null) return session.say(BAD_FORMAT);
  const item = store.find(key);
  store.stats.metaCommands++;
  if (item === NO_ITEM) return session.say("EN");
  const { items } = store;
  const marks = items.marks[item];
  const shown = (marks & BINARY_KEY) === 0 ? items.keys[item] : encodeKey(items.keys[item]);
  const expires = items.expires[item];
  session.say(
    `ME ${shown} exp=${expires === 0 ? -1 : (store.now - expires) | 0} la=${store.now - items.time[item]} ` +
      `cas=${items.cas[item]} fetch=${(marks & FETCHED) === 0 ? "no" : "yes"} ` +
      `cls=${classOfList(items.list[item])} size=${items.bytes[item]}`,
  );
}

const META_DEBUG: TextCommand = {
  name: "me",
  group: "meta",
  syntax: "<key> [b]",
  summary: "Shows what is known of an item",
  least: 0,
  most: ANY,
  run: metaDebug,
};

export const META: readonly TextCommand[] = [META_GET, META_SET, META_DELETE, META_ARITHMETIC, META_NOOP, META_DEBUG];
