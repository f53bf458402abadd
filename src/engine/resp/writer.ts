// Replies as bytes of RESP2 or RESP3.

import { type Bytes, textOf, VirtualBytes } from "../bytes.ts";
import {
  BigNumber,
  BlockedReply,
  type Composed,
  Double,
  ErrorReply,
  MapReply,
  NullArrayReply,
  Push,
  partsOf,
  type Reply,
  SetReply,
  Several,
  Status,
  Verbatim,
  WithAttributes,
} from "../reply.ts";

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** The first line of a reply of several parts. */
function headOf(reply: Composed, resp: 2 | 3): string {
  if (reply instanceof MapReply) return resp === 3 ? `%${reply.items.length / 2}\r\n` : `*${reply.items.length}\r\n`;
  if (reply instanceof SetReply) return `${resp === 3 ? "~" : "*"}${reply.items.length}\r\n`;
  if (reply instanceof Push) return `${resp === 3 ? ">" : "*"}${reply.items.length}\r\n`;
  return `*${reply.length}\r\n`;
}

/** Parts in parts are worked off with a list of our own: a script's reply may be nested deeper than calls can be. */
function aggregate(head: string, first: readonly Reply[], resp: 2 | 3): string {
  let out = head;
  let items = first;
  let at = 0;
  let outer: { readonly items: readonly Reply[]; readonly at: number }[] | null = null;
  while (true) {
    while (at < items.length) {
      const item = items[at++];
      const parts = partsOf(item);
      if (parts === null) {
        out += encodeReply(item, resp);
        continue;
      }
      out += headOf(item as Composed, resp);
      outer ??= [];
      outer.push({ items, at });
      items = parts;
      at = 0;
    }
    const back = outer?.pop();
    if (back === undefined) return out;
    ({ items, at } = back);
  }
}

/** The reply on the wire, as a byte string. */
export function encodeReply(reply: Reply, resp: 2 | 3): string {
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === "number") return `:${reply}\r\n`;
  if (reply === null) return resp === 3 ? "_\r\n" : "$-1\r\n";
  if (reply instanceof Status) return `+${reply.text}\r\n`;
  if (reply instanceof ErrorReply) return `-${reply.text}\r\n`;
  const parts = partsOf(reply);
  if (parts !== null) return aggregate(headOf(reply as Composed, resp), parts, resp);
  if (typeof reply === "bigint") return `:${reply}\r\n`;
  if (typeof reply === "boolean") return resp === 3 ? (reply ? "#t\r\n" : "#f\r\n") : reply ? ":1\r\n" : ":0\r\n";
  if (reply instanceof VirtualBytes) return bulk(reply.text());
  if (reply instanceof Double) {
    const { text } = reply;
    return resp === 3 ? `,${text}\r\n` : bulk(text);
  }
  if (reply instanceof Verbatim) {
    return resp === 3 ? `=${reply.text.length + 4}\r\n${reply.format}:${reply.text}\r\n` : bulk(reply.text);
  }
  if (reply instanceof NullArrayReply) return resp === 3 ? "_\r\n" : "*-1\r\n";
  if (reply instanceof Several) return reply.replies.map(one => encodeReply(one, resp)).join("");
  if (reply instanceof BlockedReply) return "";
  if (reply instanceof BigNumber) return resp === 3 ? `(${reply.digits}\r\n` : bulk(reply.digits);
  if (reply instanceof WithAttributes) {
    const { attributes } = reply;
    const head = resp === 3 ? aggregate(`|${attributes.items.length / 2}\r\n`, attributes.items, resp) : "";
    return head + encodeReply(reply.reply, resp);
  }
  return "";
}

/** A command as a client sends it: an array of bulk strings. */
export function encodeCommand(argv: readonly Bytes[]): string {
  let out = `*${argv.length}\r\n`;
  for (let i = 0; i < argv.length; i++) out += bulk(textOf(argv[i]));
  return out;
}
