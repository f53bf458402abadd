// delete, touch and flush_all.

import { NO_ITEM } from "../item-table.ts";
import { classOfList } from "../lru.ts";
import { BAD_FORMAT, KEY_MOST, notesNoreply, type TextCommand } from "./command.ts";
import { signed32 } from "./numbers.ts";
import type { TextSession } from "./session.ts";

function remove(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  if (words.length > 2) {
    // An old form had a time behind the key; only 0 is left of it.
    const isZero = words[2] === "0";
    const isQuiet = notesNoreply(session, words);
    if (!(words.length === 3 ? isZero || isQuiet : isZero && isQuiet)) {
      return session.say(`${BAD_FORMAT}.  Usage: delete <key> [noreply]`);
    }
  }
  const key = words[1];
  if (key.length > KEY_MOST) return session.say(BAD_FORMAT);
  const item = store.find(key);
  if (item === NO_ITEM) {
    store.stats.deleteMisses++;
    return session.say("NOT_FOUND");
  }
  store.stats.slabs.delete_hits[classOfList(store.items.list[item])]++;
  store.unlink(item);
  session.say("DELETED");
}

function touch(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  notesNoreply(session, words);
  const key = words[1];
  if (key.length > KEY_MOST) return session.say(BAD_FORMAT);
  const time = signed32(words[2]);
  if (time === null) return session.say("CLIENT_ERROR invalid exptime argument");
  const item = store.find(key);
  store.stats.touchCommands++;
  if (item === NO_ITEM) {
    store.stats.touchMisses++;
    return session.say("NOT_FOUND");
  }
  store.bump(item);
  store.items.expires[item] = store.realTime(time);
  store.stats.slabs.touch_hits[classOfList(store.items.list[item])]++;
  session.say("TOUCHED");
}

function flushAll(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  const isQuiet = notesNoreply(session, words);
  store.stats.flushCommands++;
  if (!store.settings.flushEnabled) return session.say("CLIENT_ERROR flush_all not allowed");
  let delay = 0;
  if (words.length !== (isQuiet ? 2 : 1)) {
    const given = signed32(words[1]);
    if (given === null) return session.say("CLIENT_ERROR invalid exptime argument");
    delay = given;
  }
  store.flushAll(delay);
  session.say("OK");
}

export const DELETION: readonly TextCommand[] = [
  {
    name: "delete",
    group: "deletion",
    syntax: "<key> [noreply]",
    summary: "Takes a key out",
    least: 1,
    most: 3,
    run: remove,
  },
  {
    name: "touch",
    group: "deletion",
    syntax: "<key> <exptime> [noreply]",
    summary: "Gives a key a new time to live",
    least: 2,
    most: 3,
    run: touch,
  },
  {
    name: "flush_all",
    group: "deletion",
    syntax: "[delay] [noreply]",
    summary: "Everything that is there now, or after a delay, is gone",
    least: 0,
    most: 2,
    run: flushAll,
  },
];
