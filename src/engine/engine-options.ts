// What an engine is made with, and the faces by which its owner takes part in a call.

import type { Random } from "../sim/random.ts";
import type { Bytes } from "./bytes.ts";
import type { Command } from "./command.ts";
import type { Quantum } from "./memory/allocator.ts";
import type { EngineProfile } from "./profile.ts";
import type { ErrorReply } from "./reply.ts";
import type { Session } from "./session.ts";

/** Modelled CPU times that bound loops; the node's cost model sets them for its hardware. */
export interface EngineCosts {
  /** Looking at one key in the expiry cycle. */
  readonly sampleKeyNs: number;
  /** Removing one expired key in the cycle: 1.8 us measured (models/physics.md, section 7). */
  readonly expireKeyNs: number;
  /** Sampling for and removing one evicted key; taken equal to the expiry's, which was measured. */
  readonly evictKeyNs: number;
}

export const DEFAULT_COSTS: EngineCosts = { sampleKeyNs: 50, expireKeyNs: 1_800, evictKeyNs: 1_800 };

/** What a cluster node knows of the slots: whom to send a client to. */
export interface ClusterView {
  /** The redirection or refusal for a call on this slot; null when this node serves it. */
  refusal(slot: number, session: Session, command: Command, argv?: readonly Bytes[]): ErrorReply | null;
}

/** Who may run what; replaced by the ACL. */
export type AccessCheck = (session: Session, command: Command, argv: readonly Bytes[]) => ErrorReply | null;

export interface EngineOptions {
  readonly profile: EngineProfile;
  readonly random: Random;
  readonly quantum?: Quantum;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly costs?: EngineCosts;
  readonly nowMs?: number;
}
