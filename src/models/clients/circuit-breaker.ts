// Circuit breakers, one per instance, around whole commands with their retries (M. Nygard, "Release It!", 2007; the
// count-based sliding window of resilience4j 2.x, whose defaults are 50 %, 100 calls, 60 s open, 10 probes).
//
//   closed     every command goes out; when at least `minimum` of the last `calls` are known and the share of failed
//              ones reaches `failures`, it opens
//   open       commands fail at once, for `openNs`
//   half-open  `probes` commands go out, the others fail at once; when their answers are there it closes or opens again
//
// A failure is a command that ends without an answer, or with an error that a later try may cure (LOADING, CLUSTERDOWN,
// NOREPLICAS …) and none did: the cache is not there for it. Any other answer is a success, an error such as WRONGTYPE too.

import type { BreakerConfig } from "../config.ts";

const CLOSED = 0;
const OPEN = 1;
const HALF_OPEN = 2;

export class CircuitBreakers {
  /** Commands that were turned away, and how often one opened. */
  rejected = 0;
  opened = 0;

  private readonly state: Uint8Array;
  /** When an open one lets probes through. */
  private readonly untilNs: Float64Array;
  /**
   * By instance: outcomes of its last calls, or of its probes, as a ring of `stride` places at most; how many are known, how
   * many failed, where the next goes.
   */
  private readonly outcomes: Uint8Array;
  private readonly known: Int32Array;
  private readonly failed: Int32Array;
  private readonly next: Int32Array;
  /** Probes that went out. */
  private readonly probing: Int32Array;
  private readonly stride: number;

  constructor(
    private readonly config: BreakerConfig,
    instances: number,
  ) {
    this.state = new Uint8Array(instances);
    this.untilNs = new Float64Array(instances);
    this.stride = Math.max(config.calls, config.probes);
    this.outcomes = new Uint8Array(instances * this.stride);
    this.known = new Int32Array(instances);
    this.failed = new Int32Array(instances);
    this.next = new Int32Array(instances);
    this.probing = new Int32Array(instances);
  }

  /** Whether the instance's command may go out now. */
  admits(instance: number, nowNs: number): boolean {
    if (this.state[instance] === CLOSED) return true;
    if (this.state[instance] === OPEN && nowNs >= this.untilNs[instance]) {
      this.state[instance] = HALF_OPEN;
      this.probing[instance] = 0;
      this.forget(instance);
    }
    if (this.state[instance] === HALF_OPEN && this.probing[instance] < this.config.probes) {
      this.probing[instance]++;
      return true;
    }
    this.rejected++;
    return false;
  }

  /** A command that was let out has ended. */
  ended(instance: number, failure: boolean, nowNs: number): void {
    const { config } = this;
    if (this.state[instance] === OPEN) return;
    this.note(instance, failure ? 1 : 0);
    const enough = this.state[instance] === HALF_OPEN ? config.probes : config.minimum;
    if (this.known[instance] < enough) return;
    if (this.failed[instance] >= config.failures * this.known[instance]) {
      this.state[instance] = OPEN;
      this.opened++;
      this.untilNs[instance] = nowNs + config.openNs;
    } else if (this.state[instance] === HALF_OPEN) {
      this.state[instance] = CLOSED;
      this.forget(instance);
    }
  }

  /** How many instances turn commands away at this instant. */
  get openNow(): number {
    return this.state.reduce((sum, state) => sum + (state === OPEN ? 1 : 0), 0);
  }

  private note(instance: number, failure: 0 | 1): void {
    const { calls, probes } = this.config;
    const size = this.state[instance] === HALF_OPEN ? probes : calls;
    const at = instance * this.stride + this.next[instance];
    if (this.known[instance] === size) this.failed[instance] -= this.outcomes[at];
    else this.known[instance]++;
    this.outcomes[at] = failure;
    this.failed[instance] += failure;
    this.next[instance] = this.next[instance] + 1 === size ? 0 : this.next[instance] + 1;
  }

  private forget(instance: number): void {
    this.known[instance] = 0;
    this.failed[instance] = 0;
    this.next[instance] = 0;
  }
}
