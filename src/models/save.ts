// A point-in-time save by a forked child: the pause of the fork, the child's work in the background, the pages that the
// parent duplicates meanwhile.
//
//   pause    base + per-GiB * RSS, engine thread blocked (models/physics.md, 1.1; default 1 ms + 12 ms/GiB, Nitro-like)
//   child    per key 1.6 us + 10.3 ns per byte: LZF on values that do not compress, the default (1.5), on a core of its own
//   memory   copy-on-write.ts
// ElastiCache saves without a fork when memory is short: forkless-save.ts.
// While it runs the engine leaves access times and tables alone, as the server does, to copy fewer pages.

import type { Simulation } from "../sim/simulation.ts";
import { GIB } from "../units.ts";
import { CopyOnWrite } from "./copy-on-write.ts";
import { dataSize } from "./data-size.ts";
import { ForklessSave, isForkless, walk } from "./forkless-save.ts";
import type { Node } from "./node.ts";

const PER_KEY_NS = 1_600;
const PER_BYTE_NS = 10.3;
/** Reading back what was saved, and saving without compression, which is taken to cost the same (models/physics.md, 1.1). */
const LOAD_KEY_NS = 1_200;
const LOAD_BYTE_NS = 2.8;
/** Looks at the duplicated memory so many times during a save: its peak may lie before the end. */
const SAMPLES = 40;

export interface SaveReport {
  readonly startedNs: number;
  readonly forkNs: number;
  readonly durationNs: number;
  readonly peakCopiedBytes: number;
  readonly rewrittenKeys: number;
  /** Size of the data set that was saved, as the engine counts it. */
  readonly dataBytes: number;
  /** Without a fork: how long writes waited so that they did not outrun the save. */
  readonly forkless: boolean;
  readonly delayedNs: number;
  /** False when the node died first. */
  readonly completed: boolean;
}

/** What a node keeps of the save that it is making. */
export interface RunningSave {
  /** Memory that it takes now. */
  bytes(): number;
  /** Engine-thread time that writes owe to it since the last call. */
  takeNs(): number;
  /** For how long a child of it has worked in the background. */
  backgroundNs(): number;
  end(): void;
}

/** Child CPU time to write a data set, in ns on this node. */
export function saveDurationNs(node: Node): number {
  const { keys, bytes } = dataSize(node.engine);
  return Math.max(1, Math.round(node.cpu.scaled(saveWorkNs(keys, bytes))));
}

/** The same on the reference core. */
export function saveWorkNs(keys: number, bytes: number): number {
  return keys * PER_KEY_NS + bytes * PER_BYTE_NS;
}

/** Time to load it on the reference core. */
export function loadWorkNs(keys: number, bytes: number): number {
  return keys * LOAD_KEY_NS + bytes * LOAD_BYTE_NS;
}

/**
 * Forks and saves; `done` is told when it is over. `durationNs` overrides the child's own pace, as a slow receiver of
 * a full sync does. A node saves once at a time: the caller checks `node.save`. Who needs the fork's instant says so.
 */
export function startSave(
  node: Node,
  sim: Simulation,
  done: (report: SaveReport) => void,
  durationNs = saveDurationNs(node),
  needsFork = false,
): void {
  if (!needsFork && isForkless(node)) return startForkless(node, sim, done);
  const { engine, config } = node;
  const startedNs = sim.now;
  const forkNs = Math.round(config.fork.baseNs + (config.fork.perGibNs * node.memory().rssBytes) / GIB);
  node.block(forkNs);
  const save = new CopyOnWrite(engine);
  const { incarnation } = node;
  const dataBytes = engine.dataBytes;
  engine.childActive = true;
  const running: RunningSave = {
    bytes: () => save.bytes(Math.min(1, (sim.now - startedNs) / durationNs)),
    takeNs: () => save.takeNs(),
    backgroundNs: () => sim.now - startedNs,
    end: () => save.end(),
  };
  node.save = running;
  let peak = 0;
  const finish = (completed: boolean) => {
    if (completed) {
      save.end();
      node.save = null;
      engine.childActive = false;
      node.backgroundNs += sim.now - startedNs;
    }
    const { rewrittenKeys } = save;
    done({
      startedNs,
      forkNs,
      durationNs: sim.now - startedNs,
      peakCopiedBytes: peak,
      rewrittenKeys,
      dataBytes,
      forkless: false,
      delayedNs: 0,
      completed,
    });
  };
  const look = (sample: number) => {
    if (node.incarnation !== incarnation) return finish(false);
    peak = Math.max(peak, running.bytes());
    if (sample === SAMPLES) return finish(true);
    sim.after(Math.max(1, Math.round(durationNs / SAMPLES)), `${node.name}/save`, () => look(sample + 1));
  };
  look(0);
}

function startForkless(node: Node, sim: Simulation, done: (report: SaveReport) => void): void {
  const { engine } = node;
  const startedNs = sim.now;
  const dataBytes = engine.dataBytes;
  const workNs = saveDurationNs(node);
  const save = new ForklessSave(engine, (keys, bytes) => node.cpu.scaled(saveWorkNs(keys, bytes)));
  engine.childActive = true;
  node.save = {
    bytes: () => save.changedBytes,
    takeNs: () => save.takeNs(),
    backgroundNs: () => 0,
    end: () => save.end(),
  };
  walk(node, sim, save, workNs, (delayedNs, completed) => {
    if (completed) {
      save.end();
      node.save = null;
      engine.childActive = false;
    }
    const { rewrittenKeys, changedBytes } = save;
    const durationNs = sim.now - startedNs;
    done({
      startedNs,
      forkNs: 0,
      durationNs,
      peakCopiedBytes: changedBytes,
      rewrittenKeys,
      dataBytes,
      forkless: true,
      delayedNs,
      completed,
    });
  });
}
