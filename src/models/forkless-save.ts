// A save without a fork, as ElastiCache makes one when memory is short: the engine walks the data set itself, and what is written
// meanwhile must not outrun it.
//
//   chosen    when the host's free memory is below `headroom` * used_memory, which a fork may copy in the worst case. AWS: a
//             fork «if there is enough memory», else forkless; the limit itself is not published: 100 % is assumed, a key of
//             the scenario. reserved-memory-percent decides how far used_memory can grow, and with that which it is
//   work      that of the child (save.ts), on the engine thread: slices of 1 ms, `share` of its time (assumed)
//   writes    a key that has not been saved yet is saved first; each write goes into the set of changes, which is memory
//   delay     writes wait while the changes are more than what has been saved and a burst of 1 MiB («forkless save delays
//             writes under heavy load so that the change set cannot outrun the snapshot»; UG23, AWS)
// Reads go on. Keys are taken to be saved in an order that has nothing to do with who writes them: a key that is written has
// been saved with the probability of the progress.
//
// Left out: keys that are new since the start, the pace of the receiver in a sync. r6gd nodes have no forkless save.

import type { Engine } from "../engine/engine.ts";
import type { Keyspace } from "../engine/keyspace.ts";
import type { Simulation } from "../sim/simulation.ts";
import { GIB, MIB, NS_PER_MS } from "../units.ts";
import type { Node } from "./node.ts";
import { pauseOwnWrites, resumeOwnWrites } from "./write-pause.ts";

const SLICE_NS = NS_PER_MS;
const BURST_BYTES = MIB;

export class ForklessSave {
  rewrittenKeys = 0;
  /** Changes since the start: the memory that it takes. */
  changedBytes = 0;
  private pendingNs = 0;
  private readonly seen = new Map<Keyspace, Set<number>>();
  /** Share of the data set that is saved. */
  progress = 0;

  constructor(
    engine: Engine,
    private readonly costNs: (keys: number, bytes: number) => number,
  ) {
    for (const database of engine.databases) {
      if (database === undefined || database.size === 0) continue;
      this.seen.set(database, new Set());
      database.rewriteObserver = entry => this.rewritten(database, entry);
    }
  }

  end(): void {
    for (const database of this.seen.keys()) database.rewriteObserver = null;
  }

  /** Time for keys that had to be saved before they were written, since the last call. */
  takeNs(): number {
    const ns = this.pendingNs;
    this.pendingNs = 0;
    return ns;
  }

  private rewritten(database: Keyspace, entry: number): void {
    const bytes = database.bytesOf(entry);
    this.changedBytes += bytes;
    const seen = this.seen.get(database)!;
    if (seen.has(entry)) return;
    seen.add(entry);
    this.rewrittenKeys++;
    this.pendingNs += (1 - this.progress) * this.costNs(1, bytes);
  }
}

/** Whether a node saves without a fork now. */
export function isForkless(node: Node): boolean {
  const { save } = node.config;
  if (save === undefined || save.method === "fork" || node.type.ssdGiB !== null) return false;
  if (save.method === "forkless") return true;
  return node.memory().freeBytes < save.headroom * node.engine.usedMemory;
}

/** Walks the data set; `done` is told how long writes waited, and whether it came to its end. */
export function walk(
  node: Node,
  sim: Simulation,
  save: ForklessSave,
  workNs: number,
  done: (delayedNs: number, completed: boolean) => void,
): void {
  const { incarnation, engine } = node;
  const { share } = node.config.save!;
  const dataBytes = engine.dataBytes;
  let workedNs = 0;
  let pausedSince: number | null = null;
  let delayedNs = 0;
  const goOn = () => {
    if (pausedSince === null) return;
    delayedNs += sim.now - pausedSince;
    pausedSince = null;
    resumeOwnWrites(node, sim);
  };
  const slice = () => {
    if (node.incarnation !== incarnation) return done(delayedNs, false);
    save.progress = Math.min(1, workedNs / workNs);
    if (workedNs >= workNs) {
      goOn();
      return done(delayedNs, true);
    }
    const outruns = save.changedBytes > save.progress * dataBytes + BURST_BYTES;
    if (!outruns) goOn();
    else if (pausedSince === null && pauseOwnWrites(node)) pausedSince = sim.now;
    const ns = Math.min(SLICE_NS, workNs - workedNs);
    workedNs += ns;
    node.block(ns);
    sim.after(Math.max(1, Math.round(ns / share)), `${node.name}/forkless save`, slice);
  };
  slice();
}

/** In words, for logs. */
export function reasonOf(node: Node): string {
  const free = (node.memory().freeBytes / GIB).toFixed(2);
  return `forkless: ${free} GiB are free, ${(node.engine.usedMemory / GIB).toFixed(2)} GiB in use`;
}
