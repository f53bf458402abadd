// ms: all ways to store, with flags. Its answer waits for the value: HD stored, NS not stored, EX another version, NF not found.

import { NO_ITEM } from "../../item-table.ts";
import type { Stored, StoreMode } from "../../store.ts";
import { ANY, BAD_FORMAT, KEY_MOST, type TextCommand } from "../command.ts";
import { signed32 } from "../numbers.ts";
import type { TextSession } from "../session.ts";
import { awaitValue, dropOld, refusedRoom } from "../storage.ts";
import { keyToken } from "./base64.ts";
import { type MetaFlags, MOST_WORDS, OPAQUE_TOO_LONG, opaqueTooLong, readFlags } from "./flags.ts";

const MODES: Readonly<Record<string, StoreMode>> = {
  "": "set",
  S: "set",
  E: "add",
  A: "append",
  P: "prepend",
  R: "replace",
};
const CODES: Readonly<Record<Stored, string>> = { STORED: "HD", EXISTS: "EX", NOT_FOUND: "NF", NOT_STORED: "NS" };
const LONGEST_VALUE = 2_147_483_645;

function metaSet(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  if (words[1].length > KEY_MOST || words.length === 2) return session.fail(BAD_FORMAT);
  if (words.length > MOST_WORDS) return session.fail("CLIENT_ERROR options flags too long");
  const bytes = signed32(words[2]);
  if (bytes === null || bytes < 0 || bytes > LONGEST_VALUE) return session.fail(BAD_FORMAT);
  const refuse = (line: string) => {
    session.fail(line);
    session.passOver(bytes + 2);
  };
  const flags = readFlags(session, words, 3);
  if (typeof flags === "string") return refuse(flags);
  session.noreply = flags.noreply;
  let mode = MODES[flags.mode];
  if (mode === undefined) return refuse("CLIENT_ERROR invalid mode for ms M token");
  if (flags.cas !== null && (mode === "set" || mode === "replace")) mode = "cas";
  if (opaqueTooLong(words, 2)) return refuse(OPAQUE_TOO_LONG);
  const item = store.allocate(flags.key, flags.clientFlags, flags.expires ?? 0, bytes);
  if (item === NO_ITEM) {
    const why = refusedRoom(session, flags.key, flags.clientFlags, bytes);
    dropOld(session, flags.key);
    return refuse(why);
  }
  if (!store.fill(item, bytes)) return refuse("SERVER_ERROR Out of memory during read");
  if (flags.binaryKey) store.markBinary(item);
  awaitValue(
    session,
    item,
    bytes,
    () => {
      const stored = store.store(item, mode, flags.cas ?? 0, flags.stale && mode === "cas");
      answer(session, words, flags, stored);
    },
    line => session.fail(line),
  );
}

function answer(session: TextSession, words: readonly string[], flags: MetaFlags, stored: Stored): void {
  // Only success is kept from who wants no answer.
  if (stored !== "STORED") session.noreply = false;
  let text = CODES[stored];
  for (let i = 2; i < words.length; i++) {
    if (words[i][0] === "O") text += ` ${words[i]}`;
    else if (words[i][0] === "k") text += keyToken(flags.key, flags.binaryKey);
    else if (words[i][0] === "c") text += ` c${stored === "STORED" ? session.store.casOfLast : 0}`;
  }
  session.say(text);
}

export const META_SET: TextCommand = {
  name: "ms",
  group: "meta",
  syntax: "<key> <bytes> <flags>*",
  summary: "Stores a value",
  least: 1,
  most: ANY,
  run: metaSet,
};
