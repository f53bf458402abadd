// set, add, replace, append, prepend, cas: a line, then the value. Room is made when the line comes, before the value is there.

import { NO_ITEM } from "../item-table.ts";
import { classOfList } from "../lru.ts";
import type { StoreMode } from "../store.ts";
import { BAD_FORMAT, KEY_MOST, notesNoreply, type TextCommand } from "./command.ts";
import { casId, signed32, unsigned32 } from "./numbers.ts";
import type { TextSession } from "./session.ts";

const LONGEST_VALUE = 2_147_483_645;
const TOO_LARGE = "SERVER_ERROR object too large for cache";
const NO_MEMORY = "SERVER_ERROR out of memory storing object";

/** Why there is no room, counted. */
export function refusedRoom(session: TextSession, key: string, flags: number, bytes: number): string {
  const { store } = session;
  if (store.fits(key.length, flags, bytes)) {
    store.stats.storeNoMemory++;
    return NO_MEMORY;
  }
  store.stats.storeTooLarge++;
  return TOO_LARGE;
}

/** Waits for the value of an item and says what is wrong with it, or hands the item over. */
export function awaitValue(
  session: TextSession,
  item: number,
  bytes: number,
  store: () => void,
  bad: (line: string) => void,
): void {
  const owner = session.store;
  session.expect(
    bytes + 2,
    data => {
      owner.stats.slabs.cmd_set[classOfList(owner.items.list[item])]++;
      if (!data.endsWith("\r\n")) {
        owner.release(item);
        return bad("CLIENT_ERROR bad data chunk");
      }
      // A copy: the value must not keep the whole of what the socket brought.
      owner.items.values[item] = Buffer.from(data.slice(0, -2), "latin1").toString("latin1");
      store();
    },
    () => owner.release(item),
  );
}

function update(session: TextSession, words: readonly string[], mode: StoreMode): void {
  const { store } = session;
  notesNoreply(session, words);
  const key = words[1];
  if (key.length > KEY_MOST) return session.say(BAD_FORMAT);
  const flags = unsigned32(words[2]);
  const time = signed32(words[3]);
  const bytes = signed32(words[4]);
  if (flags === null || time === null || bytes === null) return session.say(BAD_FORMAT);
  const cas = mode === "cas" ? casId(words[5]) : 0;
  if (cas === null || bytes < 0 || bytes > LONGEST_VALUE) return session.say(BAD_FORMAT);
  const item = store.allocate(key, flags, store.realTime(time), bytes);
  if (item === NO_ITEM) {
    session.say(refusedRoom(session, key, flags, bytes));
    session.passOver(bytes + 2);
    // What stood there is older than what could not be stored.
    if (mode === "set") dropOld(session, key);
    return;
  }
  if (!store.fill(item, bytes)) {
    session.say("SERVER_ERROR Out of memory during read");
    return session.passOver(bytes + 2);
  }
  awaitValue(
    session,
    item,
    bytes,
    () => session.say(store.store(item, mode, cas)),
    line => session.say(line),
  );
}

export function dropOld(session: TextSession, key: string): void {
  const old = session.store.find(key);
  if (old !== NO_ITEM) session.store.unlink(old);
}

function storing(mode: StoreMode, summary: string): TextCommand {
  const words = mode === "cas" ? 5 : 4;
  return {
    name: mode,
    group: "storage",
    syntax: `<key> <flags> <exptime> <bytes>${mode === "cas" ? " <cas>" : ""} [noreply]`,
    summary,
    least: words,
    most: words + 1,
    run: (session, given) => update(session, given, mode),
  };
}

export const STORAGE: readonly TextCommand[] = [
  storing("set", "Stores a value"),
  storing("add", "Stores a value unless there is one"),
  storing("replace", "Stores a value if there is one"),
  storing("append", "Adds to the end of a value; flags and time stay"),
  storing("prepend", "Adds to the beginning of a value"),
  storing("cas", "Stores a value unless somebody else has since it was read"),
];
