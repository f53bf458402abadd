// Replication of a served engine: what the engine's state of it (engine/replication) needs of the world.

import type { ReplicationHost } from "../../engine/replication/replication.ts";
import type { Server } from "../server.ts";
import { PrimaryLink } from "./primary-link.ts";
import { Snapshots } from "./snapshots.ts";

const CRON_MS = 1_000;
/** During a failover every turn of it counts: nobody can write meanwhile. */
const FAILOVER_CRON_MS = 100;

export class ReplicationService implements ReplicationHost {
  private link: PrimaryLink | null = null;
  private readonly snapshots: Snapshots;
  private lastCronMs: number;
  private closed = false;

  constructor(private readonly server: Server) {
    const { engine } = server;
    this.snapshots = new Snapshots(engine.replication);
    this.lastCronMs = engine.nowMs;
    engine.replication.attach(this);
    server.onCron.push(() => this.cron());
  }

  /** What the data on disk said of their history, before anybody can ask for it. */
  takeUpHistory(): void {
    const { engine } = this.server;
    const { replication: kept, expired } = engine.persistence.lastLoad;
    if (kept === null) return;
    const asReplica = engine.parameters.text("replicaof") !== "";
    engine.replication.restore(kept, asReplica);
    // Replicas still have what was left out here.
    for (const { database, key } of asReplica ? [] : expired) {
      engine.replication.feed(database, [engine.settings.lazyExpire ? "UNLINK" : "DEL", key]);
    }
  }

  get port(): number {
    return this.server.port;
  }

  log(line: string): void {
    this.server.log(line);
  }

  /** Follows the primary of the configuration, if there is one. */
  start(): void {
    const { engine } = this.server;
    const [host, port] = engine.parameters.text("replicaof").split(" ");
    if (port === undefined) return;
    const { upstream } = engine.replication;
    upstream.follow({ host, port: Number(port) }, !upstream.resumable);
  }

  close(): void {
    this.closed = true;
    this.unfollow();
  }

  // -------------------------------------------------------------------------------------------------------------
  // As a replica.

  follow(): void {
    this.unfollow();
    if (this.closed) return;
    this.link = new PrimaryLink(this.server, (link, wasUp) => this.ended(link, wasUp));
    this.log("PRIMARY <-> REPLICA sync started");
  }

  unfollow(): void {
    this.link?.close();
    this.link = null;
  }

  private ended(link: PrimaryLink, wasUp: boolean): void {
    if (this.link !== link) return;
    this.link = null;
    const { upstream } = this.server.engine.replication;
    if (upstream.primary === null) return;
    if (!wasUp) {
      upstream.state = "connect";
      return;
    }
    upstream.lost();
    this.log("Caching the disconnected primary state.");
    this.log(`Reconnecting to PRIMARY ${upstream.primary.host}:${upstream.primary.port}`);
    this.follow();
  }

  acknowledge(): void {
    this.link?.acknowledge();
  }

  // -------------------------------------------------------------------------------------------------------------
  // As a primary.

  snapshotWanted(): void {
    this.snapshots.startIfDue();
  }

  snapshotUnwanted(): void {
    this.snapshots.stopIfUnwanted();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Time.

  private cron(): void {
    const { engine } = this.server;
    const period = engine.replication.failover.state === "no-failover" ? CRON_MS : FAILOVER_CRON_MS;
    if (engine.nowMs - this.lastCronMs < period) return;
    this.lastCronMs = engine.nowMs;
    this.watchLink();
    engine.replication.upkeep.cron();
  }

  private watchLink(): void {
    const { engine } = this.server;
    const { upstream } = engine.replication;
    if (upstream.primary === null) return;
    const { link } = this;
    if (link === null) {
      this.log(`Connecting to PRIMARY ${upstream.primary.host}:${upstream.primary.port}`);
      this.follow();
      return;
    }
    link.keepAlive();
    const silentMs = engine.nowMs - upstream.lastIoMs;
    if (silentMs > engine.parameters.number("repl-timeout") * 1_000 && !engine.isLoading) {
      link.fail(
        new Error(link.isUp ? "PRIMARY timeout: no data nor PING received..." : "Timeout connecting to the PRIMARY..."),
      );
      return;
    }
    link.acknowledge();
  }
}
