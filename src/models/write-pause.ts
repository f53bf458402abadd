// A pause of writes, as a coordinated failover or the hand-over of slots makes one (CLIENT PAUSE … WRITE): what arrives from
// now on waits at the node in its order, what was begun goes on, and so do reads. Afterwards the waiting calls are served
// as if they arrived then: most of them are sent on to somebody else. A save that delays writes (forkless-save.ts) gives way to
// whoever else pauses them.

import type { Simulation } from "../sim/simulation.ts";
import { REQUEST } from "./messages.ts";
import type { Node } from "./node.ts";

/** Pauses that a save began and that nobody else needs. */
const ownPauses = new WeakSet<number[]>();

export function pauseWrites(node: Node): void {
  node.parked ??= [];
  ownPauses.delete(node.parked);
}

/** A write that has to wait. */
export function park(parked: number[], request: number, generation: number): void {
  parked.push(request, generation);
}

export function resumeWrites(node: Node, sim: Simulation): void {
  const parked = node.parked ?? [];
  node.parked = null;
  for (let i = 0; i < parked.length; i += 2) sim.send(0, node.target, REQUEST, parked[i], parked[i + 1]);
}

/** The same for a save; false while somebody else pauses them. */
export function pauseOwnWrites(node: Node): boolean {
  if (node.parked !== null) return false;
  node.parked = [];
  ownPauses.add(node.parked);
  return true;
}

export function resumeOwnWrites(node: Node, sim: Simulation): void {
  if (node.parked !== null && ownPauses.has(node.parked)) resumeWrites(node, sim);
}
