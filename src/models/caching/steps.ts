// Where a request of a caching pattern stands: the value of its `step` column. Reads, then protections against stampedes,
// then writes: whoever is asked about a step knows by its number whose it is.

/** Reads. */
export const READING = 0;
export const FETCHING = 1;
export const STORING = 2;
/** The cache could not be reached: the origin answers, nothing is stored. */
export const FALLING_BACK = 3;
/** In the background: nobody waits for it. */
export const REFRESHING = 4;
export const REFRESH_STORING = 5;

/** Protections. */
export const LOCKING = 16;
export const WAITING = 17;
export const UNLOCKING = 18;
export const FOLLOWING = 19;

/** Writes. */
export const FIRST_OF_WRITES = 32;
/** To the cache and nowhere else. */
export const WRITING = 32;
export const WRITING_ORIGIN = 33;
/** After the origin, or before it: the cache's copy goes, or is replaced. */
export const CHANGING_CACHE = 34;
export const CLEARING_CACHE = 35;
/** Write-behind: the worker's look at what the cache holds, and its write. */
export const COLLECTING = 36;
export const FLUSHING = 37;
