// get, gets, gat, gats: any number of keys, hits in their order, then END.

import { textOf } from "../../bytes.ts";
import { NO_ITEM } from "../item-table.ts";
import { classOfList } from "../lru.ts";
import { ANY, BAD_FORMAT, KEY_MOST, type TextCommand } from "./command.ts";
import { signed32 } from "./numbers.ts";
import type { TextSession } from "./session.ts";

/** A reply that grows beyond that is given up, as the server does when it has no memory for it. */
const LARGEST_REPLY = 67_108_864;

function retrieve(session: TextSession, keys: readonly string[], withCas: boolean, expires: number | null): void {
  const { store } = session;
  const { items, stats } = store;
  const found: string[] = [];
  let bytes = 0;
  for (const key of keys) {
    if (key.length > KEY_MOST) return session.say(BAD_FORMAT);
    const item = store.find(key);
    if (item === NO_ITEM) {
      if (expires === null) {
        stats.getCommands++;
        stats.getMisses++;
      } else {
        stats.touchCommands++;
        stats.touchMisses++;
      }
      continue;
    }
    store.bump(item);
    if (expires === null) {
      stats.getCommands++;
      stats.lists.hits[items.list[item]]++;
    } else {
      items.expires[item] = expires;
      stats.touchCommands++;
      stats.slabs.touch_hits[classOfList(items.list[item])]++;
    }
    const value = textOf(items.values[item]);
    bytes += value.length + key.length;
    if (bytes > LARGEST_REPLY) return session.say("SERVER_ERROR out of memory writing get response");
    const cas = withCas ? ` ${items.cas[item]}` : "";
    found.push(`VALUE ${key} ${items.flags[item]} ${value.length}${cas}\r\n`, value, "\r\n");
  }
  found.push("END\r\n");
  for (const part of found) session.write(part);
}

function get(name: string, withCas: boolean, summary: string): TextCommand {
  return {
    name,
    group: "retrieval",
    syntax: "<key>*",
    summary,
    least: 1,
    most: ANY,
    run: (session, words) => retrieve(session, words.slice(1), withCas, null),
  };
}

function getAndTouch(name: string, withCas: boolean, summary: string): TextCommand {
  return {
    name,
    group: "retrieval",
    syntax: "<exptime> <key>*",
    summary,
    least: 1,
    most: ANY,
    run(session, words) {
      const time = signed32(words[1]);
      if (time === null) return session.say("CLIENT_ERROR invalid exptime argument");
      retrieve(session, words.slice(2), withCas, session.store.realTime(time));
    },
  };
}

export const RETRIEVAL: readonly TextCommand[] = [
  get("get", false, "Values of the keys that are there"),
  get("gets", true, "The same with CAS ids"),
  get("bget", false, "Old name of get"),
  getAndTouch("gat", false, "Values of the keys that are there, which get a new time to live"),
  getAndTouch("gats", true, "The same with CAS ids"),
];
