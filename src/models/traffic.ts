// One workload at work: when its requests come, which key each is for, and the pattern that carries it out.

import { assert, fail } from "../assert.ts";
import { type Bytes, VirtualBytes } from "../engine/bytes.ts";
import type { Command } from "../engine/command.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { nextGapNs } from "../workload/arrivals/open.ts";
import { TRACE_DELETE, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "../workload/traces/trace.ts";
import { ValueTable } from "../workload/values.ts";
import { cacheAside } from "./caching/cache-aside.ts";
import { commandMix } from "./caching/commands.ts";
import type { Pattern, PatternWorld } from "./caching/pattern.ts";
import type { Client } from "./client.ts";
import type { WorkloadConfig } from "./config.ts";
import { ORIGIN_DONE } from "./messages.ts";
import type { Origin } from "./origin.ts";
import type { Outcome } from "./outcome.ts";
import type { Requests } from "./requests.ts";

/** To a workload's target: the next request of an open loop or trace is due; a closed loop's user wants one. */
const ARRIVE = 0;

export class Traffic implements PatternWorld {
  /** Requests that came, and that ended. */
  arrived = 0;
  ended = 0;

  private readonly target: number;
  private readonly arrivals: Random;
  private readonly keyDraws: Random;
  private readonly ttlDraws: Random;
  private readonly values: ValueTable;
  private readonly pattern: Pattern;
  /** Values of replayed requests, by size. */
  private readonly traceValues = new Map<number, VirtualBytes>();
  private nextInstance = 0;
  private drawKey = () => this.config.popularity(this.keyDraws);

  constructor(
    readonly index: number,
    readonly config: WorkloadConfig,
    private readonly client: Client,
    private readonly origin: Origin,
    private readonly sim: Simulation,
    private readonly requests: Requests,
    private readonly endNs: number,
    commandOf: (name: string) => Command | undefined,
    private readonly onFinish: (request: number, outcome: Outcome) => void,
    private readonly onBegin: () => void,
  ) {
    const { name } = config;
    this.arrivals = sim.random(`${name}/arrivals`);
    this.keyDraws = sim.random(`${name}/keys`);
    this.ttlDraws = sim.random(`${name}/ttl`);
    this.values = new ValueTable(
      config.keyCount,
      config.valueBytes,
      config.valuePerWrite,
      sim.random(`${name}/values`),
    );
    this.pattern = this.makePattern(commandOf);
    client.handlers[index] = this.pattern;
    this.target = sim.register(kind => {
      if (kind !== ARRIVE) fail(`workload ${name} got an event of kind ${kind}`);
      this.arrive();
    });
  }

  private makePattern(commandOf: (name: string) => Command | undefined): Pattern {
    const { pattern, load, name } = this.config;
    if (pattern.kind === "cache-aside") {
      const fill = load.kind !== "trace" || load.fill;
      return cacheAside(this, this.requests, pattern.fallback, fill);
    }
    const random = this.sim.random(`${name}/commands`);
    return commandMix(
      this,
      this.requests,
      pattern.templates,
      commandOf,
      {
        keyText: key => this.config.keys.text(key),
        value: key => this.values.value(key),
        ttlSeconds: () => Math.max(1, Math.round(this.drawTtl() ?? 1)),
        random,
      },
      random,
    );
  }

  /** Schedules the first requests. */
  start(): void {
    const { load } = this.config;
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
    else if (load.kind === "open") gap = nextGapNs(load.rate, load.spacing, this.arrivals, now, this.endNs);
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
      if (op === TRACE_DELETE) this.pattern.remove(request);
      else this.pattern.begin(request, op === TRACE_SET);
      return;
    }
    const times = load.kind === "open" ? load.burst : 1;
    if (load.kind === "open") this.scheduleNext();
    const first = this.nextInstance;
    for (let i = 0; i < times; i++) {
      // A burst is one client's: a pipeline.
      this.nextInstance = first;
      this.pattern.begin(this.open(this.drawKey()), false);
    }
  }

  /** Lets somebody else draw the keys, who may ask for a usual one; returns how to stop it. */
  drawKeysBy(draw: (usual: () => number) => number): () => void {
    const usual = this.drawKey;
    this.drawKey = () => draw(usual);
    return () => {
      this.drawKey = usual;
    };
  }

  private open(key: number): number {
    const { requests, client, config } = this;
    if (client.presence.away !== null) this.nextInstance = client.presence.presentFrom(this.nextInstance);
    const instance = client.firstInstance + this.nextInstance;
    this.nextInstance = this.nextInstance + 1 === client.config.instances ? 0 : this.nextInstance + 1;
    const request = requests.open(this.index, instance, key, this.sim.now);
    requests.slot[request] = config.keys.slot(key);
    requests.hash[request] = config.keys.hash(key);
    requests.hinted[request] = 1;
    this.arrived++;
    this.onBegin();
    return request;
  }

  // -------------------------------------------------------------------------------------------------------------
  // What the pattern asks for.

  call(request: number, argv: readonly Bytes[], reads: boolean): void {
    this.client.call(request, argv, reads);
  }

  fetch(request: number): void {
    const { requests, sim } = this;
    const generation = ++requests.generation[request];
    const done = this.origin.fetch(sim.now);
    sim.send(done - sim.now, this.client.target, ORIGIN_DONE, request, generation);
  }

  finish(request: number, outcome: Outcome): void {
    this.ended++;
    this.onFinish(request, outcome);
    this.requests.close(request);
    this.thinkThenAsk();
  }

  keyText(request: number): string {
    return this.config.keys.text(this.requests.key[request]);
  }

  value(request: number): Bytes {
    const size = this.requests.valueSize[request];
    if (size < 0) return this.values.value(this.requests.key[request]);
    let value = this.traceValues.get(size);
    if (value === undefined) this.traceValues.set(size, (value = new VirtualBytes(size, 0)));
    return value;
  }

  ttlSeconds(request: number): number | null {
    const given = this.requests.ttlSeconds[request];
    if (given > 0) return given;
    return given === 0 ? null : this.drawTtl();
  }

  private drawTtl(): number | null {
    const { ttlSeconds } = this.config;
    return ttlSeconds === null ? null : ttlSeconds.sample(this.ttlDraws);
  }

  private remainingTtl(): number | null {
    const whole = this.drawTtl();
    return whole === null ? null : whole * this.ttlDraws.next();
  }

  /**
   * Keys and values that stand in the cache before the run, most popular first. Their lives are under way: what is left
   * of each is a uniform share of it.
   */
  *preload(): Generator<{ key: string; slot: number; hash: number; value: Bytes; ttlSeconds: number | null }> {
    const { keys, keyCount, preload } = this.config;
    const count = Math.round(keyCount * preload);
    for (let key = 0; key < count; key++) {
      yield {
        key: keys.text(key),
        slot: keys.slot(key),
        hash: keys.hash(key),
        value: this.values.value(key),
        ttlSeconds: this.remainingTtl(),
      };
    }
  }
}
