// A value as applications store it that must know more than the cache tells them: when it ought to be made anew, and how
// long that takes. Both travel with the value, so they cost memory and bytes on the wire.

import { VirtualBytes } from "../../engine/bytes.ts";

/** Two timestamps of eight bytes beside the value (assumed: a compact encoding; JSON would take more). */
export const ENVELOPE_BYTES = 16;

export class CachedValue extends VirtualBytes {
  constructor(
    /** Of the value itself, without its envelope. */
    length: number,
    version: number,
    /** When it is no longer fresh; Infinity: never. */
    readonly freshUntilNs: number,
    /** How long it is fresh in all. */
    readonly freshForNs: number,
    /** What it took to get it from the origin. */
    readonly recomputeNs: number,
  ) {
    super(length + ENVELOPE_BYTES, version);
  }
}
