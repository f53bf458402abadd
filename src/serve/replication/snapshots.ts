// Snapshots for replicas. There is no fork: the data are dumped at one instant, and the dump is then sent as a child process
// would, whole from a file with its length before it, or as it is made with a mark behind it.

import type { Engine } from "../../engine/engine.ts";
import type { Replica } from "../../engine/replication/replica.ts";
import type { Replication } from "../../engine/replication/replication.ts";

type Target = "disk" | "sockets";

interface Running {
  readonly target: Target;
  readonly replicas: Set<Replica>;
  readonly offset: number;
  readonly bytes: Buffer;
  readonly mark: Buffer;
  readonly startedMs: number;
  readonly keys: number;
}

/** Bytes handed to a socket at a time. */
const PIECE = 65_536;
const STEP_MS = 50;

export class Snapshots {
  private running: Running | null = null;
  private readonly engine: Engine;

  constructor(private readonly replication: Replication) {
    this.engine = replication.engine;
  }

  /** Starts a snapshot for those who wait, when it is time. */
  startIfDue(): void {
    const waiting = [...this.replication.replicas].filter(({ phase }) => phase === "wait");
    if (waiting.length === 0) return;
    for (const replica of waiting) this.joinRunning(replica);
    const [first, ...others] = waiting.filter(({ phase }) => phase === "wait");
    if (
      first === undefined ||
      this.running !== null ||
      this.engine.childActive ||
      this.engine.persistence.child !== null
    )
      return;
    const group = [first, ...others.filter(other => other.wantsSameAs(first))];
    if (this.isDue(group)) this.start(group);
  }

  /** Streamed snapshots wait for more replicas to come. */
  private isDue(group: readonly Replica[]): boolean {
    const { parameters, nowMs } = this.engine;
    if (!parameters.flag("repl-diskless-sync") || group.some(({ capabilities }) => !capabilities.has("eof")))
      return true;
    const most = parameters.number("repl-diskless-sync-max-replicas");
    if (most > 0 && group.length >= most) return true;
    const delay = parameters.number("repl-diskless-sync-delay");
    const oldest = Math.min(...group.map(({ sinceMs }) => sinceMs));
    return nowMs - oldest >= delay * 1_000;
  }

  /** A snapshot that is being written to disk serves those who come meanwhile. */
  private joinRunning(replica: Replica): void {
    const { running, replication } = this;
    if (running === null || running.target !== "disk") return;
    const like = [...running.replicas].find(one => one.wantsSameAs(replica) && one.phase === "snapshot");
    const able = [...(like?.capabilities ?? [])].every(capability => replica.capabilities.has(capability));
    if (like === undefined || !able || (like.snapshotOnly && !replica.snapshotOnly)) {
      replication.log("Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC");
      return;
    }
    replication.snapshotTaken([replica], running.offset);
    running.replicas.add(replica);
    replication.log("Waiting for end of BGSAVE for SYNC");
  }

