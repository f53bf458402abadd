// One workload at work: when its requests come, which key each is for, and the pattern that carries it out.

import { assert, fail } from "../assert.ts";
import { type Bytes, VirtualBytes } from "../engine/bytes.ts";
import type { Command } from "../engine/command.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { nextGapNs } from "../workload/arrivals/open.ts";
import { type Rate, surgingRate } from "../workload/rate.ts";
import { scattered } from "../workload/scattered.ts";
import { TRACE_DELETE, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "../workload/traces/trace.ts";
import { ValueTable } from "../workload/values.ts";
import { commandMix } from "./caching/commands.ts";
import { CachingCounters } from "./caching/counters.ts";
import { cachingPattern } from "./caching/index.ts";
import type { Pattern, PatternWorld } from "./caching/pattern.ts";
import { FIRST_OF_WRITES } from "./caching/steps.ts";
import type { Client } from "./client.ts";
import { HedgedReads } from "./clients/hedged-reads.ts";
import type { WorkloadConfig } from "./config.ts";
import { Overlapping } from "./faults/overlapping.ts";
import { Flights } from "./flights.ts";
import { type KeyDraw, keyDrawer } from "./key-draw.ts";
import type { OriginCalls } from "./origin-calls.ts";
import { HIT, MISS, type Outcome } from "./outcome.ts";
import type { Preloaded } from "./preload.ts";
import type { Requests } from "./requests.ts";
import { Versions } from "./versions.ts";

/** To a workload's target: the next request of an open loop or trace is due; a closed loop's user wants one. */
const ARRIVE = 0;
/** A request has waited for as long as its pattern wanted: a = request, b = generation. */
const RESUME = 1;

export interface TrafficListener {
  began(): void;
  ended(request: number, outcome: Outcome): void;
}

export class Traffic implements PatternWorld {
  /** Requests that came, and that ended. */
  arrived = 0;
  ended = 0;
  /** Requests in progress that no user waits for. */
  inBackground = 0;
  readonly counters = new CachingCounters();
  readonly lastCounters = new Map<string, number>();
  readonly versions: Versions | null;
  readonly pattern: Pattern;
  /** Who sends commands: the client, or who sends slow reads a second time. */
  private readonly caller: Client | HedgedReads;

  private readonly target: number;
  private readonly arrivals: Random;
  private readonly ttlDraws: Random;
  private readonly writeDraws: Random | null;
  private readonly values: ValueTable;
  private readonly flights: Flights;
  /** Values of replayed requests, by size. */
  private readonly traceValues = new Map<number, VirtualBytes>();
  private nextInstance = 0;
  /** The rate of an open loop now; null otherwise. */
  private rate: Rate | null;
  private drawKey: () => number;
  private readonly keyDrawsBy: Overlapping<KeyDraw>;
  private readonly surges: Overlapping<(usual: Rate) => Rate>;

  constructor(
    readonly index: number,
    readonly config: WorkloadConfig,
    readonly client: Client,
    private readonly origin: OriginCalls,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    private readonly endNs: number,
    commandOf: (name: string) => Command | undefined,
    private readonly listener: TrafficListener,
  ) {
    const { name, keyCount, writeShare = 0, pattern } = config;
    this.arrivals = sim.random(`${name}/arrivals`);
    this.ttlDraws = sim.random(`${name}/ttl`);
    this.writeDraws = writeShare > 0 ? sim.random(`${name}/writes`) : null;
    this.values = new ValueTable(keyCount, config.valueBytes, config.valuePerWrite, sim.random(`${name}/values`));
    this.rate = config.load.kind === "open" ? config.load.rate : null;
    const usualKey = keyDrawer(config, sim);
    this.drawKey = usualKey;
    this.keyDrawsBy = new Overlapping(present => {
      this.drawKey = present.reduce<() => number>((usual, draw) => () => draw(usual), usualKey);
    });
    const usualRate = this.rate;
    this.surges = new Overlapping(present => {
      this.rate = present.reduce((rate, surge) => rate && surge(rate), usualRate);
    });
    this.versions = writeShare > 0 && pattern.kind !== "commands" ? new Versions(keyCount) : null;
    this.flights = new Flights(keyCount, this.counters);
    this.pattern = this.makePattern(commandOf);
    const { hedging } = client;
    const hedged =
      hedging === null ? null : new HedgedReads(hedging, client, this.pattern, this.counters, this, sim, requests);
    this.caller = hedged ?? client;
    client.handlers[index] = hedged ?? this.pattern;
    origin.handlers[index] = {
      atOrigin: this.pattern.atOrigin,
      fetched: request => {
        this.landed(request);
        this.pattern.fetched(request);
      },
      fetchFailed: request => {
        this.landed(request);
        this.pattern.fetchFailed(request);
      },
    };
    this.target = sim.register((kind, a, b) => {
      if (kind === ARRIVE) return this.arrive();
      if (kind !== RESUME) fail(`workload ${name} got an event of kind ${kind}`);
      if (requests.generation[a] === b) this.pattern.resumed(a);
    });
  }

  private makePattern(commandOf: (name: string) => Command | undefined): Pattern {
    const { pattern, load } = this.config;
    if (pattern.kind !== "commands") {
      const isFilled = load.kind !== "trace" || load.fill;
      const whole = pattern.kind === "cache-aside" ? { fill: isFilled, ...pattern } : pattern;
      return cachingPattern(whole, this, this.requests, this.config.keyCount);
    }
    const random = this.random("commands");
    return commandMix(
      this,
      this.requests,
      pattern.templates,
      commandOf,
      {
        keyText: key => this.config.keys.text(key),
        anotherKey: () => this.drawKey(),
        value: key => this.values.value(key),
        ttlSeconds: key => Math.max(1, Math.round(this.drawTtl(key) ?? 1)),
        random,
      },
      random,
      pattern.scripts,
    );
  }

  /** Schedules the first requests. */
  start(): void {
    const { load } = this.config;
    this.pattern.start?.();
    if (load.kind === "closed") {
      for (let user = 0; user < load.users; user++) this.thinkThenAsk();
    } else {
      this.scheduleNext();
    }
  }

  private scheduleNext(): void {
    const { load } = this.config;
    const { now } = this.sim;
    let gap: number;
    if (load.kind === "trace") gap = Math.max(0, load.buffer.nextNs - now);
    else if (load.kind === "open") gap = nextGapNs(this.rate!, load.spacing, this.arrivals, now, this.endNs);
    else return;
    if (now + gap <= this.endNs) this.sim.send(gap, this.target, ARRIVE, 0, 0);
  }

  private thinkThenAsk(): void {
    const { load } = this.config;
    if (load.kind !== "closed") return;
    const think = Math.max(0, Math.round(load.thinkNs.sample(this.arrivals)));
    if (this.sim.now + think <= this.endNs) this.sim.send(think, this.target, ARRIVE, 0, 0);
  }

  private arrive(): void {
    const { load } = this.config;
    if (load.kind === "trace") {
      const { buffer } = load;
      const request = this.open(buffer.key);
      if (buffer.size !== UNKNOWN_SIZE) this.requests.valueSize[request] = buffer.size;
      if (buffer.ttl !== UNKNOWN_TTL) this.requests.ttlSeconds[request] = buffer.ttl;
      const { op } = buffer;
      buffer.skip();
      assert(buffer.finished || buffer.length > 0, "the trace buffer ran dry within a slice of the run");
      this.scheduleNext();
      if (op === TRACE_SET) this.pattern.write(request, true);
      else if (op === TRACE_DELETE) this.pattern.remove(request);
      else this.pattern.begin(request);
      return;
    }
    const times = load.kind === "open" ? load.burst : 1;
    if (load.kind === "open") this.scheduleNext();
    const first = this.nextInstance;
    for (let i = 0; i < times; i++) {
      // A burst is one client's: a pipeline.
      this.nextInstance = first;
      const request = this.open(this.drawKey());
      if (this.writeDraws !== null && this.writeDraws.next() < this.config.writeShare!) {
        this.pattern.write(request, false);
      } else this.pattern.begin(request);
    }
  }

  /** Lets somebody else draw the keys, who may ask for one as it would be without it; returns how to stop it. */
  drawKeysBy(draw: KeyDraw): () => void {
    return this.keyDrawsBy.add(draw);
  }

  /** More come than usual: `factor` times as many when all are there, which takes `riseNs`. Returns how to end it. */
  surge(factor: number, riseNs: number): () => void {
    assert(this.rate !== null, `${this.config.name} is no open loop: nobody can come on top`);
    const { now } = this.sim;
    return this.surges.add(usual => surgingRate(usual, factor, now, now + riseNs));
  }

  private open(key: number): number {
    const { client } = this;
    if (client.presence.away !== null) this.nextInstance = client.presence.presentFrom(this.nextInstance);
    const instance = client.firstInstance + this.nextInstance;
    this.nextInstance = this.nextInstance + 1 === client.config.instances ? 0 : this.nextInstance + 1;
    this.arrived++;
    this.listener.began();
    return this.place(instance, key);
  }

  private place(instance: number, key: number): number {
    const { requests, config } = this;
    const request = requests.open(this.index, instance, key, this.sim.now);
    requests.slot[request] = config.keys.slot(key);
    requests.hash[request] = config.keys.hash(key);
    requests.keyLength[request] = config.keys.length(key);
    requests.hinted[request] = 1;
    return request;
  }

  // -------------------------------------------------------------------------------------------------------------
  // What the pattern asks for.

  get nowNs(): number {
    return this.sim.now;
  }

  get splitsKeys(): boolean {
    return this.client.splitsKeys;
  }

  random(name: string): Random {
    return this.sim.random(`${this.config.name}/${name}`);
  }

  call(request: number, argv: readonly Bytes[], reads: boolean): void {
    this.caller.call(request, argv, reads);
  }

  fetch(request: number): void {
    this.flights.began(this.requests.key[request]);
    this.origin.call(request, 1);
  }

  private landed(request: number): void {
    if (this.requests.step[request] < FIRST_OF_WRITES) this.flights.landed(this.requests.key[request]);
  }

  save(request: number, work = 1): void {
    this.origin.call(request, work);
  }

  wait(request: number, ns: number): void {
    this.sim.send(ns, this.target, RESUME, request, ++this.requests.generation[request]);
  }

  after(ns: number, name: string, run: () => void): void {
    this.sim.after(ns, `${this.config.name}/${name}`, run);
  }

  finish(request: number, outcome: Outcome): void {
    this.ended++;
    if (this.versions !== null && (outcome === HIT || outcome === MISS)) this.noteAge(request);
    this.listener.ended(request, outcome);
    this.requests.close(request);
    this.thinkThenAsk();
  }

  /** An answer is stale when it was out of date before it was asked for. */
  private noteAge(request: number): void {
    const since = this.versions!.supersededAt(this.requests.version[request]);
    if (since >= this.requests.startedNs[request]) return;
    const { counters } = this;
    const age = this.sim.now - since;
    counters.staleReads++;
    counters.staleAge.record(age);
    counters.staleAgeMaxNs = Math.max(counters.staleAgeMaxNs, age);
  }

  background(instance: number, key: number): number {
    this.inBackground++;
    return this.place(instance, key);
  }

  endBackground(request: number): void {
    this.inBackground--;
    this.requests.close(request);
  }

  instanceAt(i: number): number {
    const { firstInstance, config } = this.client;
    return firstInstance + (i % config.instances);
  }

  keyText(request: number): string {
    return this.config.keys.text(this.requests.key[request]);
  }

  isAbsent(request: number): boolean {
    const { absentShare = 0 } = this.config;
    if (absentShare === 0) return false;
    const key = this.requests.key[request];
    // What was written is there.
    if (scattered(key) >= absentShare) return false;
    return this.versions === null || this.pattern.atOrigin!.current(key) === this.versions.initial(key);
  }

  value(request: number): Bytes {
    const size = this.requests.valueSize[request];
    if (size < 0) {
      const value = this.values.value(this.requests.key[request]);
      return this.versions === null ? value : new VirtualBytes(value.length, this.requests.version[request]);
    }
    let value = this.traceValues.get(size);
    if (value === undefined) this.traceValues.set(size, (value = new VirtualBytes(size, 0)));
    return value;
  }

  ttlSeconds(request: number): number | null {
    const given = this.requests.ttlSeconds[request];
    if (given > 0) return given;
    return given === 0 ? null : this.drawTtl(this.requests.key[request]);
  }

  private drawTtl(key: number): number | null {
    const { ttlSeconds, sample } = this.config;
    if (ttlSeconds === null) return null;
    const seconds = ttlSeconds.sample(this.ttlDraws);
    // A key that stands for itself is asked for as often as ever while the cache's time runs `per` times faster.
    return sample !== undefined && key < sample.hot ? seconds * sample.per : seconds;
  }

  absentSeconds(): number | null {
    const { pattern } = this.config;
    if (!("absentSeconds" in pattern) || pattern.absentSeconds == null) return null;
    return pattern.absentSeconds.sample(this.ttlDraws);
  }

  /**
   * Keys and values that stand in the cache before the run, most popular first. Their lives are under way: what is left
   * of each is a uniform share of it.
   */
  preload(): Iterable<Preloaded> {
    const { keyCount, preload, sample } = this.config;
    return this.stored(sample === undefined ? Math.round(keyCount * preload) : sample.among(sample.keys * preload));
  }

  /** The keys that stand for themselves in a sample. */
  hotKeys(): Iterable<Preloaded> {
    return this.stored(this.config.sample?.hot ?? 0);
  }

  private *stored(count: number): Generator<Preloaded> {
    const { keys, presence, absentShare = 0 } = this.config;
    const { pattern } = this;
    for (let key = 0; key < count; key++) {
      if (presence !== undefined && this.ttlDraws.next() >= presence(key)) continue;
      const life = this.drawTtl(key);
      const left = life === null ? null : life * this.ttlDraws.next();
      if (absentShare > 0 && scattered(key) < absentShare) continue;
      const plain = this.values.value(key);
      const value = pattern.preloaded?.(plain, (life ?? Infinity) * 1e9, (left ?? Infinity) * 1e9) ?? plain;
      yield {
        key: keys.text(key),
        slot: keys.slot(key),
        hash: keys.hash(key),
        value,
        ttlSeconds: left === null ? null : left + (pattern.graceSeconds ?? 0),
      };
    }
  }
}
