// md: takes an item out, or marks it as out of date so that one client fetches it anew while others still see it.

import { NO_ITEM, STALE, TOKEN_SENT } from "../../item-table.ts";
import { classOfList } from "../../lru.ts";
import { ANY, BAD_FORMAT, KEY_MOST, type TextCommand } from "../command.ts";
import type { TextSession } from "../session.ts";
import { keyToken } from "./base64.ts";
import { echo, type MetaFlags, MOST_WORDS, OPAQUE_TOO_LONG, opaqueTooLong, readFlags } from "./flags.ts";

function metaDelete(session: TextSession, words: readonly string[]): void {
  if (words[1].length > KEY_MOST) return session.say(BAD_FORMAT);
  if (words.length > MOST_WORDS) return session.say("CLIENT_ERROR options flags too long");
  const flags = readFlags(session, words, 2);
  if (typeof flags === "string") return session.fail("CLIENT_ERROR invalid or duplicate flag");
  if (opaqueTooLong(words, 2)) return session.fail(OPAQUE_TOO_LONG);
  const code = carryOut(session, flags);
  session.noreply = flags.noreply && code === "HD";
  session.say(code + echo(words, keyToken(flags.key, flags.binaryKey)));
}

function carryOut({ store }: TextSession, flags: MetaFlags): string {
  const { items, stats } = store;
  const item = store.find(flags.key);
  if (item === NO_ITEM || (flags.cas !== null && items.cas[item] !== flags.cas)) {
    stats.deleteMisses++;
    return item === NO_ITEM ? "NF" : "EX";
  }
  if (flags.stale) {
    if (flags.expires !== null) items.expires[item] = flags.expires;
    items.marks[item] = (items.marks[item] | STALE) & ~TOKEN_SENT;
    items.cas[item] = store.nextCas();
  } else {
    stats.slabs.delete_hits[classOfList(items.list[item])]++;
    store.unlink(item);
  }
  return "HD";
}

export const META_DELETE: TextCommand = {
  name: "md",
  group: "meta",
  syntax: "<key> <flags>*",
  summary: "Takes an item out or marks it as out of date",
  least: 1,
  most: ANY,
  run: metaDelete,
};
