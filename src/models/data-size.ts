// How much data an engine holds.

import type { Engine } from "../engine/engine.ts";

/** Keys and bytes of values of all databases. */
export function dataSize(engine: Engine): { keys: number; bytes: number } {
  let keys = 0;
  for (const database of engine.databases) keys += database?.size ?? 0;
  return { keys, bytes: engine.dataBytes };
}
