// What a command handler works with: the session's database, lookups with the server's rules about expiry, aging and
// statistics, and the ways to tell the rest of the server what changed. One context per engine, reused by every call.

import type { Waiting } from "./blocking.ts";
import type { Bytes } from "./bytes.ts";
import { textOf } from "./bytes.ts";
import type { Command } from "./command.ts";
import { NONE } from "./dict.ts";
import type { Engine } from "./engine.ts";
import { lfuInitial, lfuTouched } from "./eviction/aging.ts";
import { isExpired } from "./expiry.ts";
import type { Keyspace, Value, ValueType } from "./keyspace.ts";
import type { Reply } from "./reply.ts";
import type { Session } from "./session.ts";
import type { Effort } from "./stats.ts";

export class Context {
  session!: Session;
  db!: Keyspace;
  command!: Command;
  /** The slot that the caller or the redirect gate has computed for the call's keys; -1 when unknown. */
  slot = -1;
  /** A key of the call whose hash the caller has computed, and that hash. */
  private hintKey: Bytes | null = null;
  private hintHash = 0;
  /** Changes made by the call; a write that changed nothing is not replicated. */
  dirty = 0;
  /** Replaces the call itself on the way to replicas; null: as it came; empty: nothing. */
  private replacement: (readonly Bytes[])[] | null = null;

  constructor(readonly engine: Engine) {}

  get effort(): Effort {
    return this.engine.effort;
  }

  get nowMs(): number {
    return this.engine.nowMs;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Lookups. All return the entry, or NONE.

  /** For reading: counts as hit or miss, makes the key younger. */
  read(key: string): number {
    const entry = this.lookup(key);
    if (entry === NONE) {
      this.missed(key, true);
      return NONE;
    }
    this.engine.stats.keyspaceHits++;
    this.touch(entry);
    return entry;
  }

  /** For looking at a key as EXISTS, TYPE, TTL and OBJECT do: counts, but leaves the key's age alone. */
  look(key: string, notify = true): number {
    const entry = this.lookup(key);
    if (entry === NONE) this.missed(key, notify);
    else this.engine.stats.keyspaceHits++;
    return entry;
  }

  private missed(key: string, notify: boolean): void {
    this.engine.stats.keyspaceMisses++;
    if (notify) this.engine.notifyKeyspace("m", "keymiss", key, this.db.index);
  }

  /** For writing: makes the key younger, counts nothing. */
  write(key: string, db = this.db): number {
    const entry = this.lookup(key, db);
    if (entry !== NONE) this.touch(entry, db);
    return entry;
  }

  /** Without any trace, for DEL. */
  peek(key: string): number {
    return this.lookup(key);
  }

  private lookup(key: string, db = this.db): number {
    const entry = key === this.hintKey ? db.find(key, this.hintHash) : db.find(key);
    if (entry === NONE || !isExpired(db, entry, this.engine.nowMs)) return entry;
    if (this.engine.role === "replica") {
      // A replica waits for its primary's DEL: the stream sees the key, everybody else is told that it is gone.
      return this.session.fromPrimary ? entry : NONE;
    }
    this.engine.expireKey(db, entry);
    return NONE;
  }

  /** The aging fields after an access. While a child saves they stay, or every read would copy a page. */
  touch(entry: number, db = this.db): void {
    const { engine } = this;
    if (engine.childActive || this.session.noTouch) return;
    if (engine.settings.policy.ranking === "lfu") {
      const { lfuDecayTime, lfuLogFactor } = engine.settings;
      db.setLru(entry, lfuTouched(db.lruOf(entry), engine.lfuMinutes, lfuDecayTime, lfuLogFactor, engine.random));
    } else {
      db.setLru(entry, engine.lruClock);
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Changes.

  /** Adds a key that is not there. */
  add(key: string, type: ValueType, value: Value, db = this.db): number {
    const { engine } = this;
    if (engine.role === "replica") this.dropHidden(key, db);
    const lru = engine.settings.policy.ranking === "lfu" ? lfuInitial(engine.lfuMinutes) : engine.lruClock;
    const slot = db === this.db ? this.slot : -1;
    return key === this.hintKey
      ? db.insert(key, type, value, lru, slot, this.hintHash)
      : db.insert(key, type, value, lru, slot);
  }

  /** On a writable replica an expired key is hidden, yet there: it must go before its name is used again. */
  private dropHidden(key: string, db: Keyspace): void {
    const entry = db.find(key);
    if (entry !== NONE) this.engine.expireKey(db, entry);
  }

  /** Puts a value under a key, there or not, without touching its expiry; returns the entry. */
  put(key: string, entry: number, type: ValueType, value: Value): number {
    if (entry === NONE) return this.add(key, type, value);
    if (this.db.typeOf(entry) !== 0) this.engine.countFreed(this.db, entry, this.engine.settings.lazyUserDel);
    this.db.replace(entry, type, value);
    if (this.engine.settings.policy.ranking !== "lfu") this.db.setLru(entry, this.engine.lruClock);
    return entry;
  }

  /** Deletes an entry; `lazy` frees its value in the background. */
  remove(entry: number, lazy: boolean, db = this.db): void {
    this.engine.dropKey(db, entry, lazy);
  }

  /** Tells watchers, notification and replication that a key changed. */
  modified(key: string, eventClass: string, event: string, db = this.db): void {
    this.dirty++;
    this.engine.keyModified(db.index, key);
    this.engine.notifyKeyspace(eventClass, event, key, db.index);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Waiting.

  /** Whether the call may wait; inside a transaction or a script it answers at once as if its time were over. */
  get mayBlock(): boolean {
    return false;
  }

  /** Parks the session until a key is ready or the time is over; the handler returns what this returns. */
  block(waiting: Waiting): Reply {
    return waiting.timeoutReply;
  }

  /** Wakes those who wait on a key that was there already (streams). A key that is added does so by itself. */
  signalReady(_key: string, _db = this.db): void {}

  // -------------------------------------------------------------------------------------------------------------
  // Replication.

  /** Replicas get this instead of the call; several in order when called again. */
  propagateInstead(...argv: Bytes[]): void {
    if (this.engine.replicate === null) return;
    this.replacement ??= [];
    this.replacement.push(argv);
  }

  /** Replicas get nothing of this call. */
  propagateNothing(): void {
    this.replacement = [];
  }

  begin(session: Session, command: Command, slot: number, hintKey: Bytes | null, hintHash: number): void {
    this.hintKey = hintKey;
    this.hintHash = hintHash;
    this.session = session;
    this.command = command;
    this.slot = slot;
    this.db = this.engine.database(session.db);
    this.dirty = 0;
    this.replacement = null;
  }

  /** Hands the call's effects to the replication stream. */
  finish(argv: readonly Bytes[]): void {
    const { replicate } = this.engine;
    if (this.dirty === 0 || replicate === null) return;
    // Not the number of `this.db`: SWAPDB has just changed it.
    const database = this.session.db;
    if (this.replacement === null) replicate(database, argv);
    else for (const one of this.replacement) replicate(database, one);
  }
}

/** The key at a position of the call. */
export function keyAt(argv: readonly Bytes[], position: number): string {
  const argument = argv[position];
  return typeof argument === "string" ? argument : textOf(argument);
}

/** A text argument: options, numbers, patterns. */
export const textAt = keyAt;
