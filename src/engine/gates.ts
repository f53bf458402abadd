// The gates that a call passes before it runs, all in one place and in the server's order. A refusal is a reply; null lets
// the call through. Arity and unknown names are looked at before (Engine.execute), since they need no state.

import { type Bytes, textOf } from "./bytes.ts";
import {
  ALLOW_BUSY,
  type Command,
  DENYOOM,
  keyPositions,
  LOADING,
  MAY_REPLICATE,
  NO_ASYNC_LOADING,
  NO_AUTH,
  NO_MULTI,
  PROTECTED,
  PUBSUB,
  READONLY,
  SCRIPTED,
  STALE,
  WRITE,
} from "./command.ts";
import type { Engine } from "./engine.ts";
import * as errors from "./errors.ts";
import { EVICT_FAIL, performEvictions } from "./eviction/evict.ts";
import { ErrorReply } from "./reply.ts";
import type { Session } from "./session.ts";
import { keySlot } from "./slots.ts";

/** Why a call is refused, or null. Memory is brought below maxmemory on the way. */
export function refusalOf(
  engine: Engine,
  session: Session,
  command: Command,
  argv: readonly Bytes[],
  slot: number,
): ErrorReply | null {
  const { settings, role } = engine;
  const { transaction } = session;
  // EXEC stands for all that was queued.
  const isExec = transaction !== null && command.name === "exec";
  const own = (command.flags & SCRIPTED) === 0 ? command.flags : engine.scripting.flagsOf(command, argv);
  const flags = isExec ? own | (transaction.flags & OF_QUEUED) : own;
  const missing = isExec ? ~own | transaction.inverseFlags : ~own;
  const write = (flags & WRITE) !== 0;
  if ((flags & PROTECTED) !== 0 && !allowsProtected(engine, session, protectionOf(command))) return notAllowed(command);
  if (!session.authenticated && (flags & NO_AUTH) === 0) return errors.NO_AUTH;
  // 7.0 and 7.1 leave it to the commands, which say it in their own words.
  if (transaction !== null && (command.flags & NO_MULTI) !== 0 && engine.profile.product !== "redis")
    return errors.NOT_IN_TRANSACTION;
  if (engine.access !== null) {
    const denied = engine.access(session, command, argv);
    if (denied !== null) return denied;
  }
  if (engine.cluster !== null && slot !== -1 && !session.fromPrimary) {
    if (slot === DIFFERENT_SLOTS) return errors.CROSS_SLOT;
    const redirection = engine.cluster.refusal(slot, session, command, argv);
    if (redirection !== null) return redirection;
  }
  if (session.redirects && role === "replica" && isRedirected(engine, session, flags)) {
    const { host, port } = engine.replication.upstream.primary!;
    return new ErrorReply(`REDIRECT ${host}:${port}`);
  }
  if (settings.maxmemory > 0 && engine.busyScript === null) {
    engine.outOfMemory = performEvictions(engine) === EVICT_FAIL;
    if (engine.outOfMemory && (flags & DENYOOM) !== 0) return errors.OOM;
  } else engine.outOfMemory = false;
  if (!session.fromPrimary && (write || command.name === "ping")) {
    const broken = engine.persistence.refusal();
    if (broken !== null) return broken;
  }
  if (write && role === "primary" && engine.goodReplicas < settings.minReplicasToWrite) return errors.NO_REPLICAS;
  if (role === "replica" && !session.fromPrimary && write && settings.replicaReadOnly) return errors.READ_ONLY;
  const listening =
    (flags & PUBSUB) === 0 && session.subscriptions === null ? null : listeningRefusal(engine, session, command);
  if (listening !== null) return listening;
  if (role === "replica" && !session.fromPrimary) {
    if (!engine.linkUp && !settings.replicaServeStaleData && (missing & STALE) !== 0) return errors.PRIMARY_DOWN;
  }
  const held = engine.persistence.asyncLoading ? flags & NO_ASYNC_LOADING : engine.isLoading ? missing & LOADING : 0;
  if (held !== 0) return errors.loading(engine.profile.product);
  if (engine.busyScript !== null && (flags & ALLOW_BUSY) === 0)
    return errors.busy(engine.busyScript, engine.profile.product);
  if (session.isReplica && (flags & (WRITE | READONLY | MAY_REPLICATE)) !== 0) return errors.REPLICA_NO_KEYSPACE;
  return null;
}

