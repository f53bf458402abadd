// How patterns read: ask the cache; on a miss ask the origin, store the answer with a time to live, return it. The user
// waits for all three trips. Who asks the origin, and what others do meanwhile, is the protection's decision (stampede/).
//
// A cache that cannot be reached is not fatal: with `fallback` the origin answers, and nothing is stored. A store that
// fails is lost silently; the user has the answer. A key that the origin does not have is stored as absent, for a time of
// its own, or not at all.

import { type Bytes, VirtualBytes } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { ReadConfig } from "../config.ts";
import { DEGRADED, FAILED, HIT, MISS } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { makeProtection } from "../stampede/index.ts";
import type { Loading, Protection } from "../stampede/protection.ts";
import { CachedValue } from "./cached-value.ts";
import { type PatternWorld, setCommand } from "./pattern.ts";
import { FALLING_BACK, FETCHING, READING, REFRESH_STORING, REFRESHING, STORING } from "./steps.ts";

/** More than any workload has keys. */
const KEYS = 2 ** 31;
/** What stands for «the origin has nothing there». */
const ABSENT_BYTES = 1;

export class ReadPath implements Loading {
  private readonly protection: Protection;
  /** Whether stored values must carry more than themselves. */
  private readonly wraps: boolean;
  /** Refreshes that are under way, by instance and key. */
  private readonly refreshing = new Set<number>();

  constructor(
    private readonly world: PatternWorld,
    private readonly requests: Requests,
    private readonly config: ReadConfig,
  ) {
    this.protection = makeProtection(config.stampede ?? { kind: "none" }, this, world, requests);
    this.wraps = this.protection.needsEnvelope;
  }

  begin(request: number): void {
    this.look(request);
  }

  look(request: number): void {
    const { world, requests, config } = this;
    requests.step[request] = READING;
    const key = world.keyText(request);
    const ttl = config.sliding === true ? world.ttlSeconds(request) : null;
    if (ttl === null) world.call(request, ["get", key], true);
    else world.call(request, ["getex", key, "PX", String(Math.max(1, Math.round(ttl * 1_000)))], false);
  }

  replied(request: number, reply: Reply): void {
    const { step } = this.requests;
    if (step[request] === READING) {
      if (reply instanceof ErrorReply) return this.failed(request);
      if (reply !== null) return this.found(request, reply);
      if (this.config.fill === false) return this.world.finish(request, MISS);
      return this.protection.missed(request, false);
    }
    if (step[request] === STORING) return this.stored(request);
    if (step[request] === REFRESH_STORING) return this.endRefresh(request);
    this.protection.replied!(request, reply);
  }

  private found(request: number, value: Reply): void {
    const { protection } = this;
    if (protection.found === undefined || !protection.found(request, value)) this.serve(request, value);
  }

  serve(request: number, value: Reply): void {
    const { world, requests } = this;
    if (world.versions !== null && value instanceof VirtualBytes) requests.version[request] = value.seed;
    if (world.isAbsent(request)) world.counters.absentHits++;
    world.finish(request, HIT);
  }

  /** The cache could not be asked, or was no help. */
  failed(request: number): void {
    const step = this.requests.step[request];
    if (step === READING) {
      if (this.config.fallback) this.protection.missed(request, true);
      else this.world.finish(request, FAILED);
    } else if (step === STORING) this.stored(request);
    else if (step === REFRESH_STORING) this.endRefresh(request);
    else this.protection.failed!(request);
  }

  resumed(request: number): void {
    this.protection.resumed!(request);
  }

  // -------------------------------------------------------------------------------------------------------------
  // The origin.

  load(request: number, degraded: boolean): void {
    this.requests.step[request] = degraded ? FALLING_BACK : FETCHING;
    this.world.fetch(request);
  }

  refresh(request: number): void {
    const { world, requests, refreshing } = this;
    const instance = requests.instance[request];
    const key = requests.key[request];
    const flight = instance * KEYS + key;
    if (refreshing.has(flight)) return;
    refreshing.add(flight);
    world.counters.refreshes++;
    const background = world.background(instance, key);
    requests.step[background] = REFRESHING;
    world.fetch(background);
  }

  private endRefresh(background: number): void {
    const { requests } = this;
    this.refreshing.delete(requests.instance[background] * KEYS + requests.key[background]);
    this.world.endBackground(background);
  }

  fetched(request: number): void {
    const step = this.requests.step[request];
    if (step === FALLING_BACK) return this.stored(request);
    this.store(request, step === REFRESHING ? REFRESH_STORING : STORING);
  }

  fetchFailed(request: number): void {
    if (this.requests.step[request] === REFRESHING) return this.endRefresh(request);
    if (this.protection.loadFailed?.(request) === true) return;
    this.fail(request);
  }

  fail(request: number): void {
    this.world.finish(request, FAILED);
  }

  private store(request: number, step: number): void {
    const { world, requests, protection } = this;
    requests.step[request] = step;
    const key = world.keyText(request);
    if (world.isAbsent(request)) {
      const seconds = world.absentSeconds();
      if (seconds === null) return step === STORING ? this.stored(request) : this.endRefresh(request);
      return world.call(
        request,
        setCommand(key, new VirtualBytes(ABSENT_BYTES, requests.version[request]), seconds),
        false,
      );
    }
    const fresh = world.ttlSeconds(request);
    const value = world.value(request);
    const stays = fresh === null ? null : fresh + protection.graceSeconds;
    const life = fresh === null ? Number.POSITIVE_INFINITY : fresh * 1e9;
    const { nowNs } = world;
    const stored = this.wraps ? wrap(value, life, nowNs + life, nowNs - requests.askedNs[request]) : value;
    const command = setCommand(key, stored, stays);
    if (this.config.fillIfAbsent === true) command.push("NX");
    world.call(request, command, false);
  }

  private stored(request: number): void {
    if (this.protection.loaded?.(request) !== true) this.answer(request);
  }

  answer(request: number): void {
    this.world.finish(request, this.requests.step[request] === FALLING_BACK ? DEGRADED : MISS);
  }

  // -------------------------------------------------------------------------------------------------------------
  // What stands in the cache at the beginning.

  preloaded(value: VirtualBytes, lifeNs: number, leftNs: number): Bytes {
    return this.wraps ? wrap(value, lifeNs, leftNs, this.config.expectedLoadNs ?? 0) : value;
  }

  /** How long a value stays beyond its time. */
  get graceSeconds(): number {
    return this.protection.graceSeconds;
  }
}

function wrap(value: Bytes, freshForNs: number, freshUntilNs: number, recomputeNs: number): CachedValue {
  const version = value instanceof VirtualBytes ? value.seed : 0;
  return new CachedValue(value.length, version, freshUntilNs, freshForNs, recomputeNs);
}
