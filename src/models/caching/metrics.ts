// What a workload's pattern did in a period, beside answering. A metric whose counter has never moved has no column.

import type { Recorder } from "../recorder.ts";
import type { CachingCounters } from "./counters.ts";
import type { Pattern } from "./pattern.ts";

type Counter = { [K in keyof CachingCounters]: CachingCounters[K] extends number ? K : never }[keyof CachingCounters];

/** Metric → counter that it is the period's growth of. */
export const CACHING_METRICS = {
  StaleReads: "staleReads",
  HedgedReads: "hedged",
  HedgesWon: "hedgesWon",
  LockWaits: "lockWaits",
  LocksGivenUp: "lockGivenUp",
  CoalescedRequests: "coalesced",
  EarlyRecomputes: "early",
  BackgroundRefreshes: "refreshes",
  AnswersPastTime: "pastTime",
  AbsentKeyHits: "absentHits",
  CopiesLeft: "copiesLeft",
  WritesFlushed: "flushed",
  WritesMerged: "merged",
  WritesLost: "lost",
  WritesPastQueue: "overflowed",
  FlushesFailed: "flushesFailed",
  LostUpdates: "lostUpdates",
  UpdateConflicts: "conflicts",
  JobsDone: "jobsDone",
  MessagesDelivered: "messagesDelivered",
  MessagesMissed: "messagesMissed",
  SubscribersCut: "subscribersCut",
} as const satisfies Record<string, Counter>;

/** A workload as far as its pattern's metrics go. */
export interface Observed {
  readonly config: { readonly name: string };
  readonly counters: CachingCounters;
  readonly pattern: Pattern;
  /** Values of the counters at the end of the last period. */
  readonly lastCounters: Map<string, number>;
}

export function gatherCaching({ config, counters, pattern, lastCounters }: Observed, recorder: Recorder): void {
  const { name } = config;
  for (const [metric, counter] of Object.entries(CACHING_METRICS)) {
    const value = counters[counter];
    const before = lastCounters.get(metric);
    if (before === undefined && value === 0) continue;
    recorder.set(metric, "Count", name, value - (before ?? 0), true);
    lastCounters.set(metric, value);
  }
  if (counters.staleReads > 0) {
    recorder.set("StaleAgeMax", "Seconds", name, counters.staleAgeMaxNs / 1e9);
    counters.staleAgeMaxNs = 0;
  }
  if (counters.missEpisodes > 0) {
    recorder.set("StampedePeak", "Count", name, counters.stampedePeak);
    counters.stampedePeak = 0;
  }
  if (counters.jobsAdded > 0) {
    recorder.set("JobsWaiting", "Count", name, counters.jobsAdded - counters.jobsDone);
    recorder.set("JobAgeMax", "Seconds", name, counters.jobAgeMaxNs / 1e9);
    counters.jobAgeMaxNs = 0;
  }
  if (counters.messagesDelivered > 0) {
    const { delivery } = counters;
    const micros = (q: number) => (delivery.supports(q) ? delivery.quantile(q) / 1_000 : null);
    recorder.set("DeliveryP50", "Microseconds", name, micros(0.5));
    recorder.set("DeliveryP99", "Microseconds", name, micros(0.99));
    delivery.reset();
  }
  if (pattern.queued !== undefined) recorder.set("WritesQueued", "Count", name, pattern.queued);
}
