// Connections of one client instance to one node or to an endpoint's name, and the requests that wait for one. Requests
// are linked through the `next` column, so a queue of any length costs nothing.

import type { Login } from "./access/login.ts";
import type { ConnectConfig } from "./config.ts";
import { NO_REQUEST, type Requests } from "./requests.ts";

export class Pool {
  /** Connections that the client holds open, and those it is opening. */
  open = 0;
  connecting = 0;
  /** Free connections, the one that has been idle longest first. Exclusive pools only. */
  readonly idle: number[] = [];
  /** Open connections of a multiplexing client, and whose turn it is among them. */
  readonly shared: number[] = [];
  turn = 0;
  queued = 0;
  /** Attempts that failed since one succeeded, and whether the next waits for its time. */
  failures = 0;
  paused = false;
  /** Somebody looks after idle connections at some instant to come. */
  watched = false;
  private head = NO_REQUEST;
  private tail = NO_REQUEST;

  constructor(
    readonly id: number,
    /** Event target of the group it belongs to. */
    readonly client: number,
    readonly instance: number,
    readonly zone: number,
    readonly connect: ConnectConfig,
    /** Node, or PRIMARY_ENDPOINT. */
    readonly member: number,
    /** Null: nothing is asked for. */
    readonly login: Login | null,
  ) {}

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
}
