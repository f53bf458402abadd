// One client of the served engine: bytes in, calls in order, replies out. A parked call stops the reading of further ones
// until its reply has gone.

import { readSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { REPLY_BUFFER_MIN } from "../engine/client-buffers.ts";
import type { Engine } from "../engine/engine.ts";
import { BlockedReply, ErrorReply, Push, type Reply, Several } from "../engine/reply.ts";
import { ProtocolError, RequestParser } from "../engine/resp/request-parser.ts";
import { encodeReply } from "../engine/resp/writer.ts";
import type { Session } from "../engine/session.ts";
import { descriptorOf } from "./descriptor.ts";

/** What a connection needs of its server. */
export interface Owner {
  readonly engine: Engine;
  /** Brings the engine's clock up to the present. */
  tick(): void;
  /** Runs a call, measured. */
  run(session: Session, argv: readonly string[]): Reply;
  /** This connection has something to send at the end of the turn. */
  flushLater(connection: Connection): void;
  closed(connection: Connection): void;
  /** Whether more waits to be sent than may. */
  exceedsOutputLimit(session: Session): boolean;
  log(line: string): void;
  /** A connection as the log may show it. */
  describe(session: Session): string;
  /** Makes room when connections hold too much; this one may be closed by it. */
  evictClients(): void;
}

export class Connection {
  readonly session: Session;
  private readonly parser: RequestParser;
  private out = "";
  /** A parked call: what follows waits. */
  private parked = false;
  private ended = false;
  /** Too much waits to be sent: what comes on top is dropped, and the end of the turn closes the connection. */
  overflowed = false;
  /** Bytes of requests that are behind us. */
  private consumed = 0;
  /** Bytes that have come since the calls were last looked at. */
  private justRead = 0;
  /** Takes the bytes itself from now on (a replica's link). */
  onBytes: ((chunk: Buffer) => void) | null = null;

  constructor(
    readonly socket: Socket,
    id: number,
    private readonly owner: Owner,
  ) {
    const { engine } = owner;
    this.session = engine.session(id);
    engine.bufferedClients.add(this.session);
    const path = socket.remoteAddress === undefined ? engine.parameters.text("unixsocket") : "?";
    this.session.address = `${socket.remoteAddress ?? path}:${socket.remotePort ?? 0}`.replace("::ffff:", "");
    this.session.localAddress = `${socket.localAddress ?? path}:${socket.localPort ?? 0}`.replace("::ffff:", "");
    this.session.descriptor = descriptorOf(socket) ?? -1;
    this.session.deliver = reply => this.deliver(reply);
    this.session.onKill = () => this.kill();
    this.session.sendBytes = bytes => this.writeRaw(bytes);
    this.parser = new RequestParser({
      maxBulk: () => engine.settings.protoMaxBulkLength,
      authenticated: () => this.session.authenticated,
    });
    socket.setNoDelay(true);
    const keepAliveSeconds = engine.parameters.number("tcp-keepalive");
    socket.setKeepAlive(keepAliveSeconds > 0, keepAliveSeconds * 1_000);
    socket.on("data", chunk => this.receive(chunk));
    socket.on("error", () => this.end());
    socket.on("close", () => this.end());
    socket.on("drain", () => this.drained());
  }

  get isParked(): boolean {
    return this.parked;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Requests.

  receive(chunk: Buffer): void {
    if (this.ended) return;
    this.session.bytesIn += chunk.length;
    this.justRead += chunk.length;
    this.owner.engine.stats.netInputBytes += chunk.length;
    this.owner.engine.stats.readsProcessed++;
    if (this.onBytes !== null) return this.onBytes(chunk);
    this.parser.feed(chunk);
    if (this.holdsTooMuch(this.parser.unread)) this.kill();
    else this.process();
  }

  /**
   * While a script holds the thread the event loop does not turn: what has come is read by hand, and answered by hand. Most
   * calls are refused then; those that end the script are not.
   */
  poll(buffer: Buffer): void {
    const descriptor = descriptorOf(this.socket);
    if (descriptor === null || this.ended) return;
    if (!this.parked && !this.session.holding) {
      let length = 0;
      try {
        length = readSync(descriptor, buffer, 0, buffer.length, null);
      } catch {
        // Nothing has come.
      }
      // The end of the stream is left to the event loop.
      if (length > 0) this.receive(Buffer.from(buffer.subarray(0, length)));
    }
    // Replies of the turn in which the script began have not gone out either.
    if (this.out !== "") this.writeNow(descriptor);
  }

  private writeNow(descriptor: number): void {
    const bytes = Buffer.from(this.out, "latin1");
    let written = 0;
    try {
      if (this.socket.writableLength === 0) written = writeSync(descriptor, bytes);
    } catch {
      // The rest goes out when the event loop turns again.
    }
    this.session.bytesOut += written;
    this.out = bytes.toString("latin1", written);
  }

  /** Runs what has come, up to a call that parks. */
  process(): void {
    const { owner, session, parser } = this;
    owner.tick();
    session.lastActiveMs = owner.engine.nowMs;
    while (!this.parked && !this.ended && !this.overflowed && !session.closing) {
      const request = parser.next();
      if (request === null) break;
      const consumed = session.bytesIn - parser.unread;
      session.requestBytes = consumed - this.consumed;
      this.consumed = consumed;
      if (request instanceof ProtocolError) {
        this.write(new ErrorReply(`ERR Protocol error: ${request.text}`));
        session.closing = true;
        break;
      }
      if (this.parser.lastBytes > LARGE_CALL && this.tooLarge()) break;
      this.call(request);
    }
    session.queryBytes = parser.unread;
    session.argumentBytes = parser.argumentBytes;
    session.buffers?.received(this.justRead, parser.unread, parser.pendingArgument);
    this.justRead = 0;
    if (this.holdsTooMuch(session.queryBytes + session.argumentBytes)) this.kill();
    else owner.flushLater(this);
  }

  /** More of an unfinished request has come than a client may send. */
  private holdsTooMuch(requestBytes: number): boolean {
    const { session, owner } = this;
    const { engine } = owner;
    const bytes = requestBytes + (session.transaction?.bytes ?? 0);
    if (bytes < LEAST_QUERY_LIMIT || session.fromPrimary) return false;
    if (bytes <= engine.parameters.number("client-query-buffer-limit")) return false;
    owner.log(`Closing client that reached max query buffer length: ${owner.describe(session)}`);
    engine.stats.queryBufferDisconnections++;
    return true;
  }

  private call(argv: readonly string[]): void {
    const { session, owner } = this;
    const mode = session.replyMode;
    const reply = owner.run(session, argv);
    if (reply instanceof BlockedReply) {
      this.parked = session.blocked !== null;
      return;
    }
    const wanted = session.replyMode === "on";
    if (wanted || isMessage(reply)) this.write(reply);
    if (mode === "skip" && session.replyMode === "skip") session.replyMode = "on";
    else if (session.replyMode === "skip-next") session.replyMode = "skip";
    for (const message of session.takeHeld()) this.write(message);
  }

  /** A call of many bytes counts as memory before it runs; true when that was the end of the connection. */
  private tooLarge(): boolean {
    this.session.argumentBytes = this.parser.lastBytes;
    this.owner.evictClients();
    this.session.argumentBytes = 0;
    return this.ended;
  }

  /** Late replies and messages. */
  private deliver(reply: Reply): void {
    if (this.ended) return;
    if (this.parked && this.session.blocked === null && !(reply instanceof Push)) {
      this.parked = false;
      // What was sent behind the parked call goes on in a turn of its own.
      setImmediate(() => this.process());
    }
    if (this.session.replyMode === "on" || reply instanceof Push) this.write(reply);
    this.owner.flushLater(this);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Replies.

  private write(reply: Reply): void {
    if (this.overflowed) return;
    const { session } = this;
    const bytes = this.encoded(reply);
    this.out += bytes;
    session.buffers?.replied(this.out.length);
    session.outputBytes = this.socket.writableLength + this.out.length;
    if (session.outputBytes > REPLY_BUFFER_MIN && this.owner.exceedsOutputLimit(session)) this.overflow();
    else if (this.out.length > FLUSH_BYTES) this.flush();
  }

  private encoded(reply: Reply): string {
    try {
      return encodeReply(reply, this.session.resp);
    } catch (error) {
      // Longer than a string can be.
      if (!(error instanceof RangeError)) throw error;
      this.overflow();
      return "";
    }
  }

  /** More waits to be sent than may. */
  overflow(): void {
    if (this.overflowed || this.ended) return;
    this.overflowed = true;
    this.out = "";
    this.owner.log(
      `Client ${this.owner.describe(this.session)} scheduled to be closed ASAP for overcoming of output buffer limits.`,
    );
    this.owner.engine.stats.outputBufferDisconnections++;
    this.owner.flushLater(this);
  }

  /** Raw bytes, for replication; false when the socket has more than it likes to hold. */
  private writeRaw(bytes: string | Uint8Array): boolean {
    if (this.ended) return false;
    this.flush();
    this.session.bytesOut += bytes.length;
    this.owner.engine.stats.netReplicationOutputBytes += bytes.length;
    const room = typeof bytes === "string" ? this.socket.write(bytes, "latin1") : this.socket.write(bytes);
    this.measure();
    return room;
  }

  private drained(): void {
    this.measure();
    const { session } = this;
    const { onDrain } = session;
    session.onDrain = null;
    onDrain?.();
    // A replica gets its share of the stream at the end of the turn.
    if (session.isReplica) this.owner.flushLater(this);
  }

  /** Hands what has gathered to the socket. */
  flush(): void {
    if (this.overflowed) return this.kill();
    if (this.out !== "" && !this.ended) {
      this.session.bytesOut += this.out.length;
      this.owner.engine.stats.netOutputBytes += this.out.length;
      this.owner.engine.stats.writesProcessed++;
      this.socket.write(this.out, "latin1");
      this.out = "";
    }
    this.measure();
    if (!this.session.closing || this.ended) return;
    // Whatever the client still sends is of no interest; it has some time to take its last reply.
    this.socket.setTimeout(LAST_REPLY_MS, () => this.socket.destroy());
    this.socket.destroySoon();
    this.leave();
  }

  private measure(): void {
    const { session } = this;
    session.outputBytes = this.socket.writableLength + this.out.length + session.backlogBytes;
    this.owner.engine.bufferedClients.account(session);
  }

  /** Closes from our side, at once, or after its reply when the call under way asked for it. */
  kill(): void {
    if (this.session.holding) {
      this.session.closing = true;
      return;
    }
    this.socket.destroy();
    this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.socket.destroy();
    this.leave();
  }

  /** The engine forgets the connection. */
  private leave(): void {
    this.ended = true;
    this.owner.engine.disconnect(this.session);
    this.owner.closed(this);
  }
}

/** Confirmations of subscriptions are messages, which CLIENT REPLY does not silence. */
function isMessage(reply: Reply): boolean {
  return reply instanceof Push || (reply instanceof Several && reply.replies[0] instanceof Push);
}

/** How long a client that is being closed may take to read its last reply. */
const LAST_REPLY_MS = 10_000;
/** The smallest client-query-buffer-limit. */
const LEAST_QUERY_LIMIT = 1_048_576;
/** Calls of more bytes are looked at by client eviction before they run. */
const LARGE_CALL = 100_000;
/** Replies beyond this many bytes do not wait for the end of the turn. */
const FLUSH_BYTES = 1_048_576;
