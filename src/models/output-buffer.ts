// client-output-buffer-limit: what may wait on a server for somebody who reads slower than it is written to, be it a replica
// (replication/link.ts) or a subscriber (pubsub/slow-reader.ts).
//
//   hard   more waits at any instant: the connection is closed
//   soft   more has waited for longer than its seconds, without a break: it is closed
// Source: Valkey, src/networking.c (checkClientOutputBufferLimits): looked at whenever something is added, and by the cron.

import type { OutputLimit } from "./config.ts";

export class OutputBuffer {
  private softSinceNs = Number.POSITIVE_INFINITY;

  constructor(readonly limit: OutputLimit) {}

  /** Whether so much waiting means that the connection is closed; to be asked when it is little, too. */
  exceeds(bytes: number, nowNs: number): boolean {
    const { hardBytes, softBytes, softNs } = this.limit;
    if (bytes > hardBytes) return true;
    if (bytes <= softBytes) {
      this.softSinceNs = Number.POSITIVE_INFINITY;
      return false;
    }
    if (nowNs < this.softSinceNs) this.softSinceNs = nowNs;
    return nowNs - this.softSinceNs > softNs;
  }

  /** A new connection begins. */
  reset(): void {
    this.softSinceNs = Number.POSITIVE_INFINITY;
  }
}
