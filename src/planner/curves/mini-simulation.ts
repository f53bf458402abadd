// The hit rate of any eviction policy at one size, by running the engine's own code on a sample of the keys with as much
// less memory (C. Waldspurger, T. Saemundsson, I. Ahmad, N. Park, ATC 2017). At rate 1 it is the full simulation.
//
// The most popular keys are taken out of the sample and of the memory: those that are asked for so often that no policy
// evicts them, with requests eight times closer to each other than what turns the cache over. Their first request and
// the first after each TTL miss. The rest of the requests hit as often as the sample does.
// A pool of sixteen candidates and five samples per eviction do not scale with the cache, so a cache that would hold
// fewer than some thousand keys is simulated at a higher rate.

import { VirtualBytes } from "../../engine/bytes.ts";
import { Engine } from "../../engine/engine.ts";
import { hashKey } from "../../engine/keyspace.ts";
import type { EngineProfile } from "../../engine/profile.ts";
import { randomFrom } from "../../sim/random.ts";
import { TRACE_DELETE, TRACE_GET } from "../../workload/traces/trace.ts";
import type { RequestLog } from "./requests.ts";
import { requestsByKey, STRATA, stratumOf } from "./stack-distance.ts";

export interface MiniOptions {
  readonly profile: EngineProfile;
  /** maxmemory-policy, and other parameters of the engine. */
  readonly policy: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Memory for keys. */
  readonly bytes: number;
  readonly rate: number;
  /** A cache is not made so small that it would hold fewer keys. */
  readonly leastKeys: number;
}

export interface MiniResult {
  readonly hitRate: number;
  readonly rate: number;
  readonly evictions: number;
  readonly expired: number;
}

const EPOCH_MS = 1_700_000_000_000;
const CRON_MS = 100;
/** Hot keys take no more than this share of the memory. */
const HOT_SHARE = 0.5;
const SAFETY = 8;

export function miniSimulation(log: RequestLog, footprints: Float64Array, options: MiniOptions): MiniResult {
  const mean = footprints.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, footprints.length);
  const held = Math.min(log.keyCount, options.bytes / mean);
  const wanted = Math.max(options.rate, options.leastKeys / Math.max(1, held));
  const rate = wanted >= 1 ? 1 : wanted;
  const hot = new Uint8Array(log.keyCount);
  let room = options.bytes;
  if (rate < 1) {
    for (const key of keysAskedFor(log, (SAFETY * log.count) / held)) {
      if (room - footprints[key] < HOT_SHARE * options.bytes) break;
      hot[key] = 1;
      room -= footprints[key];
    }
  }
  return replay(log, { ...options, bytes: room, rate }, hot);
}

/** Keys with at least so many requests, the most popular first. */
function keysAskedFor(log: RequestLog, times: number): number[] {
  const requests = requestsByKey(log);
  return Array.from(requests.keys())
    .filter(key => requests[key] >= times)
    .sort((a, b) => requests[b] - requests[a] || a - b);
}

function replay(log: RequestLog, options: MiniOptions, hot: Uint8Array): MiniResult {
  const { rate, policy, profile } = options;
  const engine = new Engine({
    profile,
    random: randomFrom(`planner/mini/${policy}/${options.bytes}`),
    nowMs: EPOCH_MS,
    parameters: { "latency-tracking": "no", ...options.parameters, "maxmemory-policy": policy },
  });
  const session = engine.session(1);
  engine.execute(session, ["config", "set", "maxmemory", String(Math.round(engine.usedMemory + options.bytes * rate))]);
  const texts = log.names.texts;
  const hashes = rate < 1 ? log.hashes() : null;
  const engineHashes = Int32Array.from(texts, hashKey);
  const hotEndsMs = new Float64Array(log.keyCount).fill(-1);
  let ticks = 0;
  const requests = requestsByKey(log);
  const sampledReads = new Float64Array(STRATA);
  const sampledHits = new Float64Array(STRATA);
  const coldReads = new Float64Array(STRATA);
  let hotHits = 0;
  let reads = 0;
  for (let i = 0; i < log.count; i++) {
    const key = log.keys[i];
    const op = log.ops[i];
    const ms = log.times[i];
    const ttl = log.ttls[i];
    if (op === TRACE_GET) reads++;
    if (hot[key] === 1) {
      const there = op === TRACE_GET && ms <= hotEndsMs[key];
      if (there) hotHits++;
      else hotEndsMs[key] = op === TRACE_DELETE ? -1 : ttl > 0 ? ms + ttl * 1_000 : Number.POSITIVE_INFINITY;
      continue;
    }
    const stratum = stratumOf(requests[key]);
    if (op === TRACE_GET) coldReads[stratum]++;
    if (hashes !== null && hashes[key] >= rate) continue;
    while ((ticks + 1) * CRON_MS <= ms) {
      // A long quiet time needs no tick for each tenth of a second of it.
      if ((ticks + MOST_TICKS) * CRON_MS < ms) ticks = Math.floor(ms / CRON_MS) - MOST_TICKS;
      engine.cron(EPOCH_MS + ++ticks * CRON_MS);
    }
    engine.setTime(Math.max(engine.nowMs, EPOCH_MS + Math.floor(ms)));
    const text = texts[key];
    if (op === TRACE_DELETE) {
      engine.execute(session, ["del", text], -1, engineHashes[key]);
      continue;
    }
    if (op === TRACE_GET) {
      sampledReads[stratum]++;
      if (engine.execute(session, ["get", text], -1, engineHashes[key]) !== null) {
        sampledHits[stratum]++;
        continue;
      }
    }
    const value = new VirtualBytes(log.valueBytes(key), key);
    const px = ttl > 0 ? Math.max(1, Math.round(ttl * 1_000)) : 0;
    engine.execute(
      session,
      px > 0 ? ["set", text, value, "PX", String(px)] : ["set", text, value],
      -1,
      engineHashes[key],
    );
  }
  // Each stratum of popularity hits as its sample does; one without a sample as all of them together.
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const overall = sum(sampledHits) / Math.max(1, sum(sampledReads));
  let coldHits = 0;
  for (let c = 0; c < STRATA; c++) {
    coldHits += coldReads[c] * (sampledReads[c] === 0 ? overall : sampledHits[c] / sampledReads[c]);
  }
  return {
    hitRate: reads === 0 ? 0 : (hotHits + coldHits) / reads,
    rate,
    evictions: engine.stats.evictedKeys / rate,
    expired: engine.stats.expiredKeys / rate,
  };
}

const MOST_TICKS = 600;
