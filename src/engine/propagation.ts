// What a call changes goes to replicas as one unit: several effects of one call are wrapped in MULTI and EXEC, so that a
// replica never shows half of them.

import type { Bytes } from "./bytes.ts";

export type ReplicationSink = (database: number, argv: readonly Bytes[], targets?: number) => void;

/** Who is to get an effect; scripts may choose. */
export const TO_APPEND_ONLY_FILE = 1;
export const TO_REPLICAS = 2;
export const TO_ALL = TO_APPEND_ONLY_FILE | TO_REPLICAS;

/** The database of MULTI and EXEC: they belong to none, and need no SELECT. */
export const NO_DATABASE = -1;
const MULTI: readonly Bytes[] = ["MULTI"];
const EXEC: readonly Bytes[] = ["EXEC"];

export class Propagation {
  /** The replication stream, and the append-only file; null: nobody listens. */
  sink: ReplicationSink | null = null;
  /** Sees every effect too, whoever listens: a migration of slots. Null nearly always. */
  tap: ReplicationSink | null = null;
  private readonly sinks: ReplicationSink[] = [];
  private unit: [database: number, argv: readonly Bytes[], targets: number][] = [];
  /** Calls under way, one in another: effects gather until the outermost ends. */
  depth = 0;

  /** Whether anybody wants to know. */
  get listened(): boolean {
    return this.sink !== null || this.tap !== null;
  }

  /** One more listener, behind those that are there. */
  addSink(sink: ReplicationSink): void {
    if (this.sink !== null && this.sinks.length === 0) this.sinks.push(this.sink);
    this.sinks.push(sink);
    this.sink =
      this.sinks.length === 1
        ? sink
        : (database, argv, targets) => {
            for (const one of this.sinks) one(database, argv, targets);
          };
  }

  add(database: number, argv: readonly Bytes[], targets = TO_ALL): void {
    if (!this.listened || targets === 0) return;
    if (this.depth > 0) this.unit.push([database, argv, targets]);
    else this.emit(database, argv, targets);
  }

  /** The outermost call has ended. `wrap`: several effects form a transaction. */
  flush(wrap: boolean): void {
    if (this.unit.length === 0) return;
    const { unit } = this;
    this.unit = [];
    const wrapped = wrap && unit.length > 1;
    if (wrapped) this.emit(NO_DATABASE, MULTI, TO_ALL);
    for (const [database, argv, targets] of unit) this.emit(database, argv, targets);
    if (wrapped) this.emit(NO_DATABASE, EXEC, TO_ALL);
  }

  private emit(database: number, argv: readonly Bytes[], targets: number): void {
    this.sink?.(database, argv, targets);
    this.tap?.(database, argv, targets);
  }
}
