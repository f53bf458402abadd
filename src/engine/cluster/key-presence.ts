// Which keys of a call are here: what decides between serving, ASK and TRYAGAIN while a slot is on the move.

import { type Bytes, textOf } from "../bytes.ts";
import { type Command, keyPositions } from "../command.ts";
import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { isExpired } from "../expiry.ts";
import type { Session } from "../session.ts";

export interface KeyPresence {
  readonly missing: number;
  readonly present: number;
  /** More than one different key. */
  readonly several: boolean;
}

/** Counts the keys of a call, or of all that EXEC is about to run. */
export function countKeys(engine: Engine, session: Session, command: Command, argv: readonly Bytes[]): KeyPresence {
  const isExec = command.name === "exec" && session.transaction !== null;
  const calls = isExec ? session.transaction!.queue : [{ command, argv }];
  const keys = calls.flatMap(call => keyPositions(call.command, call.argv).map(at => textOf(call.argv[at])));
  let missing = 0;
  let present = 0;
  for (const key of keys) holds(engine, key) ? present++ : missing++;
  return { missing, present, several: new Set(keys).size > 1 };
}

function holds(engine: Engine, key: string): boolean {
  const db = engine.database(0);
  const entry = db.find(key);
  return entry !== NONE && !isExpired(db, entry, engine.nowMs);
}
