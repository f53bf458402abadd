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
  /** A node has died or stands still; `cause` is its event. */
  nodeLost(node: Node, state: "down" | "lost" | "frozen", cause: number): void;
  /** A frozen node goes on. */
  nodeBack(node: Node): void;
  /** A fault of the network has begun or ended; `cause` is its event. */
  linksChanged(cause: number): void;
  /** A zone that was gone is there again: its hosts can start. */
  zoneBack(zone: number, cause: number): void;
  /** TestFailover of a shard; the sentence that says why not, or null when it has begun. */
  test(shard: number, cause: number): string | null;
}

/** Told when a phase of a shard's failover is over. */
export type PhaseListener = (shard: number, phase: FailoverPhase) => void;
