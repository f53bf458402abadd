// Feeds a request sequence of shared/truth or shared/traces to an engine, the way the real servers got it: GET, on a
// miss SET; the clock moves in slots of 100 ms, and the cron runs once a slot.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { VirtualBytes } from "../../src/engine/bytes.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { ErrorReply } from "../../src/engine/reply.ts";
import { randomFrom } from "../../src/sim/random.ts";

export interface Sequence {
  readonly timeMs: Float64Array;
  readonly keys: readonly string[];
  readonly isSet: Uint8Array;
  readonly size: Float64Array;
  /** Seconds; NaN where the file has none. */
  readonly ttl: Float64Array;
}

/** Reads a sequence; `limit` keeps the first so many lines. */
export function readSequence(path: string, limit = Number.POSITIVE_INFINITY): Sequence {
  const lines = gunzipSync(readFileSync(path)).toString("latin1").trimEnd().split("\n");
  const count = Math.min(limit, lines.length - 1);
  const sequence = {
    timeMs: new Float64Array(count),
    keys: new Array<string>(count),
    isSet: new Uint8Array(count),
    size: new Float64Array(count),
    ttl: new Float64Array(count),
  };
  const names = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const [time, key, op, size, ttl] = lines[i + 1].split(",");
    sequence.timeMs[i] = Number(time);
    let name = names.get(key);
    if (name === undefined) names.set(key, (name = key));
    sequence.keys[i] = name;
    sequence.isSet[i] = op === "set" ? 1 : 0;
    sequence.size[i] = size === "" ? Number.NaN : Number(size);
    // The truth files write 0 for "no TTL".
    sequence.ttl[i] = ttl === "" || ttl === undefined || ttl === "0" ? Number.NaN : Number(ttl);
  }
  return sequence;
}

export interface ReplayOptions {
  readonly policy: string;
  readonly maxmemory: number;
  /** used_memory before the first key. */
  readonly baseBytes: number;
  readonly seed: number;
  readonly samples?: number;
  readonly conf?: Readonly<Record<string, string>>;
}

export interface ReplayResult {
  readonly hits: number;
  readonly gets: number;
  readonly oom: number;
  readonly evicted: number;
  readonly expired: number;
  readonly keys: number;
  readonly usedMemory: number;
}

/**
 * The client's reply buffer: 16 KiB while `used_memory_base` was read, cut to 1 KiB by the server's cron as soon as the
 * client asks for little at a time. From then on the keys have so much more.
 */
export const REPLY_BUFFER_SHRINK = 16_384 - 1_024;

const SLOT_MS = 100;
/** The servers ran in the present, not in 1970: the LFU minutes and LRU seconds start somewhere in the middle. */
const EPOCH_MS = 1_700_000_000_000;

export function replay(sequence: Sequence, options: ReplayOptions): ReplayResult {
  const engine = new Engine({
    profile: engineProfile("redis-7.0")!,
    quantum: 16,
    random: randomFrom(`oracle/${options.seed}`),
    nowMs: EPOCH_MS,
    parameters: {
      "maxmemory-policy": options.policy,
      maxmemory: String(Math.round(options.maxmemory)),
      "latency-tracking": "no",
      ...options.conf,
    },
  });
  engine.baseBytes = options.baseBytes;
  const session = engine.session(1);
  const values = new Map<number, VirtualBytes>();
  let slot = 0;
  let hits = 0;
  let gets = 0;
  let oom = 0;
  for (let i = 0; i < sequence.keys.length; i++) {
    const target = Math.floor(sequence.timeMs[i] / SLOT_MS);
    while (slot < target) engine.cron(EPOCH_MS + ++slot * SLOT_MS);
    const key = sequence.keys[i];
    // A cell of `via: pipe` runs GET and SET in one script, and a script is told once, at its start, whether memory is
    // over the limit: what its GET frees by finding an expired key does not let its SET through.
    const wasOver = options.policy === "noeviction" && options.maxmemory > 0 && engine.memoryToFree() > 0;
    if (sequence.isSet[i] === 0) {
      gets++;
      if (engine.execute(session, ["get", key]) !== null) {
        hits++;
        continue;
      }
    }
    if (wasOver) {
      oom++;
      continue;
    }
    const size = sequence.size[i];
    let value = values.get(size);
    if (value === undefined) values.set(size, (value = new VirtualBytes(size, 0)));
    const ttl = sequence.ttl[i];
    const reply = engine.execute(
      session,
      Number.isNaN(ttl) ? ["set", key, value] : ["set", key, value, "EX", String(ttl)],
    );
    if (reply instanceof ErrorReply) oom++;
  }
  return {
    hits,
    gets,
    oom,
    evicted: engine.stats.evictedKeys,
    expired: engine.stats.expiredKeys,
    keys: engine.database(0).size,
    usedMemory: engine.usedMemory,
  };
}
