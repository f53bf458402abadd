// The table of observers, and a world under their eyes.

import type { World } from "../world.ts";
import { connectionsObserver } from "./connections.ts";
import { memoryObserver } from "./memory.ts";
import { type Observer, type ObserverOptions, type ObserverSpec, violationOf } from "./observer.ts";
import { replicasObserver } from "./replicas.ts";
import { requestsObserver } from "./requests.ts";
import { slotsObserver } from "./slots.ts";
import { timeObserver } from "./time.ts";
import { WritesObserver, writesObserver } from "./writes.ts";

export const OBSERVERS: readonly ObserverSpec[] = [
  requestsObserver,
  writesObserver,
  slotsObserver,
  replicasObserver,
  memoryObserver,
  connectionsObserver,
  timeObserver,
];

export class Observation {
  private readonly observers: Observer[];
  readonly writes: WritesObserver;

  constructor(world: World, options: ObserverOptions = { wholeHistory: false }) {
    this.observers = OBSERVERS.map(({ name, begin }) => begin(world, violationOf(name), options));
    this.writes = this.observers.find(one => one instanceof WritesObserver)!;
    world.periodListeners.push(() => this.look());
  }

  /** What must hold at any instant between two events. */
  look(): void {
    for (const observer of this.observers) observer.look?.();
  }

  /** What must hold when the load has stopped, faults are over and time has passed. */
  quiet(): void {
    this.look();
    for (const observer of this.observers) observer.quiet?.();
  }
}
