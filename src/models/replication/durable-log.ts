// Durable clusters (ElastiCache for Valkey 9): every change of a primary goes to a log that spans zones, beside its replicas.
//
//   persisted = max(one before it, max(done, log free) + bytes / bandwidth + latency)
//   sync      a write is answered when the log has it: single-digit milliseconds; nothing that was acknowledged is lost
//   async     it is answered at once; what the log does not have when the primary dies is lost. While the oldest change
//             that the log lacks is older than 10 s the primary refuses writes
//   promotion the replica first works off what the log has beyond its own copy, and the log takes nothing more from the old
//             primary: what that one goes on writing is never acknowledged in sync
//
//   bandwidth 100 MiB/s of changes per primary                      AWS, Durability in ElastiCache, 2026-06
//   10 s      what async may lose, and when writes are refused      the same
//   latency   cluster.durability.latency; «single-digit ms» is all that AWS says: its shape is assumed
//
// Left out: reading back from the log when a whole shard is gone, the log's own failures.

import { ErrorReply } from "../../engine/reply.ts";
import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { DurabilityConfig } from "../config.ts";
import type { Node } from "../node.ts";

/** Async: so old may the oldest change be that the log lacks. */
const OLDEST_NS = 10 * NS_PER_SECOND;

const REFUSED = new ErrorReply("NOTDURABLE the oldest write that is not persisted is older than 10 seconds");

export class DurableLog {
  readonly isSync: boolean;
  /** When the log has everything that was given to it. */
  persistedNs = 0;
  /** Somebody else leads: it takes nothing more. */
  isClosed = false;
  private freeNs = 0;
  private refusing = false;

  constructor(
    private readonly config: DurabilityConfig,
    private readonly primary: Node,
    private readonly sim: Simulation,
    private readonly random: Random,
  ) {
    this.isSync = config.mode === "sync";
  }

  /** A change of so many bytes, finished at `doneNs`; returns when the log has it. */
  append(bytes: number, doneNs: number): number {
    if (this.isClosed) return Number.POSITIVE_INFINITY;
    const { latencyNs, bytesPerSecond } = this.config;
    this.freeNs = Math.max(doneNs, this.freeNs) + (bytes / bytesPerSecond) * NS_PER_SECOND;
    const arrived = Math.round(this.freeNs + latencyNs.sample(this.random));
    this.persistedNs = Math.max(this.persistedNs, arrived);
    if (!this.isSync && this.persistedNs - doneNs > OLDEST_NS) this.refuseLater(doneNs + OLDEST_NS);
    return this.persistedNs;
  }

  /** Writes are refused from an instant until the log is no longer so far behind. */
  private refuseLater(fromNs: number): void {
    if (this.refusing) return;
    this.refusing = true;
    const { sim, primary } = this;
    sim.after(Math.max(0, Math.round(fromNs) - sim.now), `${primary.name}/not durable`, () => {
      primary.engine.persistence.refusedFor = REFUSED;
      this.admitAgain();
    });
  }

  private admitAgain(): void {
    const { sim, primary } = this;
    const behind = this.persistedNs - OLDEST_NS - sim.now;
    // What was given last becomes ten seconds old then; the log has all that is older.
    sim.after(Math.max(1, Math.round(behind)), `${primary.name}/durable`, () => {
      if (this.persistedNs - OLDEST_NS > sim.now) return this.admitAgain();
      primary.engine.persistence.refusedFor = null;
      this.refusing = false;
    });
  }
}
