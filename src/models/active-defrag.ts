// Active defragmentation (activedefrag yes): the engine thread moves allocations out of sparse slabs.
//
//   begins   when fragments pass active-defrag-ignore-bytes and threshold-lower percent of what is in use
//   effort   of the engine thread: from cycle-min to cycle-max percent between threshold-lower and -upper, set anew for each
//            pass over the keys
//   a pass   moves 70 % of what lies in sparse slabs: 4 us a move, three allocations a key
//   slices   of effort / hz (25 ms at 25 %) up to Valkey 8.0; of 500 us from 8.1 on (active-defrag-cycle-us)
// Measured on Valkey 8.0.1 (models/physics.md, 6): ratio 3.69 to 1.15 for 45 MB in use, 225,000 moves, 0.91 s of CPU, effort
// 25, 20, 6 and 3 %. The 70 % is the share at which efforts come out like that.
//
// Left out: passes over the parts of large collections (active-defrag-max-scan-fields), moves of bucket arrays.

import type { Fragmentation } from "./fragmentation.ts";

/** CPU time per move and allocations per key: models/physics.md, section 6. */
const MOVE_NS = 4_000;
const ALLOCATIONS_PER_KEY = 3;
const MOVED_SHARE = 0.7;
/** What is left of a pass's work when its arithmetic is done. */
const DONE_NS = 1;

export interface DefragConfig {
  readonly ignoreBytes: number;
  readonly lowerPercent: number;
  readonly upperPercent: number;
  readonly minEffort: number;
  readonly maxEffort: number;
}

export class ActiveDefrag {
  /** Share of the engine thread that the pass under way takes; 0 between passes. */
  effort = 0;
  moves = 0;
  private leftNs = 0;
  private passNs = 0;

  constructor(private readonly config: DefragConfig) {}

  /**
   * Works for its share of a stretch of time; returns the CPU time it takes, in ns of the reference core. `inUse`: bytes
   * that the allocator has handed out; `keys`: how many there are.
   */
  step(fragmentation: Fragmentation, inUse: number, keys: number, stretchNs: number): number {
    if (this.leftNs < DONE_NS) this.begin(fragmentation.bytes, inUse, keys);
    if (this.effort === 0) return 0;
    const ns = Math.min(this.leftNs, this.effort * stretchNs);
    // Of what was there at the pass's beginning; what is left shrinks meanwhile.
    const doneBefore = 1 - this.leftNs / this.passNs;
    this.leftNs -= ns;
    const doneAfter = 1 - this.leftNs / this.passNs;
    fragmentation.compact(1 - (1 - MOVED_SHARE * doneAfter) / (1 - MOVED_SHARE * doneBefore));
    this.moves += ns / MOVE_NS;
    return ns;
  }

  private begin(fragments: number, inUse: number, keys: number): void {
    const { ignoreBytes, lowerPercent, upperPercent, minEffort, maxEffort } = this.config;
    const percent = (100 * fragments) / Math.max(1, inUse);
    this.effort = 0;
    if (fragments < ignoreBytes || percent < lowerPercent) return;
    const between = Math.min(1, (percent - lowerPercent) / Math.max(1, upperPercent - lowerPercent));
    this.effort = minEffort + (maxEffort - minEffort) * between;
    const sparse = fragments / (fragments + inUse);
    this.passNs = Math.max(DONE_NS, keys * ALLOCATIONS_PER_KEY * MOVED_SHARE * sparse * MOVE_NS);
    this.leftNs = this.passNs;
  }

  /** The process is gone. */
  reset(): void {
    this.effort = 0;
    this.leftNs = 0;
  }
}
