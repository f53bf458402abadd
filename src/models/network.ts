// The network between zones, and the bandwidth of a node.
//
// Latency. One-way delay = half the round trip of the zone pair, times a lognormal factor with median 1, and one packet
// in ten thousand meets a spike. Defaults (models/physics.md, section 8): 0.15 ms round trip within a zone, 0.7 ms
// across zones, spikes of 5-12 ms. The factor is drawn from 4,096 quantiles of equal probability: one random number and
// one look-up per message.
//
// Bandwidth. A message occupies the interface for bytes / burst rate and spends credits that come in at the baseline
// rate; without credits the interface passes the baseline. AWS does not publish the size of the credit bucket; it is
// taken as five minutes at full burst, the lower end of what the EC2 guide says ("typically 5 to 60 minutes").
//
// A bulk transfer (a full sync, the stream to a replica) shares the interface packet by packet: it spends credits but holds nobody up for as long as
// there are some.
//
// Left out: packet-rate limits, loss, reordering, congestion of the fabric.

import { jStat } from "jstat";
import type { Random } from "../sim/random.ts";
import { TokenBucket } from "../sim/token-bucket.ts";
import { NS_PER_SECOND } from "../units.ts";

export interface LatencyConfig {
  readonly inZoneRttNs: number;
  readonly crossZoneRttNs: number;
  /** Standard deviation of the logarithm of the factor. */
  readonly sigma: number;
  readonly spikeProbability: number;
  readonly spikeNs: readonly [low: number, high: number];
}

const QUANTILES = 4_096;

/** Delays of single messages between zones. */
export class Latency {
  private readonly factors = new Float64Array(QUANTILES);

  constructor(
    private readonly config: LatencyConfig,
    private readonly random: Random,
  ) {
    for (let i = 0; i < QUANTILES; i++) {
      this.factors[i] = Math.exp(config.sigma * jStat.normal.inv((i + 0.5) / QUANTILES, 0, 1));
    }
  }

  /** One-way delay in whole ns, at least 1. */
  oneWayNs(fromZone: number, toZone: number): number {
    const { config } = this;
    const half = (fromZone === toZone ? config.inZoneRttNs : config.crossZoneRttNs) / 2;
    const u = this.random.next();
    if (u < config.spikeProbability) {
      const [low, high] = config.spikeNs;
      return Math.round(half + low + ((high - low) * u) / config.spikeProbability);
    }
    return Math.max(1, Math.round(half * this.factors[(u * QUANTILES) | 0]));
  }
}

const BYTES_PER_GBIT = 1e9 / 8;
/** Bytes of headers per message of a request or reply: Ethernet, IP, TCP with timestamps. */
export const HEADER_BYTES = 66;
/** Payload of a full packet within a VPC: jumbo frames of 9,001 bytes (EC2 guide). */
const BULK_PACKET_BYTES = 9_001 - 52;
const CREDIT_SECONDS = 300;

/** One direction of a node's interface. */
export class Bandwidth {
  bytes = 0;
  messages = 0;
  /** Messages that had to wait for credits: NetworkBandwidth…AllowanceExceeded. */
  exceeded = 0;
  private readonly nsPerByte: number;
  private readonly credits: TokenBucket | null;
  private freeAtNs = 0;

  constructor(baselineGbps: number, burstGbps: number | null) {
    const peak = (burstGbps ?? baselineGbps) * BYTES_PER_GBIT;
    const baseline = baselineGbps * BYTES_PER_GBIT;
    this.nsPerByte = NS_PER_SECOND / peak;
    this.credits = peak > baseline ? new TokenBucket(baseline, (peak - baseline) * CREDIT_SECONDS) : null;
  }

  /** Sends a message that is ready at `nowNs`; returns how long until it is through, in ns. */
  pass(nowNs: number, payloadBytes: number): number {
    const bytes = payloadBytes + HEADER_BYTES;
    this.bytes += bytes;
    this.messages++;
    const start = this.freeAtNs > nowNs ? this.freeAtNs : nowNs;
    let end = start + bytes * this.nsPerByte;
    if (this.credits !== null) {
      const wait = this.credits.take(start, bytes);
      if (wait > 0) {
        this.exceeded++;
        if (start + wait > end) end = start + wait;
      }
    }
    this.freeAtNs = end;
    return end - nowNs;
  }

  /** A slice of a bulk transfer: its bytes and credits count, the messages of others pass between its packets. */
  passBulk(nowNs: number, bytes: number): void {
    this.bytes += bytes;
    this.messages += Math.ceil(bytes / BULK_PACKET_BYTES);
    if (this.credits !== null && this.credits.take(nowNs, bytes) > 0) this.exceeded++;
  }
}
