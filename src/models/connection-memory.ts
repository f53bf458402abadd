// What client connections take of the engine's memory by their age (models/physics.md, 5; measured on 7.0.15, the same per
// connection from 100 to 10,000):
//   in the first second   38 kB       16 kB of query buffer, 16 kB of reply buffer, the client
//   up to five seconds    16.6 kB     the cron has given the reply buffer back
//   after that            2.27 kB     and the query buffer
// It is part of used_memory and counts towards maxmemory: a storm of 10,000 is 380 MB for a second, and keys are evicted for it.
//
// Connections that close are taken from the old ones first. Left out: buffers that grow again with large requests.

import { NS_PER_SECOND } from "../units.ts";

const FRESH_BYTES = 38_000;
const YOUNG_BYTES = 16_600;
const OLD_BYTES = 2_270;
const OLD_SECONDS = 5;

export class ConnectionMemory {
  /** Connections opened in each of the last seconds, by second modulo their number. */
  private readonly opened = new Float64Array(OLD_SECONDS);
  private second = 0;
  private count = 0;

  /** `by` connections have been opened at `nowNs`, or closed; `old`: they have been open for a while already. */
  add(by: number, nowNs: number, old = false): void {
    this.advance(nowNs);
    this.count += by;
    if (by > 0 && !old) this.opened[this.second % OLD_SECONDS] += by;
    else this.clamp();
  }

  /** Whether the figure changes by itself as connections age. */
  get aging(): boolean {
    return this.opened.some(count => count > 0);
  }

  bytes(nowNs: number): number {
    this.advance(nowNs);
    const { opened } = this;
    let recent = 0;
    for (const count of opened) recent += count;
    const fresh = opened[this.second % OLD_SECONDS];
    return fresh * FRESH_BYTES + (recent - fresh) * YOUNG_BYTES + (this.count - recent) * OLD_BYTES;
  }

  private advance(nowNs: number): void {
    const now = Math.floor(nowNs / NS_PER_SECOND);
    for (let steps = 0; this.second < now && steps < OLD_SECONDS; steps++) {
      this.second++;
      this.opened[this.second % OLD_SECONDS] = 0;
    }
    this.second = now;
  }

  /** No more young connections than there are. */
  private clamp(): void {
    let left = this.count;
    for (let age = 0; age < OLD_SECONDS; age++) {
      const at = (this.second - age + OLD_SECONDS) % OLD_SECONDS;
      this.opened[at] = Math.min(this.opened[at], left);
      left -= this.opened[at];
    }
  }
}
