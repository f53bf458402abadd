// What a serverless cache is billed by: ECPU as they are used, and storage sampled several times a minute and averaged over
// the hour (pricing text, 2026). Four samples a minute are assumed.

import { NS_PER_HOUR, NS_PER_SECOND } from "../../units.ts";

export const SAMPLE_NS = 15 * NS_PER_SECOND;

/** One hour of the run; the last may be a part of one. */
export interface LedgerHour {
  readonly lengthNs: number;
  readonly ecpu: number;
  /** Average of the samples. */
  readonly storedBytes: number;
}

export class Ledger {
  readonly closed: LedgerHour[] = [];
  ecpu = 0;
  peakStoredBytes = 0;
  private hourEcpu = 0;
  private samples = 0;
  private sampledBytes = 0;

  charge(ecpu: number): void {
    this.ecpu += ecpu;
    this.hourEcpu += ecpu;
  }

  sample(storedBytes: number): void {
    this.samples++;
    this.sampledBytes += storedBytes;
    this.peakStoredBytes = Math.max(this.peakStoredBytes, storedBytes);
  }

  /** The hour is over. */
  closeHour(): void {
    this.closed.push(this.current(NS_PER_HOUR));
    this.hourEcpu = 0;
    this.samples = 0;
    this.sampledBytes = 0;
  }

  /** All hours up to now, a begun one included. */
  hours(nowNs: number): LedgerHour[] {
    const begunNs = nowNs - this.closed.length * NS_PER_HOUR;
    return begunNs > 0 ? [...this.closed, this.current(begunNs)] : this.closed;
  }

  private current(lengthNs: number): LedgerHour {
    const storedBytes = this.samples === 0 ? 0 : this.sampledBytes / this.samples;
    return { lengthNs, ecpu: this.hourEcpu, storedBytes };
  }
}
