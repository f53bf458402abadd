// Server-assisted client-side caching (CLIENT TRACKING): who has read which key, or asked for which prefix, and the
// invalidations that follow when it changes.

import { type Bytes, textOf } from "./bytes.ts";
import { type Command, keyPositions, PUBSUB } from "./command.ts";
import type { Engine } from "./engine.ts";
import { Push, type Reply } from "./reply.ts";
import type { Session } from "./session.ts";

export interface TrackingState {
  /** Everything under the prefixes, read or not. */
  readonly broadcast: boolean;
  readonly optIn: boolean;
  readonly optOut: boolean;
  /** Not told of its own changes. */
  readonly noLoop: boolean;
  /** Id of the connection that gets the messages; 0: this one. */
  readonly redirect: number;
  readonly prefixes: Set<string>;
  /** CLIENT CACHING was given for the next call. */
  caching: boolean;
  brokenRedirect: boolean;
}

const CHANNEL = "__redis__:invalidate";
/** Keys that one pass takes out when there are more than the limit, at first. */
const LIMIT_EFFORT = 100;

export class Tracking {
  /** Readers by key, of all databases together, as ids: a connection may be gone by the time. */
  private readonly table = new Map<string, Set<number>>();
  private readonly prefixes = new Map<string, Set<Session>>();
  /** Keys changed under each prefix since the last flush, and who changed them last. */
  private readonly changed = new Map<string, Map<string, Session | null>>();
  private readonly pending: (string | null)[] = [];
  private overLimit = 0;
  clients = 0;
  items = 0;

  constructor(private readonly engine: Engine) {}

  get keys(): number {
    return this.table.size;
  }

  get prefixCount(): number {
    return this.prefixes.size;
  }

  enable(session: Session, state: TrackingState, prefixes: readonly string[]): void {
    if (session.tracking === null) this.clients++;
    session.tracking = state;
    if (!state.broadcast) return;
    for (const prefix of prefixes.length === 0 ? [""] : prefixes) {
      state.prefixes.add(prefix);
      let sessions = this.prefixes.get(prefix);
      if (sessions === undefined) this.prefixes.set(prefix, (sessions = new Set()));
      sessions.add(session);
    }
  }

  disable(session: Session): void {
    if (session.tracking === null) return;
    for (const prefix of session.tracking.prefixes) {
      const sessions = this.prefixes.get(prefix)!;
      sessions.delete(session);
      if (sessions.size === 0) {
        this.prefixes.delete(prefix);
        this.changed.delete(prefix);
      }
    }
    session.tracking = null;
    this.clients--;
  }

  /** A reading call has run: remember what it has read. */
  remember(session: Session, command: Command, argv: readonly Bytes[]): void {
    const state = session.tracking;
    if (state === null || state.broadcast || (command.flags & PUBSUB) !== 0) return;
    if ((state.optIn && !state.caching) || (state.optOut && state.caching)) return;
    for (const position of keyPositions(command, argv)) {
      const key = textOf(argv[position]);
      let readers = this.table.get(key);
      if (readers === undefined) this.table.set(key, (readers = new Set()));
      if (!readers.has(session.id)) {
        readers.add(session.id);
        this.items++;
      }
    }
  }

  /** A key has changed; `broadcast` is false for evicted table entries, which did not change. */
  invalidate(key: string, broadcast = true): void {
    const changer = this.engine.currentSession;
    if (broadcast) {
      for (const prefix of this.prefixes.keys()) {
        if (!key.startsWith(prefix)) continue;
        let changed = this.changed.get(prefix);
        if (changed === undefined) this.changed.set(prefix, (changed = new Map()));
        changed.set(key, changer);
      }
    }
    const readers = this.table.get(key);
    if (readers === undefined) return;
    this.table.delete(key);
    this.items -= readers.size;
    for (const id of readers) {
      const target = this.engine.sessions.get(id);
      const state = target?.tracking;
      if (target === undefined || state == null || state.broadcast) continue;
      if (state.noLoop && target === changer) continue;
      if (target === changer) this.pending.push(key);
      else this.send(target, [key]);
    }
  }

  /** Everything was flushed: all caches are void. */
  invalidateAll(): void {
    for (const session of this.engine.sessions.values()) {
      if (session.tracking === null) continue;
      if (session === this.engine.currentSession) this.pending.push(null);
      else this.send(session, null);
    }
    this.table.clear();
    this.items = 0;
  }

  /** After the reply of the outermost call: what its own connection has to be told. */
  flushOwn(session: Session): void {
    if (this.pending.length === 0) return;
    for (const key of this.pending.splice(0)) this.send(session, key === null ? null : [key]);
  }

  /** Between turns: the changes under prefixes, many keys in one message. */
  flushBroadcast(): void {
    if (this.changed.size === 0) return;
    for (const [prefix, changed] of this.changed) {
      const all = [...changed.keys()];
      for (const session of this.prefixes.get(prefix) ?? []) {
        const keys = session.tracking?.noLoop ? all.filter(key => changed.get(key) !== session) : all;
        if (keys.length > 0) this.send(session, keys);
      }
    }
    this.changed.clear();
  }

  /** Keeps the table below tracking-table-max-keys, harder each time it stays above. */
  limit(maxKeys: number): void {
    if (maxKeys === 0 || this.table.size <= maxKeys) {
      this.overLimit = 0;
      return;
    }
    let effort = LIMIT_EFFORT * (this.overLimit + 1);
    for (const key of this.table.keys()) {
      if (effort-- === 0) break;
      this.invalidate(key, false);
      if (this.table.size <= maxKeys) {
        this.overLimit = 0;
        return;
      }
    }
    this.overLimit++;
  }

  /** What is evicted before a call runs is told before its reply. */
  private deliver(target: Session, message: Push): void {
    if (this.engine.currentSession === null) target.deliver?.(message);
    else target.push(message);
  }

  private send(session: Session, keys: readonly string[] | null): void {
    const state = session.tracking;
    let target = session;
    const redirected = state !== null && state.redirect !== 0;
    if (redirected) {
      const other = this.engine.sessions.get(state.redirect);
      if (other === undefined) {
        state.brokenRedirect = true;
        if (session.resp === 3) session.push(new Push(["tracking-redir-broken", state.redirect]));
        return;
      }
      target = other;
    }
    const value: Reply = keys;
    if (target.resp === 3) this.deliver(target, new Push(["invalidate", value]));
    else if (redirected && target.subscribed) this.deliver(target, new Push(["message", CHANNEL, value]));
  }
}
