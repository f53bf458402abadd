// One connection of a replica to its primary: the handshake, the snapshot if there must be one, then the stream of changes,
// applied as it comes.

import { connect, type Socket } from "node:net";
import type { Engine } from "../../engine/engine.ts";
import type { Replication } from "../../engine/replication/replication.ts";
import { ErrorReply } from "../../engine/reply.ts";
import { ProtocolError, RequestParser } from "../../engine/resp/request-parser.ts";
import { encodeCommand } from "../../engine/resp/writer.ts";
import type { Session } from "../../engine/session.ts";
import type { Server } from "../server.ts";
import { beginLoading, endLoading, type LoadMode, loadModeOf, loadSnapshot } from "./load.ts";
import { SnapshotReader } from "./snapshot-reader.ts";

/** Why a link ended: `retry` at once, or with the next cron. */
class LinkError extends Error {
  override readonly name = "LinkError";
}

export class PrimaryLink {
  private readonly engine: Engine;
  private readonly replication: Replication;
  private readonly socket: Socket;
  private ended = false;
  /** Lines that came during the handshake, and who waits for one. */
  private text = "";
  private waiting: { done: (line: string) => void; failed: (error: Error) => void } | null = null;
  private take: (chunk: Buffer) => void = chunk => this.takeLine(chunk);
  private session: Session | null = null;
  private parser: RequestParser | null = null;
  private fed = 0;
  private applied = 0;
  /** Bytes of the stream that have come and are not applied. */
  private raw = "";
  private isOld = false;
  /** How the snapshot that is coming is being loaded. */
  private mode: LoadMode = "file";

  constructor(
    private readonly server: Server,
    /** Called when it is over, unless it was closed from this side. */
    private readonly onEnd: (link: PrimaryLink, wasUp: boolean) => void,
  ) {
    this.engine = server.engine;
    this.replication = server.engine.replication;
    const { host, port } = this.upstream.primary!;
    this.upstream.state = "connecting";
    this.upstream.lastIoMs = this.engine.nowMs;
    const from = this.engine.parameters.text("bind-source-addr");
    this.socket = connect({ host, port, noDelay: true, ...(from === "" ? {} : { localAddress: from }) });
    this.socket.on("connect", () => {
      this.replication.log("Non blocking connect for SYNC fired the event.");
      this.synchronize().catch((error: Error) => this.fail(error));
    });
    this.socket.on("data", chunk => {
      if (this.ended) return;
      this.server.tick();
      this.upstream.lastIoMs = this.engine.nowMs;
      this.take(chunk);
    });
    this.socket.on("error", error => this.fail(new LinkError(`Error condition on socket for SYNC: ${error.message}`)));
    this.socket.on("close", () => this.fail(new LinkError("Connection with primary lost.")));
  }

  private get upstream() {
    return this.replication.upstream;
  }

  get isUp(): boolean {
    return this.session !== null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Its end.

  /** Closed from this side: nobody is told. */
  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.destroy();
    if (this.mode !== "file") {
      this.replication.log("Failed trying to load the PRIMARY synchronization DB from socket, check server logs.");
      this.replication.log(
        this.mode === "flush"
          ? "PRIMARY <-> REPLICA sync: Discarding the half-loaded data"
          : "PRIMARY <-> REPLICA sync: Discarding temporary DB in background",
      );
      endLoading(this.engine);
    }
    this.waiting?.failed(new LinkError("closed"));
    this.waiting = null;
    if (this.session !== null) {
      this.upstream.database = this.session.db;
      this.engine.disconnect(this.session);
    }
    this.session = null;
  }

