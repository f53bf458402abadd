// FAILOVER: a primary hands over to one of its replicas. Writes are paused until that replica has everything; then this
// primary becomes its replica, and asks it to take over as it does so.

import type { Replica } from "./replica.ts";
import type { Replication } from "./replication.ts";

export type FailoverState = "no-failover" | "waiting-for-sync" | "failover-in-progress";

export interface FailoverTarget {
  readonly host: string;
  readonly port: number;
}

export class Failover {
  state: FailoverState = "no-failover";
  private target: FailoverTarget | null = null;
  private endMs = Number.POSITIVE_INFINITY;
  private force = false;

  constructor(private readonly replication: Replication) {}

  replicaAt({ host, port }: FailoverTarget): Replica | undefined {
    return [...this.replication.replicas].find(
      replica => replica.address.toLowerCase() === host.toLowerCase() && replica.port === port,
    );
  }

  begin(target: FailoverTarget | null, timeoutMs: number, force: boolean): void {
    const { engine } = this.replication;
    this.target = target;
    this.endMs = timeoutMs > 0 ? engine.nowMs + timeoutMs : Number.POSITIVE_INFINITY;
    this.force = force;
    this.state = "waiting-for-sync";
    this.replication.log(
      target === null ? "FAILOVER requested to any replica." : `FAILOVER requested to ${target.host}:${target.port}.`,
    );
    engine.pause.begin("write", Number.POSITIVE_INFINITY, "failover");
  }

  abort(why: string): void {
    if (this.state === "no-failover") return;
    const whom = this.target === null ? "any replica" : `${this.target.host}:${this.target.port}`;
    this.replication.log(`FAILOVER to ${whom} aborted: ${why}`);
    if (this.state === "failover-in-progress") this.replication.upstream.promote();
    this.end();
  }

  /** It has succeeded, or been given up. */
  end(): void {
    this.state = "no-failover";
    this.target = null;
    this.endMs = Number.POSITIVE_INFINITY;
    this.force = false;
    this.replication.engine.pause.end("failover");
  }

  /** Looks whether the time is over or a replica has caught up. */
  check(): void {
    if (this.state !== "waiting-for-sync") return;
    const { replication } = this;
    if (replication.engine.nowMs >= this.endMs) {
      if (!this.force || this.target === null) return this.abort("Replica never caught up before timeout");
      const { host, port } = this.target;
      replication.log(`FAILOVER to ${host}:${port} time out exceeded, failing over.`);
      return this.handOver(this.target);
    }
    const caughtUp = ({ ackOffset }: Replica) => ackOffset === replication.offset;
    if (this.target === null) {
      const first = [...replication.replicas].find(caughtUp);
      if (first === undefined) return;
      this.target = { host: first.address, port: first.port };
    } else {
      const replica = this.replicaAt(this.target);
      if (replica === undefined || !caughtUp(replica)) return;
    }
    replication.log(`Failover target ${this.target.host}:${this.target.port} is synced, failing over.`);
    this.handOver(this.target);
  }

  private handOver(target: FailoverTarget): void {
    this.state = "failover-in-progress";
    this.replication.upstream.follow(target);
  }
}
