// First in, first out: a key leaves t seconds after it was stored, asked for or not. That is what volatile-ttl does when
// all keys live for the same time: the one that expires first is the one that was stored first.

import { expIntegral, type LifeModel } from "./residence.ts";

/** `t`: seconds from a store until the key is evicted. Infinity: nothing is evicted. */
export function fifoLife(t: number): LifeModel {
  return ({ writeRate }, ttl, life) => {
    life.seconds = expIntegral(writeRate, Math.min(ttl, t));
    life.expires = ttl <= t && ttl !== Number.POSITIVE_INFINITY ? Math.exp(-writeRate * ttl) : 0;
  };
}
