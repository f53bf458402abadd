// A subscriber that reads slower than its channel is published to, at a pace of its own: what it has not read waits.
//
//   read_i    max(read_(i-1), written_i) + bytes_i / pace
//   kernel    of what waits the first 128 KiB stand in the sockets' buffers: the default of tcp_rmem (Linux, ip-sysctl); whoever
//             reads slowly keeps the window small, so that neither end's buffer grows (assumed)
//   server    the rest is the connection's output buffer: used_memory, and under client-output-buffer-limit pubsub (32 MB, or 8 MB
//             for 60 s, by default)
// When the server closes the connection its buffer is lost; what the kernel has is read first, and then the subscriber learns of it.

import { KIB, NS_PER_SECOND } from "../../units.ts";
import type { OutputLimit } from "../config.ts";
import { OutputBuffer } from "../output-buffer.ts";

export const KERNEL_BYTES = 128 * KIB;
/** Entries that have been read are dropped in blocks of this many. */
const BLOCK = 1_024;

interface Waiting {
  readonly bytes: number;
  readonly sentNs: number;
  readonly readNs: number;
}

export class SlowReader {
  private readonly buffer: OutputBuffer;
  private queue: Waiting[] = [];
  private head = 0;
  private waitingBytes = 0;
  private freeNs = 0;

  constructor(
    private readonly bytesPerSecond: number,
    limit: OutputLimit,
  ) {
    this.buffer = new OutputBuffer(limit);
  }

  /** Bytes in the server's output buffer, as of the last look. */
  get bufferedBytes(): number {
    return Math.max(0, this.waitingBytes - KERNEL_BYTES);
  }

  get limit(): OutputLimit {
    return this.buffer.limit;
  }

  /** The server has written a message at `nowNs` that was sent at `sentNs`. */
  give(bytes: number, nowNs: number, sentNs: number): void {
    this.freeNs = Math.max(this.freeNs, nowNs) + (bytes / this.bytesPerSecond) * NS_PER_SECOND;
    this.queue.push({ bytes, sentNs, readNs: this.freeNs });
    this.waitingBytes += bytes;
  }

  /** Tells of every message that has been read by now; returns their bytes. */
  settle(nowNs: number, read: (sentNs: number, readNs: number) => void): number {
    const { queue } = this;
    let passed = 0;
    while (this.head < queue.length && queue[this.head].readNs <= nowNs) {
      const { bytes, sentNs, readNs } = queue[this.head++];
      passed += bytes;
      read(sentNs, readNs);
    }
    this.waitingBytes -= passed;
    if (this.head >= BLOCK) {
      this.queue = queue.slice(this.head);
      this.head = 0;
    }
    return passed;
  }

  exceeds(nowNs: number): boolean {
    return this.buffer.exceeds(this.bufferedBytes, nowNs);
  }

  /** The connection is closed; returns how many messages are lost with the server's buffer. */
  close(): number {
    const { queue } = this;
    let lost = 0;
    while (queue.length > this.head && this.waitingBytes > KERNEL_BYTES) {
      this.waitingBytes -= queue.pop()!.bytes;
      lost++;
    }
    this.freeNs = queue.length > this.head ? queue[queue.length - 1].readNs : 0;
    this.buffer.reset();
    return lost;
  }
}
