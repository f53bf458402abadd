// How much a serverless cache lets through, and how that grows.
//
// Three limits, each in ECPU per second: what the cache supports at the moment, what one hash slot may take (30,000 on its
// primary; 60,000 more for reads by replicas, which makes AWS's 90,000), and a maximum that nothing grows beyond: the
// user's, or 15 million (LIMITS and SCALE, ElastiCache guide, 2025-2026). What is above a limit waits for its turn and is
// told as throttled; who would wait longer than `holdNs` is refused.
//
// Growth: the supported rate doubles at the end of each `doublingNs` in whose busiest second the demand was above `growAt`
// of it. Two to three minutes from Valkey 8.0 on (SCALE); 0 to 5 million in under 13 minutes (VERS) is reached from 90,000
// with 2 minutes each, not with 3.
//
// Assumed, since nobody publishes it: that limits hold over a second (a quiet cache may take a second's worth at once);
// from which use on the rate grows; that it does not shrink within a run; that throttled commands are held at all.

import { SLOT_COUNT } from "../../engine/slots.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { ServerlessConfig } from "../config/serverless.ts";

export const REFUSED = -1;

/** Work that may be let through ahead of a limit, in ns of it. */
const BURST_NS = NS_PER_SECOND;

export class Capacity {
  /** ECPU per second. */
  supported: number;
  /** Commands that were held or refused, and those of them that were refused. */
  throttled = 0;
  refused = 0;
  doublings = 0;
  /** Highest demand of a second since the start, throttled commands counted as one ECPU each. */
  peakDemand = 0;

  /** Instants up to which a limit's share has been given away. */
  private cacheNs = 0;
  private readonly primaryNs = new Float64Array(SLOT_COUNT);
  private readonly replicaNs = new Float64Array(SLOT_COUNT);
  private readonly primaryStepNs: number;
  private readonly replicaStepNs: number;
  private secondEndsNs = NS_PER_SECOND;
  private demand = 0;
  private intervalDemand = 0;

  constructor(private readonly config: ServerlessConfig) {
    this.supported = Math.min(config.supportedEcpu, config.maximumEcpu);
    this.primaryStepNs = NS_PER_SECOND / config.slotEcpu;
    this.replicaStepNs = NS_PER_SECOND / config.slotReplicaEcpu;
  }

  /** How long a command of a slot has to wait; REFUSED when that is too long. Takes one ECPU for those that pass. */
  admit(nowNs: number, slot: number, fromReplica: boolean): number {
    this.count(nowNs, 1);
    const slots = fromReplica ? this.replicaNs : this.primaryNs;
    const ahead = Math.max(this.cacheNs, slots[slot]) - nowNs - BURST_NS;
    if (ahead > 0) {
      this.throttled++;
      if (ahead > this.config.holdNs) {
        this.refused++;
        return REFUSED;
      }
    }
    this.take(nowNs, slot, fromReplica, 1);
    return ahead > 0 ? ahead : 0;
  }

  /** What a command took beyond the one ECPU that it was admitted for; below zero when it was less. */
  settle(nowNs: number, slot: number, fromReplica: boolean, ecpu: number): void {
    this.count(nowNs, ecpu);
    this.take(nowNs, slot, fromReplica, ecpu);
  }

  private take(nowNs: number, slot: number, fromReplica: boolean, ecpu: number): void {
    const slots = fromReplica ? this.replicaNs : this.primaryNs;
    const step = fromReplica ? this.replicaStepNs : this.primaryStepNs;
    this.cacheNs = Math.max(this.cacheNs, nowNs) + (ecpu * NS_PER_SECOND) / this.supported;
    slots[slot] = Math.max(slots[slot], nowNs) + ecpu * step;
  }

  private count(nowNs: number, ecpu: number): void {
    if (nowNs >= this.secondEndsNs) {
      this.closeSecond();
      this.secondEndsNs = (Math.floor(nowNs / NS_PER_SECOND) + 1) * NS_PER_SECOND;
    }
    this.demand += ecpu;
  }

  private closeSecond(): void {
    this.intervalDemand = Math.max(this.intervalDemand, this.demand);
    this.peakDemand = Math.max(this.peakDemand, this.demand);
    this.demand = 0;
  }

  /** A doubling time is over: whether the supported rate grew. */
  grow(): boolean {
    this.closeSecond();
    const wanted = this.intervalDemand > this.config.growAt * this.supported;
    this.intervalDemand = 0;
    const next = Math.min(2 * this.supported, this.config.maximumEcpu);
    if (!wanted || next === this.supported) return false;
    this.supported = next;
    this.doublings++;
    return true;
  }
}