  private start(group: readonly Replica[]): void {
    const { engine, replication } = this;
    const { parameters } = engine;
    const { filter } = group[0];
    const eof = group.every(({ capabilities }) => capabilities.has("eof"));
    const target: Target = (parameters.flag("repl-diskless-sync") || filter !== null) && eof ? "sockets" : "disk";
    replication.log(
      `Starting BGSAVE for SYNC with target: ${target === "sockets" ? "replicas sockets" : "disk"} using: normal sync`,
    );
    replication.snapshotTaken(group);
    const openSlots = engine.clusterState?.openSlotsText ?? "";
    const options = filter === null ? { openSlots } : { functionsOnly: true, functions: filter.functions };
    const keys = engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0);
    let mark = "";
    while (mark.length < 40) mark += engine.random.uint32().toString(16).padStart(8, "0");
    this.running = {
      target,
      replicas: new Set(group),
      offset: replication.offset,
      bytes: Buffer.concat([...engine.persistence.dump(options)]),
      mark: Buffer.from(mark, "latin1"),
      startedMs: performance.now(),
      keys,
    };
    engine.persistence.beginChild("rdb");
    replication.log(
      target === "sockets"
        ? `Background RDB transfer started by pid ${process.pid}`
        : `Background saving started by pid ${process.pid}`,
    );
    if (target === "sockets") this.stream(this.running);
    else this.write(this.running);
  }

  /** How much of it is made by now: a key takes what rdb-key-save-delay says, in microseconds. */
  private shareMade({ startedMs, keys }: Running): number {
    const delayMs = (this.engine.parameters.number("rdb-key-save-delay") * keys) / 1_000;
    return delayMs <= 0 ? 1 : Math.min(1, (performance.now() - startedMs) / delayMs);
  }

  private write(running: Running): void {
    if (this.running !== running) return;
    if (this.shareMade(running) === 1) setImmediate(() => this.written(running));
    else setTimeout(() => this.write(running), STEP_MS).unref();
  }

  /** Nobody is there any more who wants what is being made. */
  stopIfUnwanted(): void {
    const { running } = this;
    if (running === null) return;
    for (const replica of running.replicas)
      if (!this.replication.replicas.has(replica)) running.replicas.delete(replica);
    if (running.replicas.size > 0) return;
    if (running.target === "sockets") {
      this.replication.log("Diskless rdb transfer, last replica dropped, killing fork child.");
    }
    this.end(running);
  }

  private end(running: Running): void {
    if (this.running !== running) return;
    this.running = null;
    this.engine.persistence.endChild();
    this.replication.host?.snapshotWanted();
  }

  // -------------------------------------------------------------------------------------------------------------
  // From disk: first made, then sent to each at its own pace.

  private written(running: Running): void {
    if (this.running !== running) return;
    this.replication.log("Background saving terminated with success");
    for (const replica of running.replicas) {
      replica.phase = "transfer";
      replica.session.sendBytes?.(`$${running.bytes.length}\r\n`);
      this.send(replica, running.bytes, 0, () => this.replication.snapshotSent(replica));
    }
    this.end(running);
  }

  private send(replica: Replica, bytes: Buffer, from: number, done: () => void): void {
    const { session } = replica;
    let at = from;
    while (at < bytes.length) {
      if (!this.replication.replicas.has(replica)) return;
      const room = session.sendBytes?.(bytes.subarray(at, at + PIECE)) ?? false;
      at += PIECE;
      if (!room && at < bytes.length) {
        session.onDrain = () => this.send(replica, bytes, at, done);
        return;
      }
    }
    done();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Streamed: sent as it is made.

  private stream(running: Running): void {
    const whole = Buffer.concat([running.bytes, running.mark]);
    for (const replica of running.replicas) {
      replica.isStreamed = true;
      replica.session.sendBytes?.(`$EOF:${running.mark.toString("latin1")}\r\n`);
      this.streamTo(running, replica, whole, 0);
    }
  }

  private streamTo(running: Running, replica: Replica, whole: Buffer, from: number): void {
    if (!running.replicas.has(replica) || !this.replication.replicas.has(replica)) return;
    const { session } = replica;
    const share = this.shareMade(running);
    const made = share === 1 ? whole.length : Math.floor(whole.length * share);
    let at = from;
    let room = true;
    while (at < made && room) {
      const end = Math.min(made, at + PIECE);
      room = session.sendBytes?.(whole.subarray(at, end)) ?? false;
      at = end;
    }
    if (at === whole.length) return this.streamed(running, replica);
    const next = () => this.streamTo(running, replica, whole, at);
    if (room) setTimeout(next, STEP_MS).unref();
    else session.onDrain = next;
  }

  /** It has all of it. The stream waits for its word that it has seen the end. */
  private streamed(running: Running, replica: Replica): void {
    running.replicas.delete(replica);
    this.replication.log(
      `Streamed RDB transfer with replica ${replica.name} succeeded (socket). Waiting for REPLCONF ACK from replica to enable streaming`,
    );
    replica.streamOnAck = true;
    this.replication.snapshotSent(replica);
    if (running.replicas.size > 0) return;
    this.replication.log("Background RDB transfer terminated with success");
    this.end(running);
  }
}
