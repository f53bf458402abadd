// Requests out of a stream of bytes: arrays of bulk strings, or inline lines as people type them. What breaks the protocol
// gives an error and ends the connection. No length that a client claims allocates anything before the bytes are there.

import { splitWords } from "../words.ts";

/** Longest line: inline requests, counts, lengths. */
const LINE_LIMIT = 64 * 1_024;
const MULTIBULK_LIMIT = 2_147_483_647;
/** What a client may claim before it has proved who it is. */
const UNAUTHENTICATED_MULTIBULK = 10;
const UNAUTHENTICATED_BULK = 16_384;

export interface ParserLimits {
  /** proto-max-bulk-len. */
  readonly maxBulk: () => number;
  readonly authenticated: () => boolean;
}

export class ProtocolError {
  constructor(readonly text: string) {}
}

const LF = 10;
const STAR = 42;
const DOLLAR = 36;
const EMPTY = Buffer.alloc(0);

export class RequestParser {
  private buffer: Buffer = EMPTY;
  private at = 0;
  /** Bytes that came while the buffer was known to be too short: joined when there are enough. */
  private parts: Buffer[] = [];
  private partsLength = 0;
  private needed = 0;
  /** Arguments of the request under way. */
  private argv: string[] = [];
  private argvBytes = 0;
  private argumentsLeft = 0;
  private bulkLength = -1;
  /** Bytes of the arguments of the request that came out last. */
  lastBytes = 0;

  constructor(private readonly limits: ParserLimits) {}

  /** Bytes received and not yet parsed. */
  get unread(): number {
    return this.buffer.length - this.at + this.partsLength;
  }

  /** Bytes of whole arguments of the request that is coming in. */
  get argumentBytes(): number {
    return this.argvBytes;
  }

  /** Length of the argument that is coming in; -1 when none is. */
  get pendingArgument(): number {
    return this.bulkLength;
  }

  feed(chunk: Buffer): void {
    this.parts.push(chunk);
    this.partsLength += chunk.length;
  }

  /** The next whole request, null until there is one, or what breaks the protocol. */
  next(): string[] | ProtocolError | null {
    if (!this.join()) return null;
    while (true) {
      if (this.argumentsLeft === 0) {
        if (this.at >= this.buffer.length) return null;
        const started = this.buffer[this.at] === STAR ? this.readCount() : this.readInline();
        if (started === null || started instanceof ProtocolError) return started;
        if (started !== "more") return started;
        continue;
      }
      const done = this.readArguments();
      if (done === null || done instanceof ProtocolError) return done;
      const { argv } = this;
      this.argv = [];
      this.lastBytes = this.argvBytes;
      this.argvBytes = 0;
      return argv;
    }
  }

  /** Joins what has come when there may be enough; false when it cannot be. */
  private join(): boolean {
    if (this.parts.length === 0) return true;
    if (this.buffer.length - this.at + this.partsLength < this.needed) return false;
    const rest = this.buffer.subarray(this.at);
    this.buffer = rest.length === 0 && this.parts.length === 1 ? this.parts[0] : Buffer.concat([rest, ...this.parts]);
    this.at = 0;
    this.parts = [];
    this.partsLength = 0;
    this.needed = 0;
    return true;
  }

  /** A line without its end, or null until it has come. */
  private line(tooLong: string): string | ProtocolError | null {
    const end = this.buffer.indexOf(LF, this.at);
    if (end === -1) {
      if (this.buffer.length - this.at > LINE_LIMIT) return new ProtocolError(tooLong);
      this.needed = this.buffer.length - this.at + 1;
      return null;
    }
    if (end - this.at > LINE_LIMIT) return new ProtocolError(tooLong);
    const stop = end > this.at && this.buffer[end - 1] === 13 ? end - 1 : end;
    const text = this.buffer.toString("latin1", this.at, stop);
    this.at = end + 1;
    return text;
  }

  private readCount(): "more" | ProtocolError | null {
    const text = this.line("too big mbulk count string");
    if (text === null || text instanceof ProtocolError) return text;
    const count = strictInteger(text.slice(1));
    if (count === null || count > MULTIBULK_LIMIT) return new ProtocolError("invalid multibulk length");
    if (count > UNAUTHENTICATED_MULTIBULK && !this.limits.authenticated()) {
      return new ProtocolError("unauthenticated multibulk length");
    }
    if (count > 0) this.argumentsLeft = count;
    return "more";
  }

  private readInline(): string[] | "more" | ProtocolError | null {
    const text = this.line("too big inline request");
    if (text === null || text instanceof ProtocolError) return text;
    const words = splitWords(text);
    if (words === null) return new ProtocolError("unbalanced quotes in request");
    return words.length === 0 ? "more" : words;
  }

  /** Reads arguments until all are there; true then. */
  private readArguments(): true | ProtocolError | null {
    const { buffer } = this;
    while (this.argumentsLeft > 0) {
      if (this.bulkLength === -1) {
        if (this.at >= buffer.length) return null;
        if (buffer[this.at] !== DOLLAR) {
          return new ProtocolError(`expected '$', got '${String.fromCharCode(buffer[this.at])}'`);
        }
        const text = this.line("too big bulk count string");
        if (text === null || text instanceof ProtocolError) return text;
        const length = strictInteger(text.slice(1));
        if (length === null || length < 0 || length > this.limits.maxBulk()) {
          return new ProtocolError("invalid bulk length");
        }
        if (length > UNAUTHENTICATED_BULK && !this.limits.authenticated()) {
          return new ProtocolError("unauthenticated bulk length");
        }
        this.bulkLength = length;
      }
      const end = this.at + this.bulkLength;
      if (end + 2 > buffer.length) {
        this.needed = this.bulkLength + 2;
        return null;
      }
      this.argv.push(buffer.toString("latin1", this.at, end));
      this.argvBytes += this.bulkLength;
      this.at = end + 2;
      this.bulkLength = -1;
      this.argumentsLeft--;
    }
    return true;
  }
}

function strictInteger(text: string): number | null {
  return /^(?:0|-?[1-9]\d{0,18})$/u.test(text) ? Number(text) : null;
}
