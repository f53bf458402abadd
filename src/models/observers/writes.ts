// No acknowledged write is lost except those that the model says are lost. The observer keeps what every primary has written
// and which of it was acknowledged to a client, and compares
//   at an acknowledgement   the write is in the history of the primary that acknowledged it
//   at a promotion          the new primary has, key by key, what the history says up to the offset that it goes on from;
//                           what lies beyond is as much as the model reports lost
//                           nothing of that was acknowledged where a log is written in sync
//   when a deposed primary  steps down: what it wrote since is as much as the model reports
//   when it is quiet        every key has the value of its last surviving change (with the whole history)
// What is no longer at risk (received by every replica two periods ago) is forgotten, unless the whole history is kept.

import { type Bytes, textOf, VirtualBytes } from "../../engine/bytes.ts";
import { NONE } from "../../engine/dict.ts";
import { STRING } from "../../engine/keyspace.ts";
import { ErrorReply } from "../../engine/reply.ts";
import { type StringValue, stringText } from "../../engine/values/string.ts";
import type { Ancestry, Shard } from "../cluster.ts";
import type { Node } from "../node.ts";
import type { Change, ReplicationStream } from "../replication/stream.ts";
import type { World } from "../world.ts";
import { type Effect, effectsOf } from "./change-effect.ts";
import { History, type Written } from "./history.ts";
import type { Observer, ObserverOptions, ObserverSpec, Violation } from "./observer.ts";

export class WritesObserver implements Observer {
  /** Writes acknowledged to clients, and those of them that no primary has any more, by shard. */
  readonly acknowledged: number[] = [];
  readonly lost: number[] = [];
  private readonly histories = new Map<number, History>();
  /** By shard: what every replica had received at the last look. */
  private readonly safe: number[] = [];

  constructor(
    private readonly world: World,
    private readonly tell: Violation,
    private readonly options: ObserverOptions,
  ) {
    const { cluster } = world;
    cluster.watchChanges((stream, change) => this.written(stream, change));
    cluster.observers.push({
      promoted: (shard, lost, from) => this.promoted(shard, lost, from),
      steppedDown: (shard, node, lost) => this.steppedDown(shard, node, lost),
    });
    world.watchReplies((request, reply) => {
      if (reply instanceof ErrorReply) return;
      if (world.requests.written[request] > 0) this.acknowledge(request);
      else if (world.requests.reads[request] === 0) this.acknowledgeUnwatched(request);
    });
  }

  private historyOf(stream: ReplicationStream): History {
    let history = this.histories.get(stream.epoch);
    if (history === undefined) {
      history = new History(stream, stream.primary.shard);
      this.histories.set(stream.epoch, history);
    }
    return history;
  }

  private written(stream: ReplicationStream, change: Change): void {
    this.historyOf(stream).entries.push({ change, acknowledged: false });
  }

  private acknowledge(request: number): void {
    const { written, writtenEpoch, node } = this.world.requests;
    const history = this.histories.get(writtenEpoch[request]);
    const offset = written[request];
    if (history === undefined)
      this.tell(`a write at ${this.nameOf(node[request])} was acknowledged and is in no history`);
    const { shard } = history;
    this.acknowledged[shard] = (this.acknowledged[shard] ?? 0) + 1;
    if (offset > history.closedAt) {
      this.lost[shard] = (this.lost[shard] ?? 0) + 1;
      if (this.isSync) this.tell(`${this.nameOf(node[request])} acknowledged a write that the durable log cannot have`);
    }
    const entry = history.endingAt(offset);
    if (entry !== undefined) entry.acknowledged = true;
    else if (!history.isForgotten(offset)) {
      this.tell(`a write at ${this.nameOf(node[request])} ends at ${offset}, and nothing in its history does`);
    }
  }

  /** A primary without replicas keeps no stream: its writes are counted and not followed. */
  private acknowledgeUnwatched(request: number): void {
    const { engine, shard } = this.world.cluster.nodes[this.world.requests.node[request]];
    if (engine.replicate === null) this.acknowledged[shard] = (this.acknowledged[shard] ?? 0) + 1;
  }

