// The Memcached store behind the face of the command engine, so that a simulated node runs it as it runs Valkey: a call comes
// as words, is answered as RESP would say it, and the engine says what it took. What the caching patterns send is said in
// Memcached's commands: GET is get, SET with a time is set, SET NX is add, GETEX is gat, DEL is delete, FLUSHALL is
// flush_all. Everything else is an error, as it is there: other commands, and other words behind these.
//
// Times are whole seconds, rounded up: a value lives no shorter than it should, and up to a second longer.

import type { Bytes } from "../bytes.ts";
import { textOf } from "../bytes.ts";
import type { Command } from "../command.ts";
import { COMMANDS } from "../commands/index.ts";
import { Engine } from "../engine.ts";
import type { EngineOptions } from "../engine-options.ts";
import { ErrorReply, OK, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";
import { NO_ITEM } from "./item-table.ts";
import { classOfList } from "./lru.ts";
import type { MemcachedSettings } from "./settings.ts";
import { MemcachedStore } from "./store.ts";

export interface MemcachedEngineOptions extends EngineOptions {
  readonly memcached: MemcachedSettings;
}

const GET = COMMANDS.get("get")!;
const SET = COMMANDS.get("set")!;
const GETEX = COMMANDS.get("getex")!;
const DEL = COMMANDS.get("del")!;
const FLUSHALL = COMMANDS.get("flushall")!;

const TOO_LARGE = new ErrorReply("SERVER_ERROR object too large for cache");
const NO_MEMORY = new ErrorReply("SERVER_ERROR out of memory storing object");
const NO_FLUSH = new ErrorReply("CLIENT_ERROR flush_all not allowed");
const UNKNOWN = new ErrorReply("ERROR");

export class MemcachedEngine extends Engine {
  private current: MemcachedStore | null = null;
  private readonly given: MemcachedSettings;
  /** Seen by `cron`: items that went because their time was over. */
  private expiredBefore = 0;

  constructor(options: MemcachedEngineOptions) {
    super(options);
    this.given = options.memcached;
    this.current = this.newStore();
  }

  private newStore(): MemcachedStore {
    this.expiredBefore = 0;
    return new MemcachedStore({ ...this.given }, this.nowMs);
  }

  get store(): MemcachedStore {
    return this.current!;
  }

  override setTime(nowMs: number): void {
    super.setTime(nowMs);
    this.current?.setTime(nowMs);
  }

  override execute(session: Session, argv: readonly Bytes[]): Reply {
    const { store, effort, stats } = this;
    effort.reset();
    session.lastActiveMs = this.nowMs;
    const evictedBefore = store.evictions;
    const command = this.command(textOf(argv[0]));
    const reply = command === undefined ? UNKNOWN : this.carryOut(command, argv);
    if (command !== undefined) {
      this.lastCommandId = command.id;
      this.counters.count(command, reply);
    }
    effort.evictedKeys = store.evictions - evictedBefore;
    stats.evictedKeys += effort.evictedKeys;
    return reply;
  }

  private carryOut(command: Command, argv: readonly Bytes[]): Reply {
    const key = argv.length > 1 ? textOf(argv[1]) : "";
    switch (command) {
      case GET:
        return this.get(key);
      case SET:
        return this.set(key, argv);
      case GETEX:
        return this.getAndTouch(key, argv);
      case DEL:
        return this.remove(argv);
      case FLUSHALL:
        this.store.stats.flushCommands++;
        if (!this.store.settings.flushEnabled) return NO_FLUSH;
        this.store.flushAll(0);
        return OK;
      default:
        return UNKNOWN;
    }
  }

  private found(key: string): number {
    const { store, stats } = this;
    const item = store.find(key);
    if (item === NO_ITEM) stats.keyspaceMisses++;
    else stats.keyspaceHits++;
    return item;
  }

  private get(key: string): Reply {
    const { store } = this;
    const item = this.found(key);
    store.stats.getCommands++;
    if (item === NO_ITEM) {
      store.stats.getMisses++;
      return null;
    }
    store.bump(item);
    store.stats.lists.hits[store.items.list[item]]++;
    return store.items.values[item];
  }

  private getAndTouch(key: string, argv: readonly Bytes[]): Reply {
    const { store } = this;
    const seconds = argv.length === 4 ? secondsOf(argv[2], argv[3]) : null;
    if (seconds === null) return UNKNOWN;
    const item = this.found(key);
    store.stats.touchCommands++;
    if (item === NO_ITEM) {
      store.stats.touchMisses++;
      return null;
    }
    store.bump(item);
    store.items.expires[item] = store.realTime(seconds);
    store.stats.slabs.touch_hits[classOfList(store.items.list[item])]++;
    return store.items.values[item];
  }

  private set(key: string, argv: readonly Bytes[]): Reply {
    const { store } = this;
    if (argv.length < 3) return UNKNOWN;
    const value = argv[2];
    let seconds = 0;
    let adds = false;
    for (let i = 3; i < argv.length; i++) {
      if (argv[i] === "NX") adds = true;
      else {
        const given = secondsOf(argv[i], argv[++i]);
        if (given === null) return UNKNOWN;
        seconds = given;
      }
    }
    const item = store.allocate(key, 0, store.realTime(seconds), value.length);
    if (item === NO_ITEM || !store.fill(item, value.length)) {
      const fits = store.fits(key.length, 0, value.length);
      if (fits) store.stats.storeNoMemory++;
      else store.stats.storeTooLarge++;
      // What stood there is older than what could not be stored.
      const old = adds ? NO_ITEM : store.find(key);
      if (old !== NO_ITEM) store.unlink(old);
      return fits ? NO_MEMORY : TOO_LARGE;
    }
    store.items.values[item] = value;
    store.stats.slabs.cmd_set[classOfList(store.items.list[item])]++;
    return store.store(item, adds ? "add" : "set", 0) === "STORED" ? OK : null;
  }

  private remove(argv: readonly Bytes[]): Reply {
    const { store } = this;
    let removed = 0;
    for (let i = 1; i < argv.length; i++) {
      const item = store.find(textOf(argv[i]));
      if (item === NO_ITEM) {
        store.stats.deleteMisses++;
        continue;
      }
      store.stats.slabs.delete_hits[classOfList(store.items.list[item])]++;
      store.unlink(item);
      removed++;
    }
    return removed;
  }

  /** Its threads work beside those that serve: nothing of the cron takes their time. */
  override cron(nowMs: number): number {
    this.setTime(nowMs);
    this.effort.reset();
    this.peakBytes = Math.max(this.peakBytes, this.usedMemory);
    const { lists, getExpired } = this.store.stats;
    const expired = getExpired + lists.total("reclaimed") + lists.total("crawler_reclaimed");
    this.stats.expiredKeys += expired - this.expiredBefore;
    this.expiredBefore = expired;
    return 0;
  }

  /** Bytes of items, which is what fills the limit; pages and chunks are coarser (`slabBytes`). */
  override get usedMemory(): number {
    return this.current === null ? super.usedMemory : this.store.bytes;
  }

  override get dataBytes(): number {
    return this.current === null ? super.dataBytes : this.store.bytes;
  }

  override get tableBytes(): number {
    return this.current === null ? super.tableBytes : this.store.hashBytes;
  }

  /** Pages that it has taken. */
  get slabBytes(): number {
    return this.store.slabs.allocated;
  }

  /** The process is gone, and everything with it. */
  override flushAll(): void {
    if (this.current !== null) this.current = this.newStore();
  }
}

/** The time of EX or PX in whole seconds; null: there is no such word, or no time behind it. */
function secondsOf(word: Bytes, time: Bytes | undefined): number | null {
  if (time === undefined) return null;
  if (word === "EX") return Math.max(1, Math.ceil(Number(time)));
  if (word === "PX") return Math.max(1, Math.ceil(Number(time) / 1_000));
  return null;
}
