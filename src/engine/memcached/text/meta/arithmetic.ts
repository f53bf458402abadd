// ma: incr and decr with flags; on a miss it can begin with a number.

import { NO_ITEM } from "../../item-table.ts";
import { addDelta, NON_NUMERIC } from "../arithmetic.ts";
import { ANY, BAD_FORMAT, KEY_MOST, type TextCommand } from "../command.ts";
import type { TextSession } from "../session.ts";
import { keyToken } from "./base64.ts";
import { echo, type MetaFlags, MOST_WORDS, OPAQUE_TOO_LONG, opaqueTooLong, readFlags } from "./flags.ts";
import { timeLeft } from "./get.ts";

const UP = new Set(["", "I", "+"]);
const DOWN = new Set(["D", "-"]);

function metaArithmetic(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  if (words[1].length > KEY_MOST) return session.say(BAD_FORMAT);
  if (words.length > MOST_WORDS) return session.say("CLIENT_ERROR options flags too long");
  const flags = readFlags(session, words, 2);
  if (typeof flags === "string") return session.fail("CLIENT_ERROR invalid or duplicate flag");
  if (!UP.has(flags.mode) && !DOWN.has(flags.mode)) return session.fail("CLIENT_ERROR invalid mode for ma M token");
  const up = UP.has(flags.mode);
  const delta = addDelta(store, flags.key, up, flags.delta, flags.cas ?? 0);
  if (delta.outcome === "not-numeric") return session.fail(NON_NUMERIC);
  if (delta.outcome === "no-memory") return session.fail("SERVER_ERROR out of memory");
  if (delta.outcome === "done") return answer(session, words, flags, delta.item, delta.text, false);
  if (delta.outcome === "missing") {
    if (flags.vivify) return begin(session, words, flags);
    if (up) store.stats.incrMisses++;
    else store.stats.decrMisses++;
  }
  if (opaqueTooLong(words, 2)) return session.fail(OPAQUE_TOO_LONG);
  session.say((delta.outcome === "missing" ? "NF" : "EX") + echo(words, keyToken(flags.key, flags.binaryKey)));
}

function begin(session: TextSession, words: readonly string[], flags: MetaFlags): void {
  const { store } = session;
  const text = String(flags.initial);
  const item = store.allocate(flags.key, 0, 0, text.length);
  if (item === NO_ITEM) return session.fail("SERVER_ERROR Out of memory allocating new item");
  store.items.values[item] = text;
  store.store(item, "add", 0);
  answer(session, words, flags, item, text, true);
}

function answer(
  session: TextSession,
  words: readonly string[],
  flags: MetaFlags,
  item: number,
  digits: string,
  created: boolean,
): void {
  const { store } = session;
  const { items } = store;
  let text = "";
  for (let i = 2; i < words.length; i++) {
    switch (words[i][0]) {
      case "c":
        text += ` c${items.cas[item]}`;
        break;
      case "t":
        text += ` t${timeLeft(store, item)}`;
        break;
      case "T":
        items.expires[item] = flags.expires!;
        break;
      case "N":
        if (created) items.expires[item] = flags.vivifyExpires;
        break;
      case "O":
        text += ` ${words[i]}`;
        break;
      case "k":
        text += keyToken(flags.key, flags.binaryKey);
        break;
    }
  }
  if (opaqueTooLong(words, 2)) return session.fail(OPAQUE_TOO_LONG);
  // A number that was made is answered in any case.
  session.noreply = flags.noreply && !created;
  session.say(flags.value ? `VA ${digits.length}${text}\r\n${digits}` : `HD${text}`);
}

export const META_ARITHMETIC: TextCommand = {
  name: "ma",
  group: "meta",
  syntax: "<key> <flags>*",
  summary: "Adds to a number or takes from it",
  least: 1,
  most: ANY,
  run: metaArithmetic,
};
