// MULTI and WATCH: what a connection has queued, and who watches which key.

import type { Bytes } from "./bytes.ts";
import type { Command } from "./command.ts";
import { NONE } from "./dict.ts";
import type { Engine } from "./engine.ts";
import { isExpired } from "./expiry.ts";
import type { Session } from "./session.ts";

export interface Queued {
  readonly command: Command;
  readonly argv: readonly Bytes[];
  readonly slot: number;
}

/** The calls since MULTI. */
export class Transaction {
  readonly queue: Queued[] = [];
  /** A call was refused on the way: EXEC will refuse all. */
  failed = false;
  /** Flags of the queued commands: of any, and of those that not all have. */
  flags = 0;
  inverseFlags = 0;
  bytes = 0;

  add(queued: Queued, flags: number): void {
    this.queue.push(queued);
    this.flags |= flags;
    this.inverseFlags |= ~flags;
    for (const argument of queued.argv) this.bytes += argument.length;
  }
}

/** Who watches which key of which database. */
export class Watches {
  private readonly byKey = new Map<string, Set<Session>>();

  constructor(private readonly engine: Engine) {}

  get any(): boolean {
    return this.byKey.size > 0;
  }

  watch(session: Session, database: number, key: string): void {
    const name = `${database}:${key}`;
    session.watched ??= new Map();
    if (session.watched.has(name)) return;
    session.watched.set(name, this.isDead(database, key));
    let watchers = this.byKey.get(name);
    if (watchers === undefined) this.byKey.set(name, (watchers = new Set()));
    watchers.add(session);
  }

  unwatch(session: Session): void {
    session.watchBroken = false;
    if (session.watched === null) return;
    for (const name of session.watched.keys()) {
      const watchers = this.byKey.get(name)!;
      watchers.delete(session);
      if (watchers.size === 0) this.byKey.delete(name);
    }
    session.watched = null;
  }

  /** A key has changed. */
  touch(database: number, key: string): void {
    const watchers = this.byKey.get(`${database}:${key}`);
    if (watchers === undefined) return;
    for (const session of watchers) {
      // A key that was expired already when it was watched may go without breaking anything.
      if (session.watched?.get(`${database}:${key}`) === true && this.isGone(database, key)) {
        session.watched.set(`${database}:${key}`, false);
        continue;
      }
      session.watchBroken = true;
    }
  }

  /** A whole database was emptied or exchanged: watched keys that are there, or come to be there, count as changed. */
  touchDatabase(database: number, other: number | null): void {
    for (const [name, watchers] of this.byKey) {
      const colon = name.indexOf(":");
      if (Number(name.slice(0, colon)) !== database) continue;
      const key = name.slice(colon + 1);
      const existed = this.exists(database, key);
      const exists = other !== null && this.exists(other, key);
      if (!existed && !exists) continue;
      const isDead = exists && this.isDead(other, key);
      for (const session of watchers) {
        const wasDead = session.watched?.get(name) === true;
        // Dead before and gone or dead now, or not there before and dead now: nothing has changed for anybody.
        if (wasDead && !exists) session.watched?.set(name, false);
        else if (!wasDead && !existed && isDead) session.watched?.set(name, true);
        else if (!(wasDead && isDead)) session.watchBroken = true;
      }
    }
  }

  /** Whether a watched key has expired since it was watched. */
  hasExpired(session: Session): boolean {
    if (session.watched === null) return false;
    for (const [name, wasDead] of session.watched) {
      if (wasDead) continue;
      const colon = name.indexOf(":");
      if (this.isDead(Number(name.slice(0, colon)), name.slice(colon + 1))) return true;
    }
    return false;
  }

  private exists(database: number, key: string): boolean {
    const db = this.engine.databases[database];
    return db !== undefined && db.find(key) !== NONE;
  }

  private isGone(database: number, key: string): boolean {
    return !this.exists(database, key);
  }

  private isDead(database: number, key: string): boolean {
    const db = this.engine.databases[database];
    if (db === undefined) return false;
    const entry = db.find(key);
    return entry !== NONE && isExpired(db, entry, this.engine.nowMs);
  }
}
