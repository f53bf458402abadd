// Jobs in a stream, worked off by a consumer group: producers XADD; each consumer reads up to `count` new entries with
// XREADGROUP, works on them, acknowledges them with XACK, and reads again; where there are none it asks again after `poll`.
// The workload's requests are the producers'. Consumers are spread over the client's instances and the keys in turn, and
// nobody waits for them: what they do is counted (jobs done, and how old they were then), not timed.
//
// Left out: blocking reads, entries of consumers that died (XAUTOCLAIM): what was delivered and never acknowledged stays
// pending, as it does where nobody claims.

import { type Bytes, textOf } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { Random } from "../../sim/random.ts";
import { NS_PER_MS } from "../../units.ts";
import type { JobStreamConfig } from "../config.ts";
import { engineMs } from "../epoch.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { Originless } from "./originless.ts";
import type { PatternWorld } from "./pattern.ts";

/** Steps of a consumer; a producer has step 0. */
const READING = 64;
const RESTING = 65;
const WORKING = 66;
const ACKNOWLEDGING = 67;
const JOINING = 68;

interface Consumer {
  readonly name: string;
  /** Entries that it has and has not acknowledged. */
  ids: string[];
}

export class JobStream extends Originless {
  private readonly consumers = new Map<number, Consumer>();
  private readonly work: Random;

  constructor(
    world: PatternWorld,
    requests: Requests,
    private readonly config: JobStreamConfig,
    private readonly keyCount: number,
  ) {
    super(world, requests);
    this.work = world.random("work");
  }

  /** The consumers begin. */
  start(): void {
    const { world, config } = this;
    for (let i = 0; i < config.consumers; i++) {
      const request = world.background(world.instanceAt(i), i % this.keyCount);
      this.consumers.set(request, { name: `consumer-${i}`, ids: [] });
      this.rest(request);
    }
  }

  begin(request: number): void {
    const { world, config } = this;
    const limit = ["MAXLEN", "~", String(config.maxLength)];
    world.call(request, ["xadd", world.keyText(request), ...limit, "*", "job", world.value(request)], false);
  }

  replied(request: number, reply: Reply): void {
    const consumer = this.consumers.get(request);
    if (consumer !== undefined) return this.consumed(request, consumer, reply);
    if (!(reply instanceof ErrorReply)) this.world.counters.jobsAdded++;
    this.world.finish(request, reply instanceof ErrorReply ? FAILED : DONE);
  }

  override failed(request: number): void {
    if (this.consumers.has(request)) this.rest(request);
    else super.failed(request);
  }

  override resumed(request: number): void {
    const consumer = this.consumers.get(request)!;
    if (this.requests.step[request] === WORKING || consumer.ids.length > 0) this.acknowledge(request, consumer);
    else this.read(request, consumer);
  }

  private send(request: number, step: number, argv: readonly Bytes[], keyFirst: boolean): void {
    const { requests, world } = this;
    requests.step[request] = step;
    requests.hinted[request] = keyFirst ? 1 : 0;
    world.call(request, argv, false);
  }

  private read(request: number, { name }: Consumer): void {
    const { world, config } = this;
    const head = ["xreadgroup", "GROUP", config.group, name, "COUNT", String(config.count)];
    this.send(request, READING, [...head, "STREAMS", world.keyText(request), ">"], false);
  }

  private rest(request: number): void {
    this.requests.step[request] = RESTING;
    this.world.wait(request, this.config.pollNs);
  }

  private acknowledge(request: number, { ids }: Consumer): void {
    const argv = ["xack", this.world.keyText(request), this.config.group, ...ids];
    this.send(request, ACKNOWLEDGING, argv, true);
  }

  private consumed(request: number, consumer: Consumer, reply: Reply): void {
    const { requests, world, config } = this;
    const step = requests.step[request];
    if (reply instanceof ErrorReply) {
      if (reply.code !== "NOGROUP") return this.rest(request);
      // A node that came up empty: the group is made anew, from the start of what is there.
      consumer.ids = [];
      const argv = ["xgroup", "create", world.keyText(request), config.group, "0", "MKSTREAM"];
      return this.send(request, JOINING, argv, false);
    }
    if (step === ACKNOWLEDGING) this.noteDone(consumer);
    else if (step === READING) {
      consumer.ids = entryIds(reply);
      if (consumer.ids.length === 0) return this.rest(request);
      requests.step[request] = WORKING;
      let ns = 0;
      for (const _ of consumer.ids) ns += config.workNs.sample(this.work);
      return world.wait(request, Math.max(1, Math.round(ns)));
    }
    this.read(request, consumer);
  }

  private noteDone(consumer: Consumer): void {
    const { counters, nowNs } = this.world;
    for (const id of consumer.ids) {
      counters.jobsDone++;
      // An entry's id begins with the millisecond in which it was added.
      const ageNs = Math.max(0, (engineMs(nowNs) - Number(id.split("-")[0])) * NS_PER_MS);
      counters.jobAge.record(ageNs);
      counters.jobAgeMaxNs = Math.max(counters.jobAgeMaxNs, ageNs);
    }
    consumer.ids = [];
  }
}

/** Ids out of the answer to XREADGROUP: [[stream, [[id, fields], …]]], or nothing. */
function entryIds(reply: Reply): string[] {
  if (!Array.isArray(reply)) return [];
  const [stream] = reply as [Bytes, [Bytes, unknown][]][];
  return stream === undefined ? [] : stream[1].map(([id]) => textOf(id));
}
