// Connections as CLIENT LIST shows them, and as CLIENT KILL picks them.

import type { Session } from "./session.ts";

export type ClientType = "normal" | "replica" | "pubsub" | "master";

export const CLIENT_TYPES: Readonly<Record<string, ClientType>> = {
  normal: "normal",
  slave: "replica",
  replica: "replica",
  pubsub: "pubsub",
  master: "master",
  primary: "master",
};

export function clientType(session: Session): ClientType {
  if (session.fromPrimary) return "master";
  // Monitors count as normal.
  if (session.isReplica) return "replica";
  return session.subscribed ? "pubsub" : "normal";
}

/** Memory of a connection: what client eviction and INFO count. */
export function clientMemory(session: Session): number {
  const { buffers } = session;
  let bytes = session.recordBytes + session.argumentBytes;
  bytes += buffers === null ? session.queryBytes : buffers.queryBytes + buffers.replyRoom;
  bytes += overflow(session);
  if (session.transaction !== null) bytes += session.transaction.bytes + 64 * session.transaction.queue.length;
  const { subscriptions, tracking, watched } = session;
  if (subscriptions !== null) {
    bytes += 72 * (subscriptions.channels.size + subscriptions.patterns.size + subscriptions.shardChannels.size);
  }
  if (tracking !== null) for (const prefix of tracking.prefixes) bytes += 64 + prefix.length;
  if (watched !== null) for (const name of watched.keys()) bytes += 64 + name.length;
  return bytes;
}

/** Bytes of replies that did not fit the reply buffer; for a replica, of the stream that is kept for it. */
export function overflow({ outputBytes, buffers }: Session): number {
  return Math.max(0, outputBytes - (buffers?.replyRoom ?? 0));
}

function flagsOf(session: Session): string {
  let flags = "";
  if (session.isReplica || session.isMonitor) flags += session.isMonitor ? "O" : "S";
  if (session.fromPrimary) flags += "M";
  if (session.subscribed) flags += "P";
  if (session.transaction !== null) flags += "x";
  if (session.blocked !== null) flags += "b";
  if (session.tracking !== null) flags += "t";
  if (session.tracking?.brokenRedirect) flags += "R";
  if (session.tracking?.broadcast) flags += "B";
  if (session.watchBroken) flags += "d";
  if (session.closing) flags += "c";
  if (session.readonly) flags += "r";
  if (session.noEvict) flags += "e";
  if (session.noTouch) flags += "T";
  return flags === "" ? "N" : flags;
}

/** In logs that must not tell who somebody is. */
const REDACTED = "*redacted*";

/** One line of CLIENT LIST, without its end; `hidesUser` for logs (hide-user-data-from-log). */
export function clientLine(session: Session, nowMs: number, hidesUser = false): string {
  const { subscriptions, transaction, buffers } = session;
  const fields: [string, string | number][] = [
    ["id", session.id],
    ["addr", session.address],
    ["laddr", session.localAddress],
    ["fd", session.descriptor],
    ["name", hidesUser ? REDACTED : session.name],
    ["age", Math.floor((nowMs - session.createdMs) / 1_000)],
    ["idle", Math.max(0, Math.floor((nowMs - session.lastActiveMs) / 1_000))],
    ["flags", flagsOf(session)],
    ["db", session.db],
    ["sub", subscriptions?.channels.size ?? 0],
    ["psub", subscriptions?.patterns.size ?? 0],
    ["ssub", subscriptions?.shardChannels.size ?? 0],
    ["multi", transaction?.queue.length ?? -1],
    ["watch", session.watched?.size ?? 0],
    ["qbuf", session.queryBytes],
    ["qbuf-free", Math.max(0, (buffers?.queryRoom ?? 0) - session.queryBytes)],
    ["argv-mem", session.argumentBytes],
    ["multi-mem", transaction?.bytes ?? 0],
    ["rbs", buffers?.replyRoom ?? 0],
    ["rbp", buffers?.replyPeak ?? 0],
    ["obl", Math.min(session.outputBytes, buffers?.replyRoom ?? 0)],
    ["oll", overflow(session) > 0 ? 1 : 0],
    ["omem", overflow(session)],
    ["tot-mem", clientMemory(session)],
    ["events", "r"],
    ["cmd", session.lastCommand === "" ? "NULL" : session.lastCommand],
    ["user", hidesUser ? REDACTED : session.fromPrimary ? "(superuser)" : session.user],
    ["redir", session.tracking?.redirect ?? -1],
    ["resp", session.resp],
    ["lib-name", session.libName],
    ["lib-ver", session.libVersion],
    ["tot-net-in", session.bytesIn],
    ["tot-net-out", session.bytesOut],
    ["tot-cmds", session.calls],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(" ");
}

/** The limit of maxmemory-clients in bytes: a size, or a share of maxmemory; 0 is none. */
export function clientsLimit(text: string, maxmemory: number): number {
  if (text.endsWith("%")) return Math.floor((Number(text.slice(0, -1)) * maxmemory) / 100);
  return Number(text);
}

/** Whom to close, the largest first, so that the rest fits. */
export function clientsToEvict(sessions: Iterable<Session>, limit: number): Session[] {
  if (limit <= 0) return [];
  let total = 0;
  const evictable: [bytes: number, session: Session][] = [];
  for (const session of sessions) {
    // Links between nodes are no clients.
    if (session.isReplica || session.fromPrimary || session.noEvict || session.deliver === null) continue;
    const bytes = clientMemory(session);
    total += bytes;
    evictable.push([bytes, session]);
  }
  if (total <= limit) return [];
  evictable.sort((a, b) => b[0] - a[0]);
  const chosen: Session[] = [];
  for (const [bytes, session] of evictable) {
    if (total <= limit) break;
    chosen.push(session);
    total -= bytes;
  }
  return chosen;
}
