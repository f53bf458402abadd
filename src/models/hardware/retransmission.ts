// Messages that an interface dropped are sent again by the TCP of whoever sent them:
//   up to three packets   after the retransmission timeout, 200 ms on Linux (TCP_RTO_MIN: round trips within a region are far
//                         below it), doubled with every further loss (RFC 6298); a tail loss probe of a single packet
//                         waits as long, since it allows for a delayed acknowledgement (RFC 8985, 7.2)
//   more than three       the packets behind the lost one bring three acknowledgements, and it is sent at once
//                         (RFC 5681): after the queue that it did not find room in
// Left out: the congestion window that shrinks with each loss.

import { PACKET_PAYLOAD_BYTES } from "../network.ts";

const DUPLICATES = 3;
/** Linux stops doubling at TCP_RTO_MAX, two minutes: nine doublings. */
const MOST_DOUBLINGS = 9;

export class Retransmission {
  /** How often the message of a request was lost so far. */
  private readonly losses = new Map<number, number>();

  constructor(
    private readonly timeoutNs: number,
    private readonly queueNs: number,
  ) {}

  /** The message of a request was dropped: until it is sent again, in whole ns. */
  lost(request: number, bytes: number): number {
    if (bytes > DUPLICATES * PACKET_PAYLOAD_BYTES) return Math.round(this.queueNs) + 1;
    const times = this.losses.get(request) ?? 0;
    this.losses.set(request, times + 1);
    return this.timeoutNs * 2 ** Math.min(times, MOST_DOUBLINGS);
  }

  /** It went through, or nobody waits for it any more. */
  settled(request: number): void {
    if (this.losses.size > 0) this.losses.delete(request);
  }
}
