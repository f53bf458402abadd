// What all patterns of use share: a request begins, commands and fetches end, the request ends.

import type { Bytes } from "../../engine/bytes.ts";
import type { PatternHandler } from "../client.ts";
import type { Outcome } from "../outcome.ts";

/** What a pattern may do; one per workload. */
export interface PatternWorld {
  /** Sends a command for the request. */
  call(request: number, argv: readonly Bytes[], reads: boolean): void;
  /** Asks the origin; `fetched` is called when it has answered. */
  fetch(request: number): void;
  finish(request: number, outcome: Outcome): void;
  keyText(request: number): string;
  /** The value to be stored under the request's key. */
  value(request: number): Bytes;
  /** Seconds to live for a write of this request; null: for ever. */
  ttlSeconds(request: number): number | null;
}

export interface Pattern extends PatternHandler {
  /** A request has come; `write` when a replayed trace says that it stores something. */
  begin(request: number, write: boolean): void;
  /** A replayed trace says that the request's key is deleted. */
  remove(request: number): void;
}

/** The SET of a value, with its time to live in the coarsest unit that keeps it. */
export function setCommand(key: string, value: Bytes, ttlSeconds: number | null): Bytes[] {
  if (ttlSeconds === null) return ["set", key, value];
  return ttlSeconds >= 10
    ? ["set", key, value, "EX", String(Math.round(ttlSeconds))]
    : ["set", key, value, "PX", String(Math.max(1, Math.round(ttlSeconds * 1_000)))];
}
