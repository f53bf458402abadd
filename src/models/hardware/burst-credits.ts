// CPU credits of burstable (T) nodes, which ElastiCache runs in standard mode: no surplus, no charge (aws-facts.md, 1).
//
//   one credit = one vCPU at 100 % for a minute
//   balance    + perHour / 3600 a second, up to `max` (24 hours of earning)       - CPU time of the whole host
//   allowed    = base + (vCPU - base) * min(1, balance / low)   vCPUs, base = what is earned: perHour / 60
//   low        = (vCPU - base) * throttleOver / 3
// EC2 lowers the CPU "gradually" to the baseline when credits run low and publishes no law: with this one a node that wants
// more comes down exponentially and is within 5 % of its baseline after `throttleOver` (15 minutes: assumed). The credits are
// the host's: a single busy thread may have all that both vCPUs earn.
//
//   start      as a node that has been idle for a day: full (assumption, a key). New nodes get EC2's launch credits:
//              30 per vCPU on t2, which come on top of `max`; none on t3 and t4g
//   published  CPUCreditBalance and CPUCreditUsage every five minutes, t3 and t4g only
// Left out: what the host's own processes use; background work (saves, freeing) spends credits but is not slowed down.

import type { NodeType } from "../../catalog/nodes.ts";
import { NS_PER_MINUTE } from "../../units.ts";

const PUBLISH_NS = 5 * NS_PER_MINUTE;
const CREDIT_NS = NS_PER_MINUTE;
/** e to the minus third is 5 %. */
const TIME_CONSTANTS = 3;

export interface CreditConfig {
  /** Share of the most that a node can hold, at the start of the run. */
  readonly startShare: number;
  /** Until a node without credits is down at its baseline, to 5 %. */
  readonly throttleOverNs: number;
}

/** What CloudWatch shows, every five minutes. */
export interface CreditReading {
  readonly atNs: number;
  readonly balance: number;
  readonly usage: number;
}

type Credits = NonNullable<NodeType["cpuCredits"]>;

export class BurstCredits {
  /** Credits on hand. */
  balance: number;
  reading: CreditReading | null = null;
  private readonly base: number;
  private readonly low: number;
  private launch: number;
  private spent = 0;
  private spentAtReading = 0;
  private seenNs: number;
  private cpuSeenNs = 0;

  constructor(
    private readonly credits: Credits,
    private readonly vcpu: number,
    config: CreditConfig,
    nowNs: number,
  ) {
    this.base = credits.perHour / 60;
    this.low = ((vcpu - this.base) * config.throttleOverNs) / TIME_CONSTANTS / CREDIT_NS;
    // A node that comes later is a new one.
    this.launch = nowNs === 0 ? 0 : credits.launch;
    this.balance = nowNs === 0 ? credits.max * config.startShare : credits.launch;
    this.seenNs = nowNs;
  }

  /** The host has used `cpuNs` of CPU time in all until now. */
  update(nowNs: number, cpuNs: number): void {
    const used = Math.max(0, cpuNs - this.cpuSeenNs) / CREDIT_NS;
    const earned = (this.base * (nowNs - this.seenNs)) / NS_PER_MINUTE;
    this.cpuSeenNs = Math.max(this.cpuSeenNs, cpuNs);
    this.seenNs = nowNs;
    this.spent += used;
    // Launch credits are spent first and do not count towards the limit.
    this.launch = Math.max(0, this.launch - used);
    this.balance = Math.min(this.credits.max + this.launch, Math.max(0, this.balance + earned - used));
    if (
      this.credits.cloudWatchMetrics &&
      Math.floor(nowNs / PUBLISH_NS) > Math.floor((this.reading?.atNs ?? 0) / PUBLISH_NS)
    ) {
      this.reading = { atNs: nowNs, balance: this.balance, usage: this.spent - this.spentAtReading };
      this.spentAtReading = this.spent;
    }
  }

  /** vCPUs that the host may use now. */
  get allowedVcpus(): number {
    return this.base + (this.vcpu - this.base) * Math.min(1, this.balance / this.low);
  }

  /** How much longer a single thread takes than at full speed: 1 and more. */
  get stretch(): number {
    return Math.max(1, 1 / this.allowedVcpus);
  }
}
