// What every failover profile does: react to the death of nodes. `phases` are what a drill's table shows.

import type { Node } from "../node.ts";

export interface FailoverPhase {
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  /** The setting or rule that decides how long it takes. */
  readonly boundBy: string;
}

export interface Failover {
  /** A node has died; `cause` is its event. */
  nodeLost(node: Node, state: "down" | "lost", cause: number): void;
}

/** Told when a phase of a shard's failover is over. */
export type PhaseListener = (shard: number, phase: FailoverPhase) => void;
