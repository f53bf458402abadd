// Who listens to which channel, pattern and shard channel; delivery in the server's order: the channel's listeners first,
// then the patterns in the order in which they were first subscribed.

import { globMatch } from "./glob.ts";
import { Push } from "./reply.ts";
import type { Session, Subscriptions } from "./session.ts";
import { keySlot } from "./slots.ts";

export type ChannelKind = "channels" | "patterns" | "shardChannels";

export class PubSub {
  readonly channels = new Map<string, Set<Session>>();
  readonly patterns = new Map<string, Set<Session>>();
  readonly shardChannels = new Map<string, Set<Session>>();

  /** False when the session listened to it already. */
  subscribe(session: Session, kind: ChannelKind, name: string): boolean {
    const own = subscriptionsOf(session);
    if (own[kind].has(name)) return false;
    own[kind].add(name);
    let listeners = this[kind].get(name);
    if (listeners === undefined) this[kind].set(name, (listeners = new Set()));
    listeners.add(session);
    return true;
  }

  /** False when the session did not listen to it. */
  unsubscribe(session: Session, kind: ChannelKind, name: string): boolean {
    const { subscriptions } = session;
    if (subscriptions === null || !subscriptions[kind].delete(name)) return false;
    const listeners = this[kind].get(name)!;
    listeners.delete(session);
    if (listeners.size === 0) this[kind].delete(name);
    return true;
  }

  /** Takes a session off everything. */
  forget(session: Session): void {
    const { subscriptions } = session;
    if (subscriptions === null) return;
    for (const kind of ["channels", "patterns", "shardChannels"] as const) {
      for (const name of [...subscriptions[kind]]) this.unsubscribe(session, kind, name);
    }
    session.subscriptions = null;
  }

  /** Delivers a message; returns how many got it. */
  publish(channel: string, message: string): number {
    let receivers = 0;
    const listeners = this.channels.get(channel);
    if (listeners !== undefined) {
      const push = new Push(["message", channel, message]);
      for (const session of listeners) session.push(push);
      receivers += listeners.size;
    }
    for (const [pattern, sessions] of this.patterns) {
      if (!globMatch(pattern, channel)) continue;
      const push = new Push(["pmessage", pattern, channel, message]);
      for (const session of sessions) session.push(push);
      receivers += sessions.size;
    }
    return receivers;
  }

  publishShard(channel: string, message: string): number {
    const listeners = this.shardChannels.get(channel);
    if (listeners === undefined) return 0;
    const push = new Push(["smessage", channel, message]);
    for (const session of listeners) session.push(push);
    return listeners.size;
  }

  /** The slot has gone to another node: who listens to a shard channel of it is told and taken off. */
  dropShardChannelsOf(slot: number): void {
    for (const [channel, listeners] of [...this.shardChannels]) {
      if (keySlot(channel) !== slot) continue;
      for (const session of [...listeners]) {
        this.unsubscribe(session, "shardChannels", channel);
        session.push(new Push(["sunsubscribe", channel, session.subscriptions?.shardChannels.size ?? 0]));
      }
    }
  }
}

export function subscriptionsOf(session: Session): Subscriptions {
  session.subscriptions ??= { channels: new Set(), patterns: new Set(), shardChannels: new Set() };
  return session.subscriptions;
}
