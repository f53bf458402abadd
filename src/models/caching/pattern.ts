// What all patterns of use share: a request begins, commands and calls of the origin end, the request ends.

import type { Bytes, VirtualBytes } from "../../engine/bytes.ts";
import type { Random } from "../../sim/random.ts";
import type { PatternHandler } from "../clients/pattern-handler.ts";
import type { OriginHandler } from "../origin-calls.ts";
import type { Outcome } from "../outcome.ts";
import type { Versions } from "../versions.ts";
import type { CachingCounters } from "./counters.ts";

/** What a pattern may do; one per workload. */
export interface PatternWorld {
  readonly nowNs: number;
  readonly counters: CachingCounters;
  /** Null where nothing is written through to the origin: then nothing can be out of date. */
  readonly versions: Versions | null;
  /** Whether its library sends commands with keys of several slots in parts now. */
  readonly splitsKeys: boolean;
  /** A stream of the workload's own. */
  random(name: string): Random;
  /** Sends a command for the request. */
  call(request: number, argv: readonly Bytes[], reads: boolean): void;
  /** Asks the origin for the request's key. */
  fetch(request: number): void;
  /** Writes to the origin: so many times the work of one write. */
  save(request: number, work?: number): void;
  /** Lets the request wait; the pattern's `resumed` is called then. */
  wait(request: number, ns: number): void;
  finish(request: number, outcome: Outcome): void;
  /** A request that no user waits for, by the same instance; it ends by `endBackground`. */
  background(instance: number, key: number): number;
  endBackground(request: number): void;
  /** Calls `run` in so many ns; for rare things. */
  after(ns: number, name: string, run: () => void): void;
  keyText(request: number): string;
  /** Whether the origin has nothing under the request's key. */
  isAbsent(request: number): boolean;
  /** The value to be stored under the request's key, as its `version` column says where versions are followed. */
  value(request: number): Bytes;
  /** The client's instance that is the i-th in turn. */
  instanceAt(i: number): number;
  /** Seconds to live for a write of this request; null: for ever. */
  ttlSeconds(request: number): number | null;
  /** Seconds that an absent key is remembered as such; null: it is not. */
  absentSeconds(): number | null;
}

export interface Pattern extends PatternHandler, OriginHandler {
  /** The run begins; left out: nothing happens before the first request. */
  start?(): void;
  /** A request has come that reads. */
  begin(request: number): void;
  /** One that writes; `recorded`: a replayed trace says so, and means the cache. */
  write(request: number, recorded: boolean): void;
  /** A replayed trace says that the request's key is deleted. */
  remove(request: number): void;
  /** The wait is over. */
  resumed(request: number): void;
  /** What this pattern stores of a value that is there at the beginning, and for how long beyond its time. */
  preloaded?(value: VirtualBytes, lifeNs: number, leftNs: number): Bytes;
  readonly graceSeconds?: number;
  /** Writes that the origin does not have yet; left out: the pattern holds none back. */
  readonly queued?: number;
}

/** The SET of a value, with its time to live in the coarsest unit that keeps it. */
export function setCommand(key: string, value: Bytes, ttlSeconds: number | null): Bytes[] {
  if (ttlSeconds === null) return ["set", key, value];
  return ttlSeconds >= 10
    ? ["set", key, value, "EX", String(Math.round(ttlSeconds))]
    : ["set", key, value, "PX", String(Math.max(1, Math.round(ttlSeconds * 1_000)))];
}
