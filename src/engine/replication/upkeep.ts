// What a primary does once a second for its replicas.

import { NO_DATABASE } from "../propagation.ts";
import type { Replication } from "./replication.ts";

export class Upkeep {
  /** The first second has passed before a replica can have come. */
  private crons = 1;
  /** Since when there is no replica. */
  private lonelySinceMs = 0;

  constructor(private readonly replication: Replication) {}

  /** The last replica has gone, or is to be counted as if it had. */
  lonely(): void {
    this.lonelySinceMs = this.replication.engine.nowMs;
  }

  cron(): void {
    const { replication } = this;
    const { engine, replicas, failover } = replication;
    failover.check();
    this.ping();
    this.dropSilent();
    this.dropUnusedBacklog();
    if ([...replicas].some(({ phase }) => phase === "wait")) replication.host?.snapshotWanted();
    replication.refreshGoodReplicas();
    engine.blocking.poll();
  }

  /** So that replicas see that the link is up. During a failover the stream stands still. */
  private ping(): void {
    const { engine, replicas, failover } = this.replication;
    const period = engine.parameters.number("repl-ping-replica-period");
    if (this.crons++ % period !== 0 || replicas.size === 0) return;
    if (failover.state !== "no-failover" && engine.pause.mode !== null) return;
    this.replication.feed(NO_DATABASE, ["PING"]);
  }

  private dropSilent(): void {
    const { replication } = this;
    const { engine, replicas } = replication;
    const timeoutMs = engine.parameters.number("repl-timeout") * 1_000;
    for (const replica of [...replicas]) {
      if (replica.phase === "wait" || (replica.phase === "snapshot" && !replica.streamOnAck)) {
        // A line feed says that somebody is here; the replica skips it.
        if (!replica.isStreamed) replica.session.sendBytes?.("\n");
      } else if (replica.phase === "online" && !replica.isOld && engine.nowMs - replica.ackMs > timeoutMs) {
        replication.log(`Disconnecting timedout replica (streaming sync): ${replica.name}`);
        replica.session.onKill?.();
      }
    }
  }

  /** Without a backlog the offset stands still while data change: nobody may take up that history again. */
  private dropUnusedBacklog(): void {
    const { replication } = this;
    const { engine, replicas, backlog, upstream } = replication;
    const seconds = engine.parameters.number("repl-backlog-ttl");
    if (replicas.size > 0 || seconds === 0 || backlog === null || upstream.primary !== null) return;
    if (engine.nowMs - this.lonelySinceMs <= seconds * 1_000) return;
    engine.identity.changeReplicationId();
    replication.dropBacklog();
    replication.log(`Replication backlog freed after ${seconds} seconds without connected replicas.`);
  }
}
