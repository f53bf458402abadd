// What a key can hold before the run begins: a value of any type, so large as it is told, put there by the commands that
// an application would have used. Elements are numbered; names of members can be given the prefix that a workload's
// commands use for them.

import { type Bytes, VirtualBytes } from "../engine/bytes.ts";
import type { Random } from "../sim/random.ts";

export type Stored =
  | { readonly kind: "string"; readonly bytes: number }
  | { readonly kind: "hash"; readonly count: number; readonly bytes: number; readonly prefix: string }
  | { readonly kind: "list"; readonly count: number; readonly bytes: number }
  | { readonly kind: "set"; readonly count: number; readonly prefix: string }
  | { readonly kind: "zset"; readonly count: number; readonly prefix: string }
  | { readonly kind: "stream"; readonly count: number; readonly bytes: number; readonly groups: readonly string[] }
  | { readonly kind: "bitmap"; readonly bits: number; readonly share: number }
  | { readonly kind: "hyperloglog"; readonly count: number };

/** Elements of one call: enough to cost little each, few enough for an argument list. */
const PER_CALL = 1_000;

/** The commands that make a key hold it. `random` is drawn from by bitmaps alone. */
export function* fillCommands(key: string, stored: Stored, random: Random): Generator<Bytes[]> {
  switch (stored.kind) {
    case "string":
      yield ["set", key, new VirtualBytes(stored.bytes, 0)];
      return;
    case "hash":
      // Every field has bytes of its own, or a server would keep them all the same.
      return yield* inCalls(["hset", key], stored.count, i => [
        `${stored.prefix}${i}`,
        new VirtualBytes(stored.bytes, i),
      ]);
    case "list":
      return yield* inCalls(["rpush", key], stored.count, i => [new VirtualBytes(stored.bytes, i)]);
    case "set":
      return yield* inCalls(["sadd", key], stored.count, i => [`${stored.prefix}${i}`]);
    case "zset":
      // The first has the highest score.
      return yield* inCalls(["zadd", key], stored.count, i => [String(stored.count - i), `${stored.prefix}${i}`]);
    case "stream":
      return yield* streamCommands(key, stored.count, stored.bytes, stored.groups);
    case "bitmap":
      return yield* bitmapCommands(key, stored.bits, stored.share, random);
    case "hyperloglog":
      return yield* inCalls(["pfadd", key], stored.count, i => [`element:${i}`]);
  }
}

function* inCalls(head: readonly Bytes[], count: number, element: (i: number) => Bytes[]): Generator<Bytes[]> {
  for (let from = 0; from < count; from += PER_CALL) {
    const argv = [...head];
    for (let i = from; i < Math.min(count, from + PER_CALL); i++) argv.push(...element(i));
    yield argv;
  }
}

/** Groups have read nothing yet: every entry waits for them. */
function* streamCommands(key: string, count: number, bytes: number, groups: readonly string[]): Generator<Bytes[]> {
  for (const group of groups) yield ["xgroup", "create", key, group, "0", "MKSTREAM"];
  for (let i = 0; i < count; i++) yield ["xadd", key, `${i + 1}-0`, "job", new VirtualBytes(bytes, i)];
}

/** The whole string at once, with a share of the bits set. */
function* bitmapCommands(key: string, bits: number, share: number, random: Random): Generator<Bytes[]> {
  const bytes = Buffer.alloc(Math.ceil(bits / 8));
  for (let bit = 0; bit < bits; bit++) if (random.next() < share) bytes[bit >> 3] |= 128 >> (bit & 7);
  yield ["set", key, bytes.toString("latin1")];
}
