// Replies in one comparable form, whether they came over a socket or out of the engine: a line with the type's letter of
// RESP2 in front, arrays as arrays. So a difference prints as what the client would have seen.

import { VirtualBytes } from "../../src/engine/bytes.ts";
import {
  BigNumber,
  BlockedReply,
  Double,
  ErrorReply,
  MapReply,
  NullArrayReply,
  Push,
  type Reply,
  SetReply,
  Several,
  Status,
  Verbatim,
  WithAttributes,
} from "../../src/engine/reply.ts";

export type Wire = string | readonly Wire[];

/** Nothing where a bulk string was possible, and where an array was: no bulk string looks like either. */
export const NIL = "(nil)";
export const NIL_LIST = "(nil list)";

/** What a RESP2 client receives for this reply. */
export function wire(reply: Reply): Wire {
  if (reply === null) return NIL;
  if (typeof reply === "string") return `$${reply}`;
  if (reply instanceof VirtualBytes || reply instanceof Verbatim) {
    return `$${typeof reply.text === "string" ? reply.text : reply.text()}`;
  }
  if (typeof reply === "number" || typeof reply === "bigint") return `:${reply}`;
  if (typeof reply === "boolean") return reply ? ":1" : ":0";
  if (reply instanceof Status) return `+${reply.text}`;
  if (reply instanceof ErrorReply) return `-${reply.text}`;
  if (reply instanceof Double) return `$${reply.text}`;
  if (reply instanceof NullArrayReply) return NIL_LIST;
  if (reply instanceof BigNumber) return `$${reply.digits}`;
  if (reply instanceof WithAttributes) return wire(reply.reply);
  if (reply instanceof BlockedReply) return "(blocked)";
  if (reply instanceof Several) return reply.replies.map(wire);
  if (reply instanceof MapReply || reply instanceof SetReply || reply instanceof Push) return reply.items.map(wire);
  return reply.map(wire);
}

/** Reads RESP2 from a stream of chunks: feed bytes, take whole replies. */
export class WireReader {
  private buffer = Buffer.alloc(0);
  private at = 0;

  feed(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer.subarray(this.at), chunk]);
    this.at = 0;
  }

  /** The next reply, or undefined until all of it has come. */
  take(): Wire | undefined {
    const start = this.at;
    const reply = this.read();
    if (reply === undefined) this.at = start;
    return reply;
  }

  private read(): Wire | undefined {
    const end = this.buffer.indexOf("\r\n", this.at, "latin1");
    if (end === -1) return undefined;
    const line = this.buffer.toString("latin1", this.at, end);
    this.at = end + 2;
    if (line === "$-1") return NIL;
    if (line === "*-1") return NIL_LIST;
    if (line[0] === "$") return this.readBulk(Number(line.slice(1)));
    if (line[0] === "*") return this.readList(Number(line.slice(1)));
    return line;
  }

  private readBulk(length: number): Wire | undefined {
    if (this.buffer.length < this.at + length + 2) return undefined;
    const text = this.buffer.toString("latin1", this.at, this.at + length);
    this.at += length + 2;
    return `$${text}`;
  }

  private readList(count: number): Wire | undefined {
    const items: Wire[] = [];
    for (let i = 0; i < count; i++) {
      const item = this.read();
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }
}

/** A call as an array of bulk strings. */
export function encodeCall(argv: readonly string[]): string {
  return `*${argv.length}\r\n${argv.map(word => `$${word.length}\r\n${word}\r\n`).join("")}`;
}
