// Commands with keys of several slots: a library that knows how sends one command for each slot, side by side, and the request has
// its answer when the last of them has. One that does not sends it whole, and the server refuses it (CROSSSLOT).
//
//   time of the request = the slowest of its parts; work of the cluster = one command per slot instead of one
//
// Split by slot: lettuce (SlotHash.partition), valkey-glide and go-redis (request policy multi_shard), jedis (…MultiShard, which
// is taken for side by side). Left out: parts for one node that share a packet; what is put together of the parts' replies.

import { assert } from "../../assert.ts";
import { type Bytes, textOf } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import { keySlot } from "../../engine/slots.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import type { PatternWorld } from "./pattern.ts";

/** Words per key, by command. */
export const SPLIT_COMMANDS: ReadonlyMap<string, 1 | 2> = new Map([
  ["mget", 1],
  ["mset", 2],
  ["del", 1],
  ["unlink", 1],
  ["exists", 1],
  ["touch", 1],
]);

interface Whole {
  readonly request: number;
  left: number;
  failed: boolean;
}

export class SplitKeys {
  /** Parts that are under way, and whose they are. */
  private readonly parts = new Map<number, Whole>();

  constructor(
    private readonly world: PatternWorld,
    private readonly requests: Requests,
  ) {}

  begin(request: number, argv: readonly Bytes[], reads: boolean): void {
    const { world, requests } = this;
    const [name, ...words] = argv;
    const stride = SPLIT_COMMANDS.get(textOf(name).toLowerCase());
    assert(stride !== undefined, `${textOf(name)} is not split over slots`);
    const bySlot = new Map<number, Bytes[]>();
    for (let at = 0; at < words.length; at += stride) {
      const slot = keySlot(textOf(words[at]));
      const group = bySlot.get(slot) ?? [];
      group.push(...words.slice(at, at + stride));
      bySlot.set(slot, group);
    }
    if (bySlot.size === 1) return world.call(request, argv, reads);
    const whole: Whole = { request, left: bySlot.size, failed: false };
    const begun = [...bySlot].map(([slot, group]) => {
      const part = world.background(requests.instance[request], requests.key[request]);
      requests.slot[part] = slot;
      requests.hinted[part] = 0;
      this.parts.set(part, whole);
      return [part, group] as const;
    });
    for (const [part, group] of begun) world.call(part, [name, ...group], reads);
  }

  /** Whether the request is a part; then it has ended, and the whole too with the last one. */
  ended(part: number, reply: Reply | null): boolean {
    const whole = this.parts.get(part);
    if (whole === undefined) return false;
    this.parts.delete(part);
    this.world.endBackground(part);
    if (reply === null || reply instanceof ErrorReply) whole.failed = true;
    if (--whole.left === 0) this.world.finish(whole.request, whole.failed ? FAILED : DONE);
    return true;
  }
}
