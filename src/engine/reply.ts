// Replies in the types of RESP. A handler returns one of these; the protocol writer turns it into bytes for RESP2 or
// RESP3, and a simulated client looks at it directly.
//
//   string, VirtualBytes   bulk string           number, bigint   integer
//   null                   null                  boolean          boolean (RESP2: 1 or 0)
//   Status                 simple string         ErrorReply       error
//   Double                 double                array            array
//   MapReply, SetReply     map, set              NullArray        null where an array was expected

import { type Bytes, VirtualBytes } from "./bytes.ts";
import { formatDouble } from "./numbers.ts";

export class Status {
  constructor(readonly text: string) {}
}

/** An error: its code is the first word ("ERR", "WRONGTYPE", "MOVED"…). Errors are values here, never exceptions. */
export class ErrorReply {
  constructor(readonly text: string) {}

  get code(): string {
    const space = this.text.indexOf(" ");
    return space === -1 ? this.text : this.text.slice(0, space);
  }
}

/** An error that was counted where it came up: the call that hands it on (a script) has failed, and does not count it again. */
export class CountedError extends ErrorReply {}

export class Double {
  constructor(
    readonly value: number,
    /** Where it is shown otherwise than replies usually show doubles. */
    private readonly shown: string | null = null,
  ) {}

  get text(): string {
    return this.shown ?? formatDouble(this.value);
  }
}

/** Keys and values in turn. */
export class MapReply {
  constructor(readonly items: readonly Reply[]) {}
}

export class SetReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** Text with a format tag of three letters (RESP3); a bulk string in RESP2. */
export class Verbatim {
  constructor(
    readonly text: string,
    readonly format = "txt",
  ) {}
}

/** An integer of any size (RESP3); a bulk string in RESP2. */
export class BigNumber {
  constructor(readonly digits: string) {}
}

/** A reply with something said about it (RESP3); the bare reply in RESP2. */
export class WithAttributes {
  constructor(
    readonly attributes: MapReply,
    readonly reply: Reply,
  ) {}
}

export class NullArrayReply {
  // Classes without fields would be one type to the compiler.
  readonly kind = "null array";
}

/** What a client gets without having asked: messages, invalidations. An array in RESP2. */
export class Push {
  constructor(readonly items: readonly Reply[]) {}
}

/** Several replies to one call, one after the other (SUBSCRIBE of several channels). */
export class Several {
  constructor(readonly replies: readonly Reply[]) {}
}

/** No reply goes out now: the call waits (blocking.ts). */
export class BlockedReply {
  readonly kind = "blocked";
}

export type Reply =
  | string
  | VirtualBytes
  | number
  | bigint
  | boolean
  | null
  | Status
  | ErrorReply
  | Double
  | MapReply
  | SetReply
  | Verbatim
  | BigNumber
  | WithAttributes
  | NullArrayReply
  | Push
  | Several
  | BlockedReply
  | readonly Reply[];

/** Replies of several parts. */
export type Composed = readonly Reply[] | MapReply | SetReply | Push;

/** The parts of a composed reply; null for every other one. */
export function partsOf(reply: Reply): readonly Reply[] | null {
  if (typeof reply !== "object" || reply === null) return null;
  if (Array.isArray(reply)) return reply as readonly Reply[];
  return reply instanceof MapReply || reply instanceof SetReply || reply instanceof Push ? reply.items : null;
}

export const OK = new Status("OK");
export const PONG = new Status("PONG");
export const QUEUED = new Status("QUEUED");
export const NULL_ARRAY = new NullArrayReply();
export const BLOCKED = new BlockedReply();

function digits(n: number): number {
  if (n < 10) return 1;
  if (n < 100) return 2;
  if (n < 1_000) return 3;
  return n < 10_000 ? 4 : n < 100_000 ? 5 : n < 1_000_000 ? 6 : String(n).length;
}

/** Bytes of a bulk string of this length on the wire: $ length CRLF bytes CRLF. */
export function bulkBytes(length: number): number {
  return 5 + digits(length) + length;
}

/**
 * Bytes of a command on the wire: an array of bulk strings. Whoever knows how long argv[1] is says so: a look at one of a
 * million keys costs a cache miss.
 */
export function commandBytes(argv: readonly Bytes[], keyLength = -1): number {
  let bytes = 3 + digits(argv.length);
  for (let i = 0; i < argv.length; i++) {
    if (i === 1 && keyLength >= 0) {
      bytes += bulkBytes(keyLength);
      continue;
    }
    const argument = argv[i];
    // Two branches that read the same: a length of a string and one of an object are different loads.
    bytes += bulkBytes(typeof argument === "string" ? argument.length : argument.length);
  }
  return bytes;
}

/** Bytes of a reply on the wire under the given protocol version. */
export function replyBytes(reply: Reply, resp: 2 | 3 = 2): number {
  if (reply === null) return resp === 3 ? 3 : 5;
  if (typeof reply === "string" || reply instanceof VirtualBytes) return bulkBytes(reply.length);
  if (typeof reply === "number" || typeof reply === "bigint") return 3 + String(reply).length;
  if (typeof reply === "boolean") return 4;
  if (reply instanceof Status || reply instanceof ErrorReply) return 3 + reply.text.length;
  if (reply instanceof Double) {
    const { text } = reply;
    return resp === 3 ? 3 + text.length : bulkBytes(text.length);
  }
  if (reply instanceof Verbatim) return resp === 3 ? bulkBytes(reply.text.length + 4) : bulkBytes(reply.text.length);
  if (reply instanceof NullArrayReply) return resp === 3 ? 3 : 5;
  if (reply instanceof BigNumber) return resp === 3 ? 3 + reply.digits.length : bulkBytes(reply.digits.length);
  if (reply instanceof WithAttributes) {
    return (resp === 3 ? replyBytes(reply.attributes, resp) : 0) + replyBytes(reply.reply, resp);
  }
  if (reply instanceof BlockedReply) return 0;
  if (reply instanceof Several) return reply.replies.reduce((sum: number, one) => sum + replyBytes(one, resp), 0);
  let bytes = 0;
  // Not by recursion: a script's reply may be nested deeper than calls can be.
  const pending: Composed[] = [reply as Composed];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const items = partsOf(one)!;
    bytes += 3 + digits(one instanceof MapReply && resp === 3 ? items.length / 2 : items.length);
    for (const item of items) {
      if (partsOf(item) === null) bytes += replyBytes(item, resp);
      else pending.push(item as Composed);
    }
  }
  return bytes;
}