  private get isSync(): boolean {
    return this.world.config.cluster.durability?.mode === "sync";
  }

  private nameOf(node: number): string {
    return this.world.cluster.nodes[node].name;
  }

  private promoted(shard: Shard, lost: number, { stream, offset }: Ancestry): void {
    const old = this.historyOf(stream);
    const gone = old.close(offset ?? Number.NEGATIVE_INFINITY);
    if (offset === null) {
      // It starts empty: everything that was ever acknowledged here is gone.
      this.lost[shard.index] = this.acknowledged[shard.index] ?? 0;
      return;
    }
    const acknowledged = gone.filter(one => one.acknowledged).length;
    this.lost[shard.index] = (this.lost[shard.index] ?? 0) + acknowledged;
    if (this.isSync && acknowledged > 0) {
      this.tell(`promoting ${shard.primary.name} loses ${acknowledged} acknowledged writes of a synchronous log`);
    }
    if (gone.length !== lost) {
      this.tell(`promoting ${shard.primary.name} loses ${gone.length} changes, the model reports ${lost}`);
    }
    const kept = old.upTo(offset);
    this.historyOf(shard.stream).entries = [...kept];
    this.checkData(shard.primary, kept);
  }

  private steppedDown(shard: Shard, node: Node, lost: number): void {
    const history = this.histories.get(node.epoch);
    const after = history?.afterClose().length ?? 0;
    if (after !== lost) {
      this.tell(
        `${node.name} of shard ${shard.index + 1} wrote ${after} changes after its successor's promotion, the model reports ${lost}`,
      );
    }
  }

  /** The node has what a history says, for every key of which it says anything. */
  private checkData(node: Node, entries: readonly Written[]): void {
    const database = node.engine.database(0);
    for (const [key, effect] of lastEffects(entries)) {
      const entry = database.peek(key);
      if (effect.kind === "absent" && entry !== NONE) this.tell(`${node.name} has ${key}, which had been deleted`);
      if (effect.kind !== "value") continue;
      if (entry === NONE) {
        if (!effect.expires) this.tell(`${node.name} lacks ${key}, which had been written`);
        continue;
      }
      if (database.typeOf(entry) !== STRING || !isSame(database.valueOf(entry) as StringValue, effect.value)) {
        this.tell(`${node.name} has another value under ${key} than the last one that it was sent`);
      }
    }
  }

  look(): void {
    for (const shard of this.world.cluster.members) {
      const { index, stream, replicas } = shard;
      if (this.options.wholeHistory) continue;
      this.histories.get(stream.epoch)?.forget(this.safe[index] ?? 0);
      let safe = stream.offset;
      for (const replica of replicas) safe = Math.min(safe, stream.positionOf(replica)?.offset ?? safe);
      this.safe[index] = safe;
    }
  }

  quiet(): void {
    if (!this.options.wholeHistory) return;
    for (const { stream, primary } of this.world.cluster.members) {
      this.checkData(primary, this.histories.get(stream.epoch)?.entries ?? []);
    }
  }
}

/** What becomes of each key, as far as it can be told. */
function lastEffects(entries: readonly Written[]): Map<string, Effect> {
  const effects = new Map<string, Effect>();
  for (const { change } of entries) {
    const touched = change.database > 0 ? [] : effectsOf(change.argv);
    // It may have touched any key: what was known is no longer.
    if (touched === null) effects.clear();
    else for (const { key, effect } of touched) effects.set(key, effect);
  }
  return effects;
}

function isSame(stored: StringValue, written: Bytes): boolean {
  if (stored instanceof VirtualBytes && written instanceof VirtualBytes) {
    return stored.length === written.length && stored.seed === written.seed;
  }
  return stringText(stored) === textOf(written);
}

export const writesObserver: ObserverSpec = {
  name: "writes",
  law: "no acknowledged write is lost except those that the model says are lost",
  begin: (world, tell, options) => new WritesObserver(world, tell, options),
};
