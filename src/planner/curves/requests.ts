// The requests that a hit-rate curve is made of, in columns: who asked for what, when, and how much memory the key takes.

import { VirtualBytes } from "../../engine/bytes.ts";
import { hashKey } from "../../engine/keyspace.ts";
import type { Layout } from "../../engine/memory/layout.ts";
import { tableBytes } from "../../engine/memory/table-bytes.ts";
import { stringCapacity, stringForm } from "../../engine/values/string.ts";
import type { Distribution } from "../../sim/distributions/distribution.ts";
import { randomFrom } from "../../sim/random.ts";
import type { TraceSink } from "../../workload/traces/intake.ts";
import { type TraceKeys, UNKNOWN_SIZE, UNKNOWN_TTL } from "../../workload/traces/trace.ts";

/** What is taken where a trace does not say. */
export interface Defaults {
  readonly valueBytes: Distribution;
  /** Seconds; null: none. */
  readonly ttlSeconds: Distribution | null;
}

/** Requests in order of time. Times are ms, TTLs seconds (0: none). */
export class RequestLog implements TraceSink {
  count = 0;
  times = new Float64Array(1 << 16);
  keys = new Int32Array(1 << 16);
  ops = new Uint8Array(1 << 16);
  ttls = new Float64Array(1 << 16);
  /** Value bytes by key: the last that was told, or drawn once. */
  private readonly sizes: (number | undefined)[] = [];
  private readonly random = randomFrom("planner/curves/defaults");

  constructor(
    readonly names: TraceKeys,
    private readonly defaults: Defaults,
  ) {}

  push(timeNs: number, key: number, op: number, size: number, ttl: number): void {
    if (this.count === this.times.length) this.widen();
    const at = this.count++;
    this.times[at] = timeNs / 1e6;
    this.keys[at] = key;
    this.ops[at] = op;
    if (size !== UNKNOWN_SIZE) this.sizes[key] = size;
    else this.sizes[key] ??= Math.max(0, Math.round(this.defaults.valueBytes.sample(this.random)));
    const { ttlSeconds } = this.defaults;
    if (ttl !== UNKNOWN_TTL) this.ttls[at] = ttl;
    else this.ttls[at] = ttlSeconds === null ? 0 : ttlSeconds.sample(this.random);
  }

  valueBytes(key: number): number {
    return this.sizes[key] ?? 0;
  }

  get keyCount(): number {
    return this.names.texts.length;
  }

  /** Bytes that each key takes in memory, with its share of the bucket arrays. */
  footprints(layout: Layout): Float64Array {
    let hasTtl = false;
    for (let i = 0; i < this.count && !hasTtl; i++) hasTtl = this.ttls[i] > 0;
    const keys = this.keyCount;
    const table = tableBytes(layout, keys, hasTtl ? keys : 0, 0) / Math.max(1, keys);
    return Float64Array.from({ length: this.keyCount }, (_, key) => {
      const value = new VirtualBytes(this.valueBytes(key), 0);
      const form = stringForm(value, false);
      return layout.stringBytes(this.names.texts[key].length, hasTtl, form, stringCapacity(value)) + table;
    });
  }

  /** A hash of each key, uniform over [0, 1): what sampling by key goes by. */
  hashes(): Float64Array {
    return Float64Array.from(this.names.texts, text => keyHash(text));
  }

  private widen(): void {
    const double = <T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const room = 2 * this.times.length;
    this.times = double(this.times, new Float64Array(room));
    this.keys = double(this.keys, new Int32Array(room));
    this.ops = double(this.ops, new Uint8Array(room));
    this.ttls = double(this.ttls, new Float64Array(room));
  }
}

/** Uniform over [0, 1), the same for the same text everywhere. */
export function keyHash(text: string): number {
  let h = hashKey(text);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}
