// The end of a served engine: replicas get time to catch up, what is to be kept is written, then the process ends. Whoever
// asked learns when it cannot be done; until the last step it can be taken back.

import type { ShutdownRequest } from "../engine/host.ts";
import type { Replica } from "../engine/replication/replica.ts";
import type { Server } from "./server.ts";

export interface ShutdownOptions {
  readonly server: Server;
  /** Whether save points are configured. */
  readonly savesByDefault: () => boolean;
  /** The append-only file is not whole yet: without it the data would be lost. */
  readonly writesFirstFile: () => boolean;
  /** Ends the process in order. */
  readonly exit: () => void;
}

type Phase = "none" | "signalled" | "lagging" | "saving" | "over";

export class Shutdown {
  private phase: Phase = "none";
  private request: ShutdownRequest = { save: null, force: false, now: false };
  private deadlineMs = 0;

  constructor(private readonly options: ShutdownOptions) {}

  private get engine() {
    return this.options.server.engine;
  }

  private log(line: string): void {
    this.options.server.log(line);
  }

  /** Under way: clients wait for how it ends. */
  get pending(): boolean {
    return this.phase !== "none";
  }

  /** A signal asks for it; the next cron begins. */
  signal(request: ShutdownRequest): void {
    if (this.phase !== "none") return;
    this.phase = "signalled";
    this.request = request;
  }

  cron(): void {
    if (this.engine.debug.cronPaused) return;
    if (this.phase === "signalled") {
      this.phase = "none";
      this.begin(this.request, "");
    } else if (this.phase === "lagging" && (this.isReady() || this.engine.nowMs >= this.deadlineMs)) this.finish();
  }

  /** False when it cannot be. `by` is the client that asks. */
  begin(request: ShutdownRequest, by: string): boolean {
    if (this.phase !== "none" && this.phase !== "signalled") return true;
    const { engine } = this;
    this.request = request;
    this.log(by === "" ? "User requested shutdown..." : `User requested shutdown... (user request from '${by}')`);
    const timeoutMs = engine.parameters.number("shutdown-timeout") * 1_000;
    if (!request.now && timeoutMs > 0 && !this.isReady()) {
      this.phase = "lagging";
      this.deadlineMs = engine.nowMs + timeoutMs;
      engine.replication.requestAcks();
      engine.pause.begin("write", Number.POSITIVE_INFINITY, "shutdown");
      this.log("Waiting for replicas before shutting down.");
      return true;
    }
    return this.finish();
  }

  private isReady(): boolean {
    const { replicas, offset } = this.engine.replication;
    return [...replicas].every(({ ackOffset }) => ackOffset === offset);
  }

  private finish(): boolean {
    const { engine, request, options } = this;
    const { replication, persistence } = engine;
    this.phase = "saving";
    this.tellOfReplicas([...replication.replicas], replication.offset);
    if (persistence.child === "rdb") this.log("There is a child saving an .rdb. Killing it!");
    if (persistence.child === "aof") {
      if (options.writesFirstFile() && !request.force) return this.fail("Writing initial AOF, can't exit.");
      this.log("There is a child rewriting the AOF. Killing it!");
    }
    persistence.abort();
    // Half of the data must not take the place of all of them.
    if (engine.isLoading || !(request.save ?? options.savesByDefault())) return this.end();
    this.log("Saving the final RDB snapshot before exiting.");
    // Nothing may change that the snapshot would not hold.
    engine.pause.begin("all", Number.POSITIVE_INFINITY, "shutdown");
    const began = persistence.store.saveInBackground(persistence.dump(), ok => this.saved(ok));
    return began || this.saved(false);
  }

  private tellOfReplicas(replicas: readonly Replica[], offset: number): void {
    if (replicas.length === 0) return;
    const lagging = replicas.filter(({ ackOffset }) => ackOffset !== offset);
    const now = this.engine.nowMs;
    for (const { name, ackOffset, phase, ackMs, state } of lagging) {
      const lag = phase === "online" ? Math.floor((now - ackMs) / 1_000) : 0;
      this.log(
        `Lagging replica ${name} reported offset ${offset - ackOffset} behind master, lag=${lag}, state=${state}.`,
      );
    }
    const inSync = replicas.length - lagging.length;
    this.log(`${inSync} of ${replicas.length} replicas are in sync when shutting down.`);
  }

  private saved(ok: boolean): boolean {
    if (!ok && !this.request.force) return this.fail("Error trying to save the DB, can't exit.");
    if (!ok) this.log("Error trying to save the DB. Exit anyway.");
    return this.end();
  }

  private end(): boolean {
    this.phase = "over";
    this.log(`${this.engine.profile.product === "redis" ? "Redis" : "Valkey"} is now ready to exit, bye bye...`);
    // A script that holds the thread would never let the event loop turn.
    this.engine.scripting.abort();
    setImmediate(() => this.options.exit());
    return true;
  }

  private fail(why: string): false {
    this.log(why);
    this.log("Errors trying to shut down the server. Check the logs for more information.");
    this.giveUp();
    return false;
  }

  /** SHUTDOWN ABORT; false when there is nothing to take back. */
  abort(): boolean {
    if (this.phase !== "signalled" && this.phase !== "lagging") return false;
    this.log("Shutdown manually aborted.");
    this.giveUp();
    return true;
  }

  private giveUp(): void {
    this.phase = "none";
    this.engine.pause.end("shutdown");
    this.engine.blocking.poll();
  }
}
