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
import { countFreed } from "./freeing.ts";
import { type Keyspace, STRING, type Value, type ValueType } from "./keyspace.ts";
import { BLOCKED, type Reply } from "./reply.ts";
import type { Session } from "./session.ts";
import type { Effort } from "./stats.ts";

export class Context {
  session!: Session;
  db!: Keyspace;
  command!: Command;
  /** The call as it came. */
  argv!: readonly Bytes[];
  /** The slot that the caller or the redirect gate has computed for the call's keys; -1 when unknown. */
  slot = -1;
  /** A key of the call whose hash the caller has computed, and that hash. */
  private hintKey: string | null = null;
  private hintHash = 0;
  /** Changes made by the call; a write that changed nothing is not replicated. */
  dirty = 0;
  private alwaysPropagated = false;
  /** Replaces the call itself on the way to replicas; null: as it came; empty: nothing. */
  private replacement: (readonly Bytes[])[] | null = null;

  constructor(
    readonly engine: Engine,
    /** 0 for a call of its own; more inside EXEC and scripts. */
    private readonly depth = 0,
  ) {}

  get effort(): Effort {
    return this.engine.effort;
  }

  get nowMs(): number {
    return this.engine.nowMs;
  }

  /**
   * The call's first argument as a key. Whoever gave its hash gave a string: it is taken unseen, and compared by identity
   * first (Object.is; `===` looks at both strings), since a look at one of a million keys costs a cache miss.
   */
  firstKey(argv: readonly Bytes[]): string {
    return this.hintKey ?? keyAt(argv, 1);
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
    const entry = Object.is(key, this.hintKey) ? db.find(key, this.hintHash) : db.find(key);
    if (entry === NONE || !isExpired(db, entry, this.engine.nowMs)) return entry;
    // What an append-only file says of a key holds for a time at which the key was alive.
    if (this.engine.isLoading) return entry;
    if (this.engine.role === "replica") {
      // A replica waits for its primary's DEL: the stream sees the key, everybody else is told that it is gone.
      return this.session.fromPrimary ? entry : NONE;
    }
    // While the server is paused the data set must not change by itself.
    if (!this.engine.pause.stopsExpiry) this.engine.expireKey(db, entry);
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
    if (type !== STRING && engine.blocking.count > 0) engine.blocking.signal(db.index, key);
    if (engine.settings.eventFilter?.classes.includes("n")) engine.notifyKeyspace("n", "new", key, db.index);
    return Object.is(key, this.hintKey)
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
    const before = this.db.typeOf(entry);
    if (before !== STRING) countFreed(this.engine, this.db, entry, this.engine.settings.lazyServerDel);
    if (this.engine.blocking.count > 0) {
      if (type !== STRING) this.engine.blocking.signal(this.db.index, key);
      if (before !== type) this.engine.blocking.signalGone(this.db.index, key);
    }
    this.db.replace(entry, type, value);
    if (this.engine.settings.policy.ranking !== "lfu") this.db.setLru(entry, this.engine.lruClock);
    return entry;
  }

  /** Deletes an entry; `lazy` frees its value in the background. */
  remove(entry: number, lazy: boolean, db = this.db): void {
    this.engine.dropKey(db, entry, lazy);
  }

  /**
   * Whether a key that is given this expiry is dead at once. Replicas and those who load a file wait for what their source
   * says of it.
   */
  isPast(atMs: number): boolean {
    const { engine } = this;
    return atMs <= engine.nowMs && engine.role === "primary" && !engine.isLoading;
  }

  /** Deletes a key that was given an expiry in the past; replicas see a deletion. */
  removePast(key: string, entry: number): void {
    const lazy = this.engine.settings.lazyExpire;
    this.remove(entry, lazy);
    this.propagateInstead(lazy ? "UNLINK" : "DEL", key);
    this.modified(key, "g", "del");
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
    return this.depth === 0 && this.session.deliver !== null && !this.session.fromPrimary;
  }

  /** Parks the session until a key is ready or the time is over; the handler returns what this returns. */
  block(waiting: Waiting): Reply {
    this.engine.blocking.park(this.session, this.command, this.argv, waiting);
    return BLOCKED;
  }

  /** Wakes those who wait on a key that was there already (streams). A key that is added does so by itself. */
  signalReady(key: string, db = this.db): void {
    this.engine.blocking.signal(db.index, key);
  }

  /** Runs another command inside this one, without the gates. */
  nested(command: Command, argv: readonly Bytes[], slot = -1): Reply {
    return this.engine.pipeline.nested(this.session, command, argv, slot);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Replication.

  /** Whether anybody gets what the call changes. */
  get isPropagated(): boolean {
    return this.engine.propagation.listened;
  }

  /** Replicas get this instead of the call; several in order when called again. */
  propagateInstead(...argv: Bytes[]): void {
    if (!this.engine.propagation.listened) return;
    this.replacement ??= [];
    this.replacement.push(argv);
  }

  /** Replicas get the call though it changed nothing. */
  propagateAnyway(): void {
    this.alwaysPropagated = true;
  }

  /** Replicas get nothing of this call. */
  propagateNothing(): void {
    this.replacement = [];
  }

  begin(
    session: Session,
    command: Command,
    argv: readonly Bytes[],
    slot: number,
    hintKey: string | null,
    hintHash: number,
  ): void {
    this.argv = argv;
    this.hintKey = hintKey;
    this.hintHash = hintHash;
    this.session = session;
    this.command = command;
    this.slot = slot;
    this.db = this.engine.database(session.db);
    this.dirty = 0;
    this.alwaysPropagated = false;
    this.replacement = null;
  }

  /** Hands the call's effects to the replication stream. */
  finish(argv: readonly Bytes[]): void {
    const { propagation, persistence } = this.engine;
    persistence.changes += this.dirty;
    if ((this.dirty === 0 && !this.alwaysPropagated) || !propagation.listened) return;
    // Not the number of `this.db`: SWAPDB has just changed it.
    const database = this.session.db;
    const { targets } = this.engine.scripting;
    if (this.replacement === null) propagation.add(database, argv, targets);
    else for (const one of this.replacement) propagation.add(database, one, targets);
  }
}

/** The key at a position of the call. */
export function keyAt(argv: readonly Bytes[], position: number): string {
  const argument = argv[position];
  return typeof argument === "string" ? argument : textOf(argument);
}

/** A text argument: options, numbers, patterns. */
export const textAt = keyAt;
