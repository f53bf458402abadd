// Which requests are read together: those of one connection that have arrived before the engine gets to read it share a
// turn of the event loop. Only multiplexing clients have several requests on one connection.

const INITIAL_CONNECTIONS = 64;

export class ConnectionTurns {
  /** By connection: the instant at which the engine reads it next. */
  private readAtNs = new Float64Array(0);

  /** Whether a request that is ready at `ready` and would be read at `start` is read with an earlier one. */
  joins(connection: number, ready: number, start: number): boolean {
    if (connection < 0) return false;
    if (connection >= this.readAtNs.length) this.grow(connection);
    if (ready <= this.readAtNs[connection]) return true;
    this.readAtNs[connection] = start;
    return false;
  }

  /** Nothing is going to be read: the process is gone. */
  stop(): void {
    this.readAtNs.fill(-1);
  }

  private grow(connection: number): void {
    const wider = new Float64Array(Math.max(INITIAL_CONNECTIONS, (connection + 1) * 2)).fill(-1);
    wider.set(this.readAtNs);
    this.readAtNs = wider;
  }
}
