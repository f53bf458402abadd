// Connections of one client instance to one node, and the requests that wait for one. Requests are linked through the
// `next` column, so a queue of any length costs nothing.

import { NO_REQUEST, type Requests } from "./requests.ts";

export class Pool {
  /** Connections that are open, and those of them that are free. */
  open = 0;
  idle = 0;
  /** Connection attempts made, and those of them that came to an end; they end in the order they began. */
  attempts = 0;
  settled = 0;
  queued = 0;
  /** Whose turn it is among the connections of a multiplexing client. */
  turn = 0;
  private head = NO_REQUEST;
  private tail = NO_REQUEST;

  constructor(
    readonly id: number,
    readonly instance: number,
    readonly node: number,
    /** First of this pool's connection numbers, for multiplexing clients. */
    readonly firstConnection: number,
  ) {}

  /** Connections being opened. */
  get connecting(): number {
    return this.attempts - this.settled;
  }

  enqueue(request: number, requests: Requests): void {
    requests.next[request] = NO_REQUEST;
    if (this.tail === NO_REQUEST) this.head = request;
    else requests.next[this.tail] = request;
    this.tail = request;
    this.queued++;
  }

  /** The request that waits longest; NO_REQUEST when none does. */
  dequeue(requests: Requests): number {
    const request = this.head;
    if (request === NO_REQUEST) return NO_REQUEST;
    this.head = requests.next[request];
    if (this.head === NO_REQUEST) this.tail = NO_REQUEST;
    this.queued--;
    return request;
  }

  /** Takes a request out of the middle of the queue: it has waited too long. */
  remove(request: number, requests: Requests): void {
    let before = NO_REQUEST;
    let at = this.head;
    while (at !== request) {
      before = at;
      at = requests.next[at];
    }
    const after = requests.next[request];
    if (before === NO_REQUEST) this.head = after;
    else requests.next[before] = after;
    if (this.tail === request) this.tail = before;
    this.queued--;
  }

  /** All connections are gone. */
  closeAll(): void {
    this.open = 0;
    this.idle = 0;
  }
}
