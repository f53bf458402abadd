// A pause of writes, as a coordinated failover or the hand-over of slots makes one (CLIENT PAUSE … WRITE): what arrives from
// now on waits at the node in its order, what was begun goes on, and so do reads. Afterwards the waiting calls are served
// as if they arrived then: most of them are sent on to somebody else.

import type { Simulation } from "../sim/simulation.ts";
import { REQUEST } from "./messages.ts";
import type { Node } from "./node.ts";

export function pauseWrites(node: Node): void {
  node.parked ??= [];
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
