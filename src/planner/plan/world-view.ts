// What many shapes have in common in one world, found once: who answers reads with so many replicas, the work of a processor and the
// load of the origin where so much is kept.

import type { WorldConfig } from "../../models/config.ts";
import type { Cpu } from "../../models/cpu.ts";
import { randomFrom } from "../../sim/random.ts";
import { type Moments, type Wait, wait } from "../forms/waits.ts";
import type { WorldCurve } from "./curve.ts";
import { type Reading, readingOf } from "./reading.ts";
import { sorted, thinned } from "./trips.ts";
import { askedOf, type Work, workOf } from "./work.ts";

const DRAWS = 4_096;
const POINTS = 256;

/** Its answers without anybody who waits, as points of equal weight, ascending. */
export interface OriginTimes {
  readonly ns: Float64Array;
  readonly moments: Moments;
}

export function originTimes({ origin: { latencyNs } }: WorldConfig): OriginTimes {
  const random = randomFrom("plan/origin");
  return {
    ns: thinned(
      sorted(DRAWS, () => latencyNs.sample(random)),
      POINTS,
    ),
    moments: { mean: latencyNs.mean, second: latencyNs.variance + latencyNs.mean ** 2 },
  };
}

/** How busy the origin is, and its times with the mean wait for it. */
export interface Asked {
  readonly origin: Wait;
  readonly originNs: Float64Array;
}

export class WorldView {
  private readonly readings: Reading[] = [];
  private readonly works = new Map<Cpu, Map<number, Work>>();
  private readonly askeds = new Map<number, Asked>();

  constructor(
    private readonly curve: WorldCurve,
    private readonly config: WorldConfig,
    private readonly times: OriginTimes,
  ) {}

  /** `spread`: whether so many replicas stand in other zones. */
  reading(replicas: number, spread: boolean): Reading {
    return (this.readings[replicas] ??= readingOf(this.curve.world, replicas, this.config, spread));
  }

  work(cpu: Cpu, at: number): Work {
    let byPlace = this.works.get(cpu);
    if (byPlace === undefined) this.works.set(cpu, (byPlace = new Map()));
    let work = byPlace.get(at);
    if (work === undefined) {
      const { curve } = this;
      byPlace.set(at, (work = workOf(curve.world, { hitRate: curve.hitRate(at), stores: curve.stores(at) }, cpu)));
    }
    return work;
  }

  asked(at: number): Asked {
    let asked = this.askeds.get(at);
    if (asked === undefined) {
      const { curve, times, config } = this;
      const perNs = askedOf(curve.world, curve.hitRate(at)) / 1e9;
      const origin = wait(config.origin.concurrency, perNs, times.moments);
      const waits = origin.meanNs > 0 && Number.isFinite(origin.meanNs);
      asked = { origin, originNs: waits ? times.ns.map(ns => ns + origin.meanNs) : times.ns };
      this.askeds.set(at, asked);
    }
    return asked;
  }
}
