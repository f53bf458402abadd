// The append-only file of a self-managed server: what its fsync costs, its rewrites, and what a process finds when it comes back.
//
//   write    changes go to the kernel once per turn of the event loop, before answers leave: within the turn's own time (costs.ts)
//   always   the thread waits for an fsync before it answers: everybody whose request was there when the turn began shares it
//            (group commit), so writes/s grow with those who ask at once while each takes fsync longer
//   everysec an fsync in the background every second; one that is still running two seconds after the next was due holds the
//            thread until it ends (flushAppendOnlyFile, aof_delayed_fsync)
//   no       the kernel writes back in its own time
//   fsync    latency + bytes since the last one / bandwidth; half the bandwidth while a rewrite writes
//   rewrite  at auto-aof-rewrite-min-size and -percentage: a fork and a child (save.ts) that writes the data set at the disk's pace.
//            no-appendfsync-on-rewrite: no fsync meanwhile
//   restart  a process that died finds everything that it had given its kernel, and loads it at 1.2 us per key + 2.8 ns per byte
//
// The disk (cluster.hardware.disk): latency lognormal(p50 1 ms, p99 10 ms), 125 MiB/s: EBS gp3's «single-digit millisecond
// latency» and baseline throughput (AWS, EBS volume types); the shape is assumed.
//
// Left out: what is on the disk of a host that is lost, replicas' own fsyncs, IOPS as a limit, hybrid files. A call that a dying
// process had begun counts as finished.

import { copyData } from "../engine/databases.ts";
import { Engine } from "../engine/engine.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../units.ts";
import type { AppendOnlyConfig } from "./config.ts";
import { dataSize } from "./data-size.ts";
import type { Node } from "./node.ts";
import { loadWorkNs, saveDurationNs, startSave } from "./save.ts";

const EVERY_NS = NS_PER_SECOND;
const PATIENCE_NS = 2 * NS_PER_SECOND;
const LOOK_AGAIN_NS = 100 * NS_PER_MS;

export class AppendOnlyFile {
  /** Fsyncs that held the engine thread (everysec), and rewrites that ended. */
  delayedFsyncs = 0;
  rewrites = 0;
  sizeBytes = 0;
  private baseBytes = 0;
  private seenChanges = 0;
  private unsyncedBytes = 0;
  /** always: when the turn began whose fsync is the last one. */
  private turnNs = Number.NEGATIVE_INFINITY;
  /** everysec: when the fsync in the background ends, and since when the next one is due. */
  private busyUntilNs = 0;
  private dueNs: number | null = null;
  private armed = false;
  private rewriting = false;
  private stored: Engine | null = null;

  constructor(
    private readonly config: AppendOnlyConfig,
    private readonly node: Node,
    private readonly sim: Simulation,
    private readonly random: Random,
  ) {}

  /** It is the file of a node that holds what it does: one that was filled before the run, has loaded, or leads from now on. */
  begin(): void {
    const { engine } = this.node;
    this.sizeBytes = this.baseBytes = dataSize(engine).bytes;
    this.seenChanges = engine.persistence.changes;
    this.unsyncedBytes = 0;
  }

  /** A call is done on the engine thread; returns when it may be answered. `ready`: when it had arrived. */
  written(ready: number, start: number, done: number, bytes: number): number {
    const { changes } = this.node.engine.persistence;
    if (changes === this.seenChanges) return done;
    this.seenChanges = changes;
    this.sizeBytes += bytes;
    this.unsyncedBytes += bytes;
    if (this.sizeBytes > this.rewriteAt() && this.node.save === null) this.rewrite();
    const { fsync } = this.config;
    if (fsync === "everysec" && !this.armed) this.arm(EVERY_NS);
    if (fsync !== "always" || this.isSpared) return done;
    if (ready <= this.turnNs) return done;
    this.turnNs = start;
    return this.node.thread.occupy(done, this.fsyncNs());
  }

  private get isSpared(): boolean {
    return this.rewriting && !this.config.fsyncOnRewrite;
  }

  private fsyncNs(): number {
    const { latencyNs, bytesPerSecond } = this.config;
    const pace = this.rewriting ? bytesPerSecond / 2 : bytesPerSecond;
    const ns = latencyNs.sample(this.random) + (this.unsyncedBytes / pace) * NS_PER_SECOND;
    this.unsyncedBytes = 0;
    return ns;
  }

  private arm(ns: number): void {
    const { node, sim } = this;
    const { incarnation } = node;
    this.armed = true;
    sim.after(ns, `${node.name}/fsync`, () => {
      this.armed = false;
      if (node.incarnation === incarnation) this.syncInBackground();
    });
  }

  private syncInBackground(): void {
    const { node } = this;
    const { now } = this.sim;
    if (this.unsyncedBytes === 0 || this.isSpared) return;
    if (now >= this.busyUntilNs) {
      this.dueNs = null;
      this.busyUntilNs = Math.round(now + this.fsyncNs());
      return;
    }
    this.dueNs ??= now;
    if (now - this.dueNs < PATIENCE_NS) return this.arm(LOOK_AGAIN_NS);
    this.delayedFsyncs++;
    this.dueNs = null;
    node.block(this.busyUntilNs - now);
    this.arm(this.busyUntilNs - now);
  }

  private rewriteAt(): number {
    const { rewritePercent, rewriteMinBytes } = this.config;
    if (rewritePercent === 0) return Number.POSITIVE_INFINITY;
    return Math.max(rewriteMinBytes, this.baseBytes * (1 + rewritePercent / 100));
  }

  private rewrite(): void {
    const { node, config, sim } = this;
    this.rewriting = true;
    const { bytes } = dataSize(node.engine);
    const writing = Math.round((bytes / config.bytesPerSecond) * NS_PER_SECOND);
    const before = this.sizeBytes;
    startSave(
      node,
      sim,
      ({ completed }) => {
        this.rewriting = false;
        if (!completed) return;
        this.rewrites++;
        this.baseBytes = bytes;
        this.sizeBytes = bytes + this.sizeBytes - before;
        if (config.fsync === "everysec" && !this.armed) this.arm(EVERY_NS);
      },
      Math.max(saveDurationNs(node), writing),
      true,
    );
  }

  /** The process of a primary dies: what it had is on its disk. Replicas come back by a full sync. */
  keep(): void {
    const { node, sim } = this;
    const { profile, quantum, parameters } = node.config;
    this.stored = new Engine({ profile, random: sim.random(`${node.name}/disk`), quantum, parameters });
    copyData(node.engine, this.stored);
    this.rewriting = false;
  }

  /** The process is back and has what its file says; returns how many keys, and how long loading them takes. */
  load(): { keys: number; ns: number } {
    const { node, stored } = this;
    this.stored = null;
    if (stored === null) return { keys: 0, ns: 0 };
    copyData(stored, node.engine);
    const { keys, bytes } = dataSize(node.engine);
    return { keys, ns: node.cpu.scaled(loadWorkNs(keys, bytes)) };
  }
}
