// A pause of writes, as a coordinated failover or the hand-over of slots makes one (CLIENT PAUSE … WRITE): what arrives from
// now on waits at the node in its order, what was begun goes on, and so do reads. Afterwards the waiting calls are served
// as if they arrived then: most of them are sent on to somebody else. A save that delays writes (forkless-save.ts) gives way to
// whoever else pauses them.

import type { Simulation } from "../sim/simulation.ts";
import { REQUEST } from "./messages.ts";
import type { Node } from "./node.ts";

export interface WritePause {
  /** What waits: request and generation in turn. */
  readonly calls: number[];
  /** A save began it, and nobody else needs it. */
  isSaves: boolean;
}

export function pauseWrites(node: Node): void {
  node.parked ??= { calls: [], isSaves: false };
  node.parked.isSaves = false;
}

/** A write that has to wait. */
export function park({ calls }: WritePause, request: number, generation: number): void {
  calls.push(request, generation);
}

export function resumeWrites(node: Node, sim: Simulation): void {
  const calls = node.parked?.calls ?? [];
  node.parked = null;
  for (let i = 0; i < calls.length; i += 2) sim.send(0, node.target, REQUEST, calls[i], calls[i + 1]);
}

/** The same for a save; false while somebody else pauses them. */
export function pauseOwnWrites(node: Node): boolean {
  if (node.parked !== null) return false;
  node.parked = { calls: [], isSaves: true };
  return true;
}

export function resumeOwnWrites(node: Node, sim: Simulation): void {
  if (node.parked?.isSaves === true) resumeWrites(node, sim);
}
