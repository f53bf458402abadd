// Commands that wait: BLPOP and its kind park the session on keys; whoever makes such a key ready has the parked call run
// again, from the start, in the order in which they came. Nothing waits in here: the owner of the clock asks for the next
// deadline and says when it has come.

import type { Bytes } from "./bytes.ts";
import type { Command } from "./command.ts";
import { NONE } from "./dict.ts";
import type { Engine } from "./engine.ts";
import { isExpired } from "./expiry.ts";
import { LIST, STREAM, type ValueType, ZSET } from "./keyspace.ts";
import { BlockedReply, type Reply } from "./reply.ts";
import type { Session } from "./session.ts";

export interface Waiting {
  readonly keys: readonly string[];
  /** Relative, in ms; 0 waits for ever. */
  readonly timeoutMs: number;
  /** What the client gets when the time is over. */
  readonly timeoutReply: Reply | (() => Reply);
  /** Also woken when a key goes or becomes something else (XREADGROUP). */
  readonly unblockOnNoKey?: boolean;
}

/** A parked call. */
export interface Blocked {
  readonly kind: "keys" | "paused" | "condition";
  readonly command: Command;
  readonly argv: readonly Bytes[];
  readonly database: number;
  readonly keys: readonly string[];
  readonly type: ValueType | null;
  readonly unblockOnNoKey: boolean;
  /** Absolute ms; infinite: for ever. */
  readonly deadlineMs: number;
  readonly timeoutReply: Reply | (() => Reply);
  /** For "condition": the reply once it holds, null while it does not. */
  readonly poll: (() => Reply | null) | null;
}

const TYPE_OF_GROUP: Readonly<Record<string, ValueType>> = { list: LIST, "sorted-set": ZSET, stream: STREAM };

export class Blocking {
  /** By database and key, in order of arrival. */
  private readonly waiting = new Map<string, Set<Session>>();
  private readonly sessions = new Set<Session>();
  private ready = new Map<string, { readonly database: number; readonly key: string }>();
  private serving = false;

  constructor(private readonly engine: Engine) {}

  get count(): number {
    return this.sessions.size;
  }

  /** Keys that somebody waits on, and those of them whose going wakes too. */
  get keys(): number {
    return this.waiting.size;
  }

