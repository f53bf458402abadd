// What patterns do beside answering: counted per workload, shown per period where it can happen at all.

import { Histogram } from "../../sim/histogram.ts";

export class CachingCounters {
  /** Reads answered with what was out of date when they were asked, and how old it was when it was given, in ns. */
  staleReads = 0;
  readonly staleAge = new Histogram();
  /** The oldest of them since it was last read. */
  staleAgeMaxNs = 0;
  /** Reads that were sent a second time, and those whose second copy was answered first (clients/hedged-reads.ts). */
  hedged = 0;
  hedgesWon = 0;
  /** Most requests to the origin for one key that were under way at once, since the counter was last read. */
  stampedePeak = 0;
  /** Misses: the first request to the origin for a key, and all of them until none is under way. */
  missEpisodes = 0;
  missRequests = 0;
  /** Waits for somebody else's lock, and those who then asked the origin all the same. */
  lockWaits = 0;
  lockGivenUp = 0;
  /** Answers by a request of the same instance that was under way already. */
  coalesced = 0;
  /** Recomputed before the end of their life; refreshed in the background. */
  early = 0;
  refreshes = 0;
  /** Answers known to be past their time by those who gave them. */
  pastTime = 0;
  /** Absent keys that the cache knew to be absent. */
  absentHits = 0;
  /** The origin took a write whose copy in the cache could not be changed. */
  copiesLeft = 0;
  /** Write-behind: written to the origin, merged with a later write, lost before that, sent past a full queue. */
  flushed = 0;
  merged = 0;
  lost = 0;
  overflowed = 0;
  /** Batches that the origin did not take; their keys go back into the queue. */
  flushesFailed = 0;
  /** Read, modify, write: changes that were overwritten unseen; those that came too late and began anew. */
  lostUpdates = 0;
  conflicts = 0;
  /** Jobs taken by the stream, and acknowledged by consumers; how old they were then, and the oldest since last read, in ns. */
  jobsAdded = 0;
  jobsDone = 0;
  readonly jobAge = new Histogram();
  jobAgeMaxNs = 0;
  /** Copies of messages written to subscribers, how long they were under way, and those that found nobody listening. */
  messagesDelivered = 0;
  readonly delivery = new Histogram();
  messagesMissed = 0;
  /** Connections of subscribers that the server closed because too much waited for them. */
  subscribersCut = 0;
}
