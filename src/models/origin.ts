// What is behind the cache: a store that answers so many requests at a time, each with a latency from a distribution;
// the others wait their turn. Left out: failure and slowing down under overload.

import { Histogram } from "../sim/histogram.ts";
import type { Random } from "../sim/random.ts";
import { Station } from "../sim/station.ts";
import type { OriginConfig } from "./config.ts";

export class Origin {
  requests = 0;
  readonly latency = new Histogram();
  private readonly station: Station;

  constructor(
    private readonly config: OriginConfig,
    private readonly random: Random,
  ) {
    this.station = new Station(config.concurrency);
  }

  /** Sends a request at `nowNs`; returns when the answer is there. */
  fetch(nowNs: number): number {
    const service = Math.max(1, Math.round(this.config.latencyNs.sample(this.random)));
    const end = this.station.admit(nowNs, service) + service;
    this.requests++;
    this.latency.record(end - nowNs);
    return end;
  }

  /** Share of the servers' time used so far. */
  utilisation(nowNs: number): number {
    return nowNs === 0 ? 0 : this.station.busyNs / (nowNs * this.station.servers);
  }
}