  get keysOnNoKey(): number {
    const keys = new Set<string>();
    for (const { blocked } of this.sessions) {
      if (blocked?.unblockOnNoKey) for (const key of blocked.keys) keys.add(`${blocked.database}:${key}`);
    }
    return keys.size;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Parking.

  park(session: Session, command: Command, argv: readonly Bytes[], waiting: Waiting): void {
    const { engine } = this;
    const deadlineMs =
      session.resumed && session.blocked !== null
        ? session.blocked.deadlineMs
        : waiting.timeoutMs === 0
          ? Number.POSITIVE_INFINITY
          : engine.nowMs + waiting.timeoutMs;
    const blocked: Blocked = {
      kind: "keys",
      command,
      argv,
      database: session.db,
      keys: [...new Set(waiting.keys)],
      type: TYPE_OF_GROUP[command.spec.group] ?? null,
      unblockOnNoKey: waiting.unblockOnNoKey ?? false,
      deadlineMs,
      timeoutReply: waiting.timeoutReply,
      poll: null,
    };
    session.blocked = blocked;
    this.sessions.add(session);
    for (const key of blocked.keys) {
      const name = `${blocked.database}:${key}`;
      let queue = this.waiting.get(name);
      if (queue === undefined) this.waiting.set(name, (queue = new Set()));
      queue.add(session);
    }
  }

  /** Parks a call until a condition holds (WAIT); whoever changes something calls `poll`. */
  parkUntil(
    session: Session,
    command: Command,
    argv: readonly Bytes[],
    timeoutMs: number,
    poll: () => Reply | null,
    timeoutReply: () => Reply,
  ): void {
    const deadlineMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : this.engine.nowMs + timeoutMs;
    session.blocked = {
      ...unkeyed("condition", command, argv, session.db),
      deadlineMs,
      poll,
      timeoutReply,
    };
    this.sessions.add(session);
  }

  /** Puts a call off until the server is no longer paused. */
  postpone(session: Session, command: Command, argv: readonly Bytes[]): void {
    session.blocked = unkeyed("paused", command, argv, session.db);
    this.sessions.add(session);
  }

  /** Takes the session off all queues; its call is forgotten. */
  release(session: Session): void {
    const { blocked } = session;
    if (blocked === null) return;
    for (const key of blocked.keys) {
      const name = `${blocked.database}:${key}`;
      const queue = this.waiting.get(name);
      queue?.delete(session);
      if (queue?.size === 0) this.waiting.delete(name);
    }
    this.sessions.delete(session);
    session.blocked = null;
  }

  /** Ends a wait with this reply. */
  unblock(session: Session, reply: Reply): void {
    this.release(session);
    session.deliver?.(reply);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Waking.

  /** A key that somebody may wait on has come to be, or has more in it. */
  signal(database: number, key: string): void {
    if (this.waiting.size === 0) return;
    const name = `${database}:${key}`;
    if (this.waiting.has(name)) this.ready.set(name, { database, key });
  }

  /** A key has gone or become something else. */
  signalGone(database: number, key: string): void {
    if (this.waiting.size === 0) return;
    const name = `${database}:${key}`;
    for (const session of this.waiting.get(name) ?? []) {
      if (session.blocked!.unblockOnNoKey) {
        this.ready.set(name, { database, key });
        return;
      }
    }
  }

  /** Two databases were exchanged, or one emptied: every key waited on in it may be ready or gone. */
  signalDatabase(database: number): void {
    if (this.waiting.size === 0) return;
    for (const name of this.waiting.keys()) {
      const colon = name.indexOf(":");
      if (Number(name.slice(0, colon)) !== database) continue;
      this.ready.set(name, { database, key: name.slice(colon + 1) });
    }
  }

  get hasReady(): boolean {
    return this.ready.size > 0;
  }

  /** Serves those whose keys are ready, and those who become ready by that. */
  serveReady(): void {
    if (this.serving) return;
    this.serving = true;
    try {
      while (this.ready.size > 0) {
        const batch = this.ready;
        this.ready = new Map();
        for (const { database, key } of batch.values()) this.serveKey(database, key);
      }
    } finally {
      this.serving = false;
    }
  }

  private serveKey(database: number, key: string): void {
    const queue = this.waiting.get(`${database}:${key}`);
    if (queue === undefined) return;
    for (const session of [...queue]) {
      const { blocked } = session;
      if (blocked === null || !queue.has(session)) continue;
      const db = this.engine.database(database);
      const entry = db.find(key);
      // What has expired is gone, though nobody has removed it yet.
      const isThere = entry !== NONE && !isExpired(db, entry, this.engine.nowMs);
      const fits = isThere && (blocked.type === null || db.typeOf(entry) === blocked.type);
      if (fits || blocked.unblockOnNoKey) this.resume(session);
    }
  }

  /** Runs a parked call again. It may park itself anew, at the end of the queues. */
  private resume(session: Session): void {
    const blocked = session.blocked!;
    this.release(session);
    session.blocked = blocked;
    session.resumed = true;
    const reply = this.engine.resume(session, blocked.command, blocked.argv);
    session.resumed = false;
    if (reply instanceof BlockedReply) return;
    session.blocked = null;
    session.deliver?.(reply);
    // What the call itself made known to its connection had to wait for the reply.
    for (const message of session.takeHeld()) session.deliver?.(message);
  }

  /** The pause is over: postponed calls run in their order. */
  resumePaused(): void {
    for (const session of [...this.sessions]) {
      if (session.blocked?.kind === "paused") this.resume(session);
    }
  }

  /** Looks at the conditions of those who wait for one. */
  poll(): void {
    for (const session of [...this.sessions]) {
      const reply = session.blocked?.poll?.() ?? null;
      if (reply !== null) this.unblock(session, reply);
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Time.

  /** The next instant, in ms, at which `expire` has something to do; infinite when there is none. */
  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { blocked } of this.sessions) next = Math.min(next, blocked!.deadlineMs);
    return next;
  }

  /** Ends the waits whose time is over. */
  expire(): void {
    if (this.sessions.size === 0) return;
    for (const session of [...this.sessions]) {
      const blocked = session.blocked;
      if (blocked === null || blocked.deadlineMs > this.engine.nowMs) continue;
      const reply = timeoutReplyOf(blocked);
      // Until now the call has not been counted.
      this.engine.counters.count(blocked.command, reply);
      this.unblock(session, reply);
    }
  }
}

/** What a wait that ends by its time answers. */
export function timeoutReplyOf({ timeoutReply }: Blocked): Reply {
  return typeof timeoutReply === "function" ? timeoutReply() : timeoutReply;
}

function unkeyed(kind: Blocked["kind"], command: Command, argv: readonly Bytes[], database: number): Blocked {
  return {
    kind,
    command,
    argv,
    database,
    keys: [],
    type: null,
    unblockOnNoKey: false,
    deadlineMs: Number.POSITIVE_INFINITY,
    timeoutReply: null,
    poll: null,
  };
}
