// One MIGRATE of several keys, as the server does it: the source writes their payloads, sends them, waits for the target to
// have read them all, and deletes them. Its engine thread stands still from the first to the last:
//
//   blocked = sum of dump + wire + round trip + wait for the target's thread + sum of restore + deletion
//
// The target takes its work when it is its turn, like any other. It is entered there at once, not when the bytes arrive
// (half a millisecond later at most): on a first-come thread the place would otherwise have to be held free.

import { NONE } from "../../engine/dict.ts";
import { isExpired } from "../../engine/expiry.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import { dumpNs, restoreNs, type Transfer, transferOf } from "./transfer.ts";

export interface Moved {
  readonly keys: number;
  readonly bytes: number;
  /** How long the source's engine thread stood still. */
  readonly blockedNs: number;
  /** When the source had the target's answer and had deleted the keys. */
  readonly doneNs: number;
  /** Keys that the target did not take, and what it said; null where it took all. */
  readonly refused: readonly string[];
  readonly refusal: string | null;
}

/** A node deletes keys of its own accord, whatever it refuses to clients (min-replicas-to-write). */
export function deleteKeys(node: Node, keys: readonly string[], lazily = true): void {
  if (keys.length === 0) return;
  const { engine } = node;
  const { goodReplicas } = engine;
  engine.goodReplicas = Number.POSITIVE_INFINITY;
  node.runOwn([lazily ? "unlink" : "del", ...keys], 0);
  engine.goodReplicas = goodReplicas;
}

export function moveKeys(source: Node, target: Node, keys: readonly string[], latency: Latency): Moved {
  const { engine } = source;
  const db = engine.database(0);
  const compresses = engine.parameters.flag("rdbcompression");
  const startNs = source.freeAtNs;
  const transfers: Transfer[] = [];
  const gone: string[] = [];
  let bytes = 0;
  let dumping = 0;
  for (const key of keys) {
    const entry = db.find(key);
    if (entry === NONE) continue;
    gone.push(key);
    // Dead keys are not sent; they end here.
    if (isExpired(db, entry, engine.nowMs)) continue;
    const transfer = transferOf(source, entry);
    transfers.push(transfer);
    bytes += transfer.bytes;
    dumping += source.cpu.scaled(dumpNs(transfer.bytes, compresses));
  }
  if (gone.length === 0) return { keys: 0, bytes: 0, blockedNs: 0, doneNs: startNs, refused: [], refusal: null };

  const refused: string[] = [];
  let refusal: string | null = null;
  const targetFromNs = target.freeAtNs;
  for (const { key, argv, bytes: size } of transfers) {
    // The first that is refused ends it.
    const reply: Reply | null = refusal === null ? target.runOwn(argv, target.cpu.scaled(restoreNs(size))) : null;
    if (reply instanceof ErrorReply) refusal = reply.text;
    if (refusal !== null) refused.push(key);
  }
  const worksNs = target.freeAtNs - targetFromNs;
  const sentNs = startNs + dumping;
  const arrivesNs = sentNs + source.networkOut.pass(sentNs, bytes) + latency.oneWayNs(source.zone, target.zone);
  target.networkIn.passBulk(sentNs, bytes);
  const answeredNs = Math.max(arrivesNs, targetFromNs) + worksNs + latency.oneWayNs(target.zone, source.zone);
  source.block(answeredNs - startNs);
  const left = new Set(refused);
  const moved = gone.filter(key => !left.has(key));
  deleteKeys(source, moved, engine.settings.lazyServerDel);
  return {
    keys: transfers.length - refused.length,
    bytes,
    blockedNs: source.freeAtNs - startNs,
    doneNs: source.freeAtNs,
    refused,
    refusal,
  };
}
