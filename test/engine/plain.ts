// Replies as JSON, for comparison with what was recorded: maps as objects, sets as arrays.

import { type Reply, SetReply, Status } from "../../src/engine/reply.ts";

export function plain(reply: Reply): unknown {
  if (reply instanceof Status) return reply.text;
  if (reply instanceof SetReply) return reply.items.map(plain);
  if (Array.isArray(reply)) return reply.map(plain);
  if (typeof reply === "object" && reply !== null && "items" in reply) {
    const { items } = reply;
    return Object.fromEntries(items.flatMap((name, i) => (i % 2 === 0 ? [[String(name), plain(items[i + 1])]] : [])));
  }
  return reply;
}
