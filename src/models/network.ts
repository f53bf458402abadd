// The network between zones, and the bandwidth of a node.
//
// Latency. One-way delay = half the round trip of the zone pair, times a lognormal factor with median 1, and one packet
// in ten thousand meets a spike. Defaults (models/physics.md, section 8): 0.15 ms round trip within a zone, 0.7 ms
// across zones, spikes of 5-12 ms. The factor is drawn from 4,096 quantiles of equal probability: one random number and
// one look-up per message.
//
// Bandwidth. A message occupies the interface for bytes / burst rate, or for one slot of the packet allowance where that
// is longer, and spends credits that come in at the baseline rate; without credits the interface passes the baseline.
// What finds more than `queueNs` of traffic before it is dropped: the sender's TCP sends it again (hardware/retransmission.ts).
//   baseline, burst        by node type (AWS)
//   bucket of credits      300 s at full burst: AWS does not publish it; the lower end of what the EC2 guide says
//                          ("typically 5 to 60 minutes")
//   packets per second     200,000 per Gbit/s of burst, each way: not published, assumed; generous (625 B a packet)
//   queue                  20 ms of traffic: not published ("queued or dropped"), assumed
// All of them are keys of the scenario (cluster.hardware.network).
//
// A bulk transfer (a full sync, the stream to a replica) shares the interface packet by packet: it spends credits but holds
// nobody up for as long as there are some.
//
// Faults (cuts, loss, added delay) stand in faults/links.ts; `faults` is null as long as there is none.
//
// Left out: packet allowances of a replica's stream, reordering, congestion of the fabric.

import { jStat } from "jstat";
import type { Random } from "../sim/random.ts";
import { TokenBucket } from "../sim/token-bucket.ts";
import { BYTES_PER_GBIT, NS_PER_SECOND } from "../units.ts";
import type { Links } from "./faults/links.ts";

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
  /** What is wrong between parties now: every sender looks at this one field. */
  faults: Links | null = null;
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

/** Bytes of headers per message of a request or reply: Ethernet, IP, TCP with timestamps. */
export const HEADER_BYTES = 66;
/** Payload of a full packet within a VPC: jumbo frames of 9,001 bytes (EC2 guide). */
export const PACKET_PAYLOAD_BYTES = 9_001 - 52;
const PACKETS_PER_SECOND_AND_GBIT = 200_000;

export interface BandwidthLimits {
  /** The bucket of credits, in seconds at full burst, and how full it is at the start, 0–1. */
  readonly creditSeconds: number;
  readonly startShare: number;
  /** What finds more traffic than that before it, in ns, is dropped. */
  readonly queueNs: number;
  /** Each way; null: by the burst rate. */
  readonly packetsPerSecond: number | null;
}

export const DEFAULT_BANDWIDTH: BandwidthLimits = {
  creditSeconds: 300,
  startShare: 1,
  queueNs: 20_000_000,
  packetsPerSecond: null,
};

/** What `pass` answers for a message that was dropped. */
export const DROPPED = -1;

/** One direction of a node's interface. */
export class Bandwidth {
  bytes = 0;
  messages = 0;
  /** Messages that waited for credits or were dropped for want of bandwidth: NetworkBandwidth…AllowanceExceeded. */
  exceeded = 0;
  /** The same for the packet allowance: NetworkPacketsPerSecondAllowanceExceeded. */
  packetsExceeded = 0;
  /** Messages that were dropped. */
  dropped = 0;
  private readonly nsPerByte: number;
  private readonly nsPerPacket: number;
  private readonly queueNs: number;
  private readonly credits: TokenBucket | null;
  private freeAtNs = 0;

  constructor(baselineGbps: number, burstGbps: number | null, limits: BandwidthLimits = DEFAULT_BANDWIDTH) {
    const peakGbps = burstGbps ?? baselineGbps;
    const peak = peakGbps * BYTES_PER_GBIT;
    const baseline = baselineGbps * BYTES_PER_GBIT;
    const bucket = (peak - baseline) * limits.creditSeconds;
    this.nsPerByte = NS_PER_SECOND / peak;
    this.nsPerPacket = NS_PER_SECOND / (limits.packetsPerSecond ?? peakGbps * PACKETS_PER_SECOND_AND_GBIT);
    this.queueNs = limits.queueNs;
    this.credits = peak > baseline ? new TokenBucket(baseline, bucket, bucket * limits.startShare) : null;
  }

  /** Sends a message that is ready at `nowNs`; returns how long until it is through, in ns, or DROPPED. */
  pass(nowNs: number, payloadBytes: number): number {
    const bytes = payloadBytes + HEADER_BYTES;
    const start = this.freeAtNs > nowNs ? this.freeAtNs : nowNs;
    const wireNs = bytes * this.nsPerByte;
    if (start - nowNs > this.queueNs) return this.drop(wireNs);
    this.bytes += bytes;
    this.messages++;
    let end = start + wireNs;
    // A packet of jumbo size always takes longer for its bytes than for its slot. A small one is through after its bytes;
    // it is the next one that waits for the slot to end.
    const slotEnd = start + this.nsPerPacket;
    if (end < slotEnd && start > nowNs) this.packetsExceeded++;
    if (this.credits !== null) {
      const wait = this.credits.take(start, bytes);
      if (wait > 0) {
        this.exceeded++;
        if (start + wait > end) end = start + wait;
      }
    }
    this.freeAtNs = end > slotEnd ? end : slotEnd;
    return end - nowNs;
  }

  private drop(wireNs: number): typeof DROPPED {
    this.dropped++;
    if (wireNs < this.nsPerPacket) this.packetsExceeded++;
    else this.exceeded++;
    return DROPPED;
  }

  /** A slice of a bulk transfer: its bytes and credits count, the messages of others pass between its packets. */
  passBulk(nowNs: number, bytes: number): void {
    this.bytes += bytes;
    this.messages += Math.ceil(bytes / PACKET_PAYLOAD_BYTES);
    if (this.credits !== null && this.credits.take(nowNs, bytes) > 0) this.exceeded++;
  }

  /** Bytes that wait for the interface: they lie in output buffers. */
  waitingBytes(nowNs: number): number {
    return this.freeAtNs > nowNs ? (this.freeAtNs - nowNs) / this.nsPerByte : 0;
  }
}
