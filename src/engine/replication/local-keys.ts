// Keys with an expiry that clients have written on a writable replica. Nobody will send a DEL for them: the replica removes
// them itself.

import { type Bytes, textOf } from "../bytes.ts";
import { type Command, keyPositions } from "../command.ts";
import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { isExpired } from "../expiry.ts";
import { NO_EXPIRY } from "../keyspace.ts";

export class LocalKeys {
  private readonly names = new Set<string>();

  constructor(private readonly engine: Engine) {}

  get size(): number {
    return this.names.size;
  }

  /** A client's call has changed something here. */
  note(database: number, command: Command, argv: readonly Bytes[]): void {
    for (const at of keyPositions(command, argv)) {
      const key = textOf(argv[at]);
      const db = this.engine.database(database);
      const entry = db.find(key);
      if (entry !== NONE && db.expiryOf(entry) !== NO_EXPIRY) this.names.add(`${database}:${key}`);
    }
  }

  clear(): void {
    this.names.clear();
  }

  /** Removes those whose time is over. For the cron. */
  expire(): void {
    if (this.names.size === 0) return;
    const { engine } = this;
    for (const name of this.names) {
      const colon = name.indexOf(":");
      const db = engine.databases[Number(name.slice(0, colon))];
      const entry = db?.find(name.slice(colon + 1)) ?? NONE;
      if (db === undefined || entry === NONE || db.expiryOf(entry) === NO_EXPIRY) this.names.delete(name);
      else if (isExpired(db, entry, engine.nowMs)) {
        engine.expireKey(db, entry);
        this.names.delete(name);
      }
    }
  }
}