/** Whether a client that can be sent elsewhere is: to the primary, with all that writes, and with reads unless READONLY. */
function isRedirected(engine: Engine, session: Session, flags: number): boolean {
  if (engine.cluster !== null || session.fromPrimary || engine.replication.upstream.primary === null) return false;
  return (flags & WRITE) !== 0 || ((flags & READONLY) !== 0 && !session.readonly);
}

/** While the roles are being exchanged both sides are replicas: such a client would be sent to and fro, so it waits. */
export function waitsForFailover(engine: Engine, session: Session, command: Command): boolean {
  if (!session.redirects || engine.replication.failover.state !== "failover-in-progress") return false;
  const { transaction } = session;
  const inherited = transaction !== null && command.name === "exec" ? transaction.flags & OF_QUEUED : 0;
  return isRedirected(engine, session, command.flags | inherited);
}

/** Flags that EXEC inherits from what was queued. */
const OF_QUEUED = WRITE | READONLY | DENYOOM | MAY_REPLICATE;

const UNSUBSCRIBING: ReadonlySet<string> = new Set(["unsubscribe", "punsubscribe", "sunsubscribe"]);

const WHILE_LISTENING: ReadonlySet<string> = new Set([
  "ping",
  "subscribe",
  "ssubscribe",
  "psubscribe",
  "unsubscribe",
  "sunsubscribe",
  "punsubscribe",
  "quit",
  "reset",
]);

/** A RESP2 connection that listens to channels may do little else. */
function listeningRefusal(engine: Engine, session: Session, command: Command): ErrorReply | null {
  if (session.subscriptions === null || !session.subscribed) {
    // Earlier versions answer that there was nothing to end.
    const refuses = UNSUBSCRIBING.has(command.name) && engine.profile.scansExpiry;
    return refuses ? new ErrorReply(`NOSUB '${command.fullName}' command executed not in subscribed mode`) : null;
  }
  if (session.resp !== 2) return null;
  if (WHILE_LISTENING.has(command.name)) return null;
  return new ErrorReply(
    `ERR Can't execute '${command.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}

const NOT_QUEUED: ReadonlySet<string> = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);

/** Whether a command runs at once although a transaction is open. */
export function runsInTransaction(command: Command): boolean {
  return NOT_QUEUED.has(command.name);
}

/** The parameter that opens a protected command. */
function protectionOf(command: Command): string {
  return command.fullName.startsWith("module") ? "enable-module-command" : "enable-debug-command";
}

/** Whether a connection may use what is protected: everybody, nobody, or those on the same machine. */
export function allowsProtected(engine: Engine, session: Session, parameter: string): boolean {
  if (engine.allowProtected) return true;
  const allowed = engine.parameters.text(parameter);
  return allowed === "yes" || (allowed === "local" && /^(?:127\.|\[?::1|\/)/u.test(session.address));
}

function notAllowed(command: Command): ErrorReply {
  const name = command.fullName.split("|")[0].toUpperCase();
  return new ErrorReply(
    `ERR ${name} command not allowed. If the ${protectionOf(command)} option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`,
  );
}

export const DIFFERENT_SLOTS = -2;

/** The slot of all the call's keys, -1 when it has none, DIFFERENT_SLOTS when they disagree. */
export function commonSlot(command: Command, argv: readonly Bytes[]): number {
  let slot = -1;
  for (const position of keyPositions(command, argv)) {
    const one = keySlot(textOf(argv[position]));
    if (slot !== -1 && one !== slot) return DIFFERENT_SLOTS;
    slot = one;
  }
  return slot;
}
