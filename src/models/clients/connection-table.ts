// Connections of all clients to all nodes, as columns. A connection is a small integer; events carry it together with its
// epoch, so that one for a connection that has meanwhile been closed is recognised and dropped.
//
// Columns, by connection:
//   epoch        raised when the connection ends           state        see below
//   pool         the pool it belongs to                    node         node at its other end
//   incarnation  of the node when it accepted              startedNs    when the attempt began: the clock of its SYNs
//   openedNs     when the client could use it              usedNs       when it last carried something
//   heardNs      when a reply last came, where somebody watches for that
//
// States: CONNECTING (the server has not accepted it), ACCEPTED (it counts at the server, handshake and login are under
// way), OPEN, DEAD (the other end does not know it any more and says so to the next packet), LOST (there is no other end: its
// host has vanished, and nobody answers). A client takes DEAD and LOST for open until it finds out.

import type { Pool } from "../pool.ts";

export const FREE = 0;
export const CONNECTING = 1;
export const ACCEPTED = 2;
export const OPEN = 3;
export const DEAD = 4;
export const LOST = 5;

export const NO_CONNECTION = -1;

const INITIAL_CAPACITY = 256;

export class ConnectionTable {
  epoch = new Float64Array(INITIAL_CAPACITY);
  state = new Uint8Array(INITIAL_CAPACITY);
  node = new Int32Array(INITIAL_CAPACITY);
  incarnation = new Int32Array(INITIAL_CAPACITY);
  startedNs = new Float64Array(INITIAL_CAPACITY);
  openedNs = new Float64Array(INITIAL_CAPACITY);
  usedNs = new Float64Array(INITIAL_CAPACITY);
  heardNs = new Float64Array(INITIAL_CAPACITY);
  readonly pool: Pool[] = [];

  private highWater = 0;
  private readonly unused: number[] = [];

  /** All connections there are or were have numbers below this. */
  get limit(): number {
    return this.highWater;
  }

  /** A connection of this pool whose attempt begins now. */
  open(pool: Pool, node: number, nowNs: number): number {
    let connection = this.unused.pop();
    if (connection === undefined) {
      if (this.highWater === this.state.length) this.grow();
      connection = this.highWater++;
    }
    this.state[connection] = CONNECTING;
    this.pool[connection] = pool;
    this.node[connection] = node;
    this.startedNs[connection] = nowNs;
    this.openedNs[connection] = nowNs;
    this.heardNs[connection] = nowNs;
    this.usedNs[connection] = nowNs;
    return connection;
  }

  /** The number may be given to another connection. */
  close(connection: number): void {
    this.state[connection] = FREE;
    this.epoch[connection]++;
    this.unused.push(connection);
  }

  private grow(): void {
    const capacity = this.state.length * 2;
    const wider = <T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.epoch = wider(this.epoch, new Float64Array(capacity));
    this.state = wider(this.state, new Uint8Array(capacity));
    this.node = wider(this.node, new Int32Array(capacity));
    this.incarnation = wider(this.incarnation, new Int32Array(capacity));
    this.startedNs = wider(this.startedNs, new Float64Array(capacity));
    this.openedNs = wider(this.openedNs, new Float64Array(capacity));
    this.usedNs = wider(this.usedNs, new Float64Array(capacity));
    this.heardNs = wider(this.heardNs, new Float64Array(capacity));
  }
}
