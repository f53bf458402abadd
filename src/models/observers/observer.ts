// What an observer is: somebody outside the machine who watches it and knows a law that it must keep. Observers change
// nothing, schedule nothing and draw nothing, so a run has the same events with and without them. A law that is broken is a
// bug of cachecast: the run ends with the seed and the simulated time.

import { fail } from "../../assert.ts";
import type { World } from "../world.ts";

export interface Observer {
  /** Looks at the end of every period. */
  look?(): void;
  /** The load has stopped, faults are over, time has passed: what must hold when everything is quiet. */
  quiet?(): void;
}

export interface ObserverSpec {
  readonly name: string;
  /** The law, in a sentence. */
  readonly law: string;
  begin(world: World, tell: Violation, options: ObserverOptions): Observer;
}

export interface ObserverOptions {
  /** Keeps every change since the start, so that every key can be checked when it is quiet; else what is still at risk. */
  readonly wholeHistory: boolean;
}

/** Ends the run: the law is broken. */
export type Violation = (message: string) => never;

export function violationOf(name: string): Violation {
  return message => fail(`observer «${name}»: ${message}`);
}
