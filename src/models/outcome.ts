// How a user's request can end. Every request ends in exactly one of these.

/** Answered from the cache. */
export const HIT = 0;
/** Not in the cache; answered by the origin, and stored. */
export const MISS = 1;
/** A plain command that was answered without an error. */
export const DONE = 2;
/** The cache could not be reached; answered by the origin all the same. */
export const DEGRADED = 3;
/** No answer, or an error. */
export const FAILED = 4;

export type Outcome = typeof HIT | typeof MISS | typeof DONE | typeof DEGRADED | typeof FAILED;
export const OUTCOME_COUNT = 5;
