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

export class Double {
  constructor(readonly value: number) {}
}

/** Keys and values in turn. */
export class MapReply {
  constructor(readonly items: readonly Reply[]) {}
}

export class SetReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** Text with a format tag (RESP3 "txt"); a bulk string in RESP2. */
export class Verbatim {
  constructor(readonly text: string) {}
}

export class NullArrayReply {
  // Classes without fields would be one type to the compiler.
  readonly kind = "null array";
}

/** What a client gets without having asked: messages, invalidations. An array in RESP2. */
export class Push {
  constructor(readonly items: readonly Reply[]) {}
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
  | NullArrayReply
  | Push
  | BlockedReply
  | readonly Reply[];

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

/** Bytes of a command on the wire: an array of bulk strings. */
export function commandBytes(argv: readonly Bytes[]): number {
  let bytes = 3 + digits(argv.length);
  for (let i = 0; i < argv.length; i++) {
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
    const text = formatDouble(reply.value);
    return resp === 3 ? 3 + text.length : bulkBytes(text.length);
  }
  if (reply instanceof Verbatim) return resp === 3 ? bulkBytes(reply.text.length + 4) : bulkBytes(reply.text.length);
  if (reply instanceof NullArrayReply) return resp === 3 ? 3 : 5;
  if (reply instanceof BlockedReply) return 0;
  const items = Array.isArray(reply) ? (reply as readonly Reply[]) : (reply as MapReply | SetReply | Push).items;
  const count = reply instanceof MapReply && resp === 3 ? items.length / 2 : items.length;
  let bytes = 3 + digits(count);
  for (const item of items) bytes += replyBytes(item, resp);
  return bytes;
}
