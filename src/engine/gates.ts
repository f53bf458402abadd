// The gates that a call passes before it runs, all in one place and in the server's order. A refusal is a reply; null lets
// the call through. Arity and unknown names are looked at before (Engine.execute), since they need no state.

import { type Bytes, textOf } from "./bytes.ts";
import { type Command, DENYOOM, keyPositions, LOADING, NO_AUTH, PROTECTED, STALE, WRITE } from "./command.ts";
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
  const { flags } = command;
  const write = (flags & WRITE) !== 0;
  if ((flags & PROTECTED) !== 0 && !engine.allowProtected) return notAllowed(command);
  if (!session.authenticated && (flags & NO_AUTH) === 0) return errors.NO_AUTH;
  if (engine.access !== null) {
    const denied = engine.access(session, command, argv);
    if (denied !== null) return denied;
  }
  if (engine.cluster !== null && slot !== -1 && !session.fromPrimary) {
    if (slot === DIFFERENT_SLOTS) return errors.CROSS_SLOT;
    const redirection = engine.cluster.refusal(slot, session, command);
    if (redirection !== null) return redirection;
  }
  if (settings.maxmemory > 0 && performEvictions(engine) === EVICT_FAIL && (flags & DENYOOM) !== 0) {
    return errors.OOM;
  }
  if (write && role === "primary" && engine.goodReplicas < settings.minReplicasToWrite) return errors.NO_REPLICAS;
  if (role === "replica" && !session.fromPrimary) {
    if (write && settings.replicaReadOnly) return errors.READ_ONLY;
    if (!engine.linkUp && !settings.replicaServeStaleData && (flags & STALE) === 0) return errors.PRIMARY_DOWN;
  }
  if (engine.isLoading && (flags & LOADING) === 0) return errors.loading(engine.profile.product);
  return null;
}

function notAllowed(command: Command): ErrorReply {
  const name = command.fullName.split("|")[0].toUpperCase();
  return new ErrorReply(
    `ERR ${name} command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`,
  );
}

const DIFFERENT_SLOTS = -2;

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
