// The two buffers of a served connection, sized as the server sizes them, because they are memory: a query buffer of its own
// only while a request is under way (from 8.0 on; before, always), and a reply buffer that follows the peak of what it held.
// A clock of the cron looks at each connection about once a second. In the simulated world there are none of these: the
// models count connections.

import { clientMemory, overflow } from "./clients.ts";
import type { Engine } from "./engine.ts";
import type { Session } from "./session.ts";

/** What one read asks for, and the reply buffer's full size [networking.c]. */
const READ_BYTES = 16_384;
export const REPLY_BUFFER_MAX = 16_384;
export const REPLY_BUFFER_MIN = 1_024;
/** A query buffer of 16 KiB as the allocator gives it: 20,480 bytes less header and end. */
const SHARED_ROOM = 20_474;
/** Arguments from this size on are read into a buffer made for them. */
const LARGE_ARGUMENT = 32_768;
/** Below this a query buffer is never too large. */
const RESIZE_THRESHOLD = 32_768;
/** Room that is worth giving back. */
const WASTE = 4_096;
/** Whole seconds above two. */
const IDLE_MS = 3_000;
const ONE_MIB = 1_048_576;
/** Header and end of a string that has spare room. */
const STRING_BYTES = 6;
/** What a connection takes beside what CLIENT LIST says: its socket's record, nodes of lists, its place in the index. */
const CONNECTION_BYTES = 470;
/** Connections that one cron looks at, at least. */
const PER_CRON = 5;

export class ClientBuffers {
  /** Bytes that the query buffer can hold; 0: it has none of its own. */
  queryRoom = 0;
  private queryPeak = 0;
  replyRoom = REPLY_BUFFER_MAX;
  replyPeak = 0;
  private peakSinceMs: number;
  /** What of it stands in the engine's books. */
  counted = 0;

  constructor(
    private readonly engine: Engine,
    private readonly session: Session,
  ) {
    this.peakSinceMs = engine.nowMs;
  }

  /** Bytes of the allocator for the query buffer. */
  get queryBytes(): number {
    return this.queryRoom === 0 ? 0 : this.engine.sizeClass(this.queryRoom + STRING_BYTES);
  }

  /**
   * A read of so many bytes has been worked off: `unread` of it wait for more, as part of an argument of `argument` bytes
   * (-1: none).
   */
  received(read: number, unread: number, argument: number): void {
    const large = argument >= LARGE_ARGUMENT;
    if (this.queryRoom === 0) {
      if (unread === 0 && !large && this.engine.profile.sharesQueryBuffer) return;
      this.queryRoom = SHARED_ROOM;
    }
    const wanted = Math.max(unread, large ? argument + 2 : 0);
    this.queryPeak = Math.max(this.queryPeak, wanted, Math.min(read, this.queryRoom));
    if (large) this.grow(wanted, wanted);
    else if (unread > 0) this.grow(unread + READ_BYTES, grown(unread + READ_BYTES));
  }

  private grow(needed: number, request: number): void {
    if (needed > this.queryRoom) this.queryRoom = this.engine.sizeClass(request + STRING_BYTES) - STRING_BYTES;
  }

  /** A reply was added; so many bytes wait in all. */
  replied(waiting: number): void {
    this.replyPeak = Math.max(this.replyPeak, Math.min(waiting, this.replyRoom));
  }

  /** What the cron does about it. */
  resize(): void {
    if (this.queryRoom > 0) this.resizeQuery();
    if (this.engine.debug.replyBufferResizes) this.resizeReply();
  }

  private resizeQuery(): void {
    const { session, engine } = this;
    const unread = session.queryBytes;
    if (this.queryRoom - unread > WASTE) {
      if (engine.nowMs - session.lastActiveMs >= IDLE_MS) {
        this.queryRoom = unread === 0 && !session.fromPrimary ? 0 : unread;
      } else if (this.queryRoom > RESIZE_THRESHOLD && this.queryRoom / 2 > this.queryPeak) {
        // The next read makes it that large again in any case.
        this.queryRoom = Math.max(unread, this.queryPeak, SHARED_ROOM);
      }
    }
    this.queryPeak = unread;
  }

  private resizeReply(): void {
    const { engine } = this;
    const { stats } = engine;
    const half = this.replyRoom / 2;
    let room = 0;
    if (half >= REPLY_BUFFER_MIN && this.replyPeak < half) {
      room = Math.max(REPLY_BUFFER_MIN, this.replyPeak + 1);
      stats.replyBufferShrinks++;
    } else if (this.replyRoom < REPLY_BUFFER_MAX && this.replyPeak === this.replyRoom) {
      room = Math.min(REPLY_BUFFER_MAX, this.replyRoom * 2);
      stats.replyBufferExpands++;
    }
    const { replyBufferPeakMs } = engine.debug;
    if (replyBufferPeakMs !== null && engine.nowMs - this.peakSinceMs >= replyBufferPeakMs) {
      this.replyPeak = 0;
      this.peakSinceMs = engine.nowMs;
    }
    if (room > 0) this.replyRoom = engine.sizeClass(room);
  }
}

/** The connections of a served engine, by turns. */
export class BufferedClients {
  private readonly sessions = new Set<Session>();
  private round: Iterator<Session> = this.sessions.values();

  constructor(private readonly engine: Engine) {}

  get count(): number {
    return this.sessions.size;
  }

  add(session: Session): void {
    session.buffers = new ClientBuffers(this.engine, session);
    this.sessions.add(session);
    this.account(session);
  }

  remove(session: Session): void {
    if (!this.sessions.delete(session)) return;
    this.engine.outside.clients -= session.buffers!.counted;
    session.buffers = null;
  }

  /** Brings the books up to date with what a connection takes now. */
  account(session: Session): void {
    const { buffers } = session;
    if (buffers === null) return;
    // What is kept for replicas stands in the books of replication.
    const shared = session.isReplica ? overflow(session) : 0;
    const bytes = CONNECTION_BYTES + clientMemory(session) - shared;
    this.engine.outside.clients += bytes - buffers.counted;
    buffers.counted = bytes;
  }

  /** Looks at each connection about once a second. */
  cron(): void {
    const { sessions } = this;
    const wanted = Math.max(PER_CRON, Math.floor(sessions.size / this.engine.settings.hz));
    for (let i = Math.min(sessions.size, wanted); i > 0; i--) {
      let next = this.round.next();
      if (next.done) {
        this.round = sessions.values();
        next = this.round.next();
      }
      next.value.buffers.resize();
      this.account(next.value);
    }
  }
}

function grown(bytes: number): number {
  return bytes < ONE_MIB ? bytes * 2 : bytes + ONE_MIB;
}