  fail(error: Error): void {
    if (this.ended) return;
    const wasUp = this.isUp;
    this.replication.log(error.message);
    if (!(error instanceof LinkError)) this.replication.log(error.stack ?? "");
    this.close();
    this.onEnd(this, wasUp);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Handshake.

  private send(...argv: string[]): void {
    if (!this.ended) this.socket.write(encodeCommand(argv), "latin1");
  }

  private takeLine(chunk: Buffer): void {
    this.text += chunk.toString("latin1");
    this.deliverLine();
  }

  private deliverLine(): void {
    const end = this.text.indexOf("\n");
    if (end === -1 || this.waiting === null) return;
    const line = this.text.slice(0, end).replace(/\r$/u, "");
    this.text = this.text.slice(end + 1);
    const { done } = this.waiting;
    this.waiting = null;
    done(line);
  }

  private line(): Promise<string> {
    return new Promise((done, failed) => {
      if (this.ended) return failed(new LinkError("closed"));
      this.waiting = { done, failed };
      this.deliverLine();
    });
  }

  private async synchronize(): Promise<void> {
    const { replication, upstream } = this;
    const { parameters, profile } = this.engine;
    upstream.state = "handshake";
    this.send("PING");
    const pong = await this.line();
    if (!/^(?:\+|-NOAUTH|-NOPERM|-ERR operation not permitted)/u.test(pong)) {
      throw new LinkError(`Error reply to PING from primary: '${pong}'`);
    }
    replication.log("Primary replied to PING, replication can continue...");
    const password = parameters.text("primaryauth");
    const user = parameters.text("primaryuser");
    if (password !== "") {
      this.send("AUTH", ...(user === "" ? [] : [user]), password);
      const answer = await this.line();
      if (answer.startsWith("-")) throw new LinkError(`Unable to AUTH to PRIMARY: ${answer}`);
    }
    const announced = parameters.number("replica-announce-port");
    const address = parameters.text("replica-announce-ip");
    const options = [["listening-port", String(announced > 0 ? announced : this.server.port)]];
    if (address !== "") options.push(["ip-address", address]);
    options.push(["capa", "eof", "capa", "psync2"]);
    if (profile.product !== "redis" && Number.parseFloat(profile.version) >= 8) {
      options.push(["version", profile.version]);
    }
    for (const option of options) this.send("REPLCONF", ...option);
    for (const [name] of options) {
      const answer = await this.line();
      if (answer.startsWith("-")) {
        replication.log(`(Non critical) Primary does not understand REPLCONF ${name}: ${answer}`);
      }
    }
    await this.psync();
  }

  private async psync(): Promise<void> {
    const { replication, upstream } = this;
    const { failover } = replication;
    const from = upstream.resumable ? [replication.id, String(replication.offset + 1)] : ["?", "-1"];
    replication.log(
      upstream.resumable
        ? `Trying a partial resynchronization (request ${from.join(":")}).`
        : "Partial resynchronization not possible (no cached primary)",
    );
    const failingOver = failover.state === "failover-in-progress";
    this.send("PSYNC", ...from, ...(failingOver ? ["FAILOVER"] : []));
    let answer = "";
    // Empty lines say that the primary is still at work.
    while (answer === "") answer = await this.line();
    const [, id, offset] = /^\+FULLRESYNC (\S{40}) (\d+)/u.exec(answer) ?? [];
    const continued = answer.startsWith("+CONTINUE");
    if (failingOver) {
      if (continued || id !== undefined) failover.end();
      else return failover.abort("Failover target rejected psync request");
    }
    if (id !== undefined) {
      replication.log(`Full resync from primary: ${id}:${offset}`);
      this.receiveSnapshot(id, Number(offset));
    } else if (continued) {
      replication.log("Successful partial resynchronization with primary.");
      upstream.continued(answer.slice(10).trim());
      replication.log("PRIMARY <-> REPLICA sync: Primary accepted a Partial Resynchronization.");
      this.goUp(Buffer.from(this.text, "latin1"));
    } else if (/^-(?:NOMASTERLINK|LOADING)/u.test(answer)) {
      throw new LinkError(`Primary is currently unable to PSYNC but should be in the future: ${answer}`);
    } else {
      replication.log(`Primary does not support PSYNC or is in error state (reply: ${answer})`);
      replication.log("Retrying with SYNC...");
      this.isOld = true;
      this.socket.write("SYNC\r\n");
      this.receiveSnapshot("?".padEnd(40, "0"), 0);
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Snapshot.

  private receiveSnapshot(id: string, offset: number): void {
    const { upstream, replication } = this;
    upstream.state = "sync";
    upstream.transfer = { bytes: 0, size: 0 };
    let mode: LoadMode = "file";
    const reader = new SnapshotReader((size, streamed) => {
      mode = this.mode = loadModeOf(this.engine, id);
      const where = mode === "file" ? "to disk" : "to parser";
      upstream.transfer.size = size;
      replication.log(
        streamed
          ? `PRIMARY <-> REPLICA sync: receiving streamed RDB from primary with EOF ${where}`
          : `PRIMARY <-> REPLICA sync: receiving ${size} bytes from primary ${where}`,
      );
      beginLoading(this.engine, mode, size);
    });
    this.take = chunk => {
      const rest = reader.feed(chunk);
      if (reader.refusal !== null) {
        throwLater(this, `PRIMARY aborted replication with an error: ${reader.refusal.slice(1)}`);
        return;
      }
      upstream.transfer.bytes = reader.received;
      if (this.engine.persistence.loading !== null) this.engine.persistence.loading.loadedBytes = reader.received;
      if (rest === null) return;
      // What follows waits until the data are loaded.
      const behind = rest.length > 0 ? [rest] : [];
      this.take = more => void behind.push(more);
      this.mode = "file";
      loadSnapshot(this.server, mode, reader.pieces, id, offset, () => !this.ended)
        .then(loaded => {
          if (loaded) this.goUp(Buffer.concat(behind));
        })
        .catch((error: Error) => this.fail(error));
    };
    const already = this.text;
    this.text = "";
    if (already !== "") this.take(Buffer.from(already, "latin1"));
  }

  /** A line feed that keeps the primary from giving up while the data are loading. */
  keepAlive(): void {
    if (!this.ended && this.upstream.state === "sync" && this.engine.isLoading) this.socket.write("\n");
  }

  // -------------------------------------------------------------------------------------------------------------
  // Stream.

  private goUp(first: Buffer): void {
    if (this.ended) return;
    const { engine, server, upstream, socket } = this;
    const session = engine.session(server.newId(), true);
    session.db = upstream.database;
    session.authenticated = true;
    session.deliver = () => undefined;
    session.onKill = () => this.fail(new LinkError("Connection with primary lost."));
    session.address = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`.replace("::ffff:", "");
    session.localAddress = `${socket.localAddress ?? "?"}:${socket.localPort ?? 0}`.replace("::ffff:", "");
    this.session = session;
    this.parser = new RequestParser({ maxBulk: () => Number.MAX_SAFE_INTEGER, authenticated: () => true });
    this.take = chunk => this.apply(chunk);
    this.acknowledge();
    if (first.length > 0) this.apply(first);
  }

  /** Applies what has come. A transaction counts as applied when it is whole. */
  private apply(chunk: Buffer): void {
    const { engine, replication, upstream, session, parser } = this;
    if (session === null || parser === null) return;
    session.bytesIn += chunk.length;
    session.lastActiveMs = engine.nowMs;
    upstream.readOffset += chunk.length;
    this.fed += chunk.length;
    this.raw += chunk.toString("latin1");
    parser.feed(chunk);
    while (!this.ended) {
      const request = parser.next();
      if (request === null) break;
      if (request instanceof ProtocolError) {
        this.upstream.resumable = false;
        return this.fail(new LinkError(`Protocol error from primary: ${request.text}`));
      }
      const reply = this.server.run(session, request);
      if (reply instanceof ErrorReply) this.complain(reply, request);
      if (this.ended || session.transaction !== null) continue;
      const upTo = this.fed - parser.unread;
      replication.handOn(this.raw.slice(0, upTo - this.applied));
      this.raw = this.raw.slice(upTo - this.applied);
      this.applied = upTo;
      upstream.database = session.db;
    }
    this.server.turnSoon();
  }

  private complain(reply: ErrorReply, argv: readonly string[]): void {
    this.replication.log(
      `== CRITICAL == This replica is sending an error to its primary: '${reply.text}' after processing the command '${argv[0].toLowerCase()}'`,
    );
  }

  acknowledge(): void {
    const { replication, session } = this;
    if (session === null || this.isOld) return;
    const { offset, fsyncedOffset } = replication;
    const fsynced = fsyncedOffset >= 0 ? ["FACK", String(fsyncedOffset)] : [];
    const text = encodeCommand(["REPLCONF", "ACK", String(offset), ...fsynced]);
    session.bytesOut += text.length;
    this.socket.write(text, "latin1");
  }
}

function throwLater(link: PrimaryLink, message: string): void {
  link.fail(new LinkError(message));
}
