// Metrics of patterns and of the origin behind them.

import { HIT, MISS } from "../models/outcome.ts";
import { highest, type Metric, total } from "./metric.ts";
import { endedIn } from "./window.ts";

export const CACHING_METRICS: readonly Metric[] = [
  {
    name: "staleRate",
    summary: "share of the look-ups answered with what was out of date when they began",
    unit: "share",
    perWorkload: true,
    read: source => {
      const { outcomes } = source.measured;
      const lookups = outcomes[HIT] + outcomes[MISS];
      return lookups === 0 ? null : total(source, "StaleReads", source.workload) / lookups;
    },
  },
  {
    name: "staleAge",
    summary: "longest time for which an answer had been out of date; 0 when none was",
    unit: "duration",
    perWorkload: true,
    read: source => (highest(source, "StaleAgeMax", source.workload) ?? 0) * 1e9,
  },
  {
    name: "hedged",
    summary: "commands that were sent a second time (clients[].hedge), as a share of the requests",
    unit: "share",
    perWorkload: true,
    read: source => {
      const ended = endedIn(source.measured.outcomes);
      return ended === 0 ? null : total(source, "HedgedReads", source.workload) / ended;
    },
  },
  {
    name: "stampede",
    summary: "most requests to the origin for one key that were under way at once",
    unit: "count",
    perWorkload: true,
    read: source => highest(source, "StampedePeak", source.workload),
  },
  {
    name: "writesLost",
    summary: "writes that users believed done and the origin never got (write-behind)",
    unit: "count",
    perWorkload: true,
    read: source => total(source, "WritesLost", source.workload),
  },
  {
    name: "lostUpdates",
    summary: "changes that another client overwrote without having seen them (read-modify-write)",
    unit: "count",
    perWorkload: true,
    read: source => total(source, "LostUpdates", source.workload),
  },
  {
    name: "jobsWaiting",
    summary: "most jobs of a stream that were not acknowledged yet",
    unit: "count",
    perWorkload: true,
    read: source => highest(source, "JobsWaiting", source.workload),
  },
  {
    name: "jobAge",
    summary: "longest time from a job's adding until its acknowledgement",
    unit: "duration",
    perWorkload: true,
    read: source => {
      const seconds = highest(source, "JobAgeMax", source.workload);
      return seconds === null ? null : seconds * 1e9;
    },
  },
  {
    name: "delivery",
    summary: "highest p99, over a row, of the time from publishing until a subscriber has the message",
    unit: "duration",
    perWorkload: true,
    read: source => {
      const micros = highest(source, "DeliveryP99", source.workload);
      return micros === null ? null : micros * 1e3;
    },
  },
  {
    name: "messagesMissed",
    summary: "messages that subscribers missed: sent while they were cut off, or waiting for them when they were",
    unit: "count",
    perWorkload: true,
    read: source => total(source, "MessagesMissed", source.workload),
  },
  {
    name: "subscribersCut",
    summary: "connections of subscribers closed because too much waited for them (client-output-buffer-limit)",
    unit: "count",
    perWorkload: true,
    read: source => total(source, "SubscribersCut", source.workload),
  },
  {
    name: "originRate",
    summary: "requests that reach the origin per second",
    unit: "rate",
    perWorkload: false,
    read: source => (source.measured.seconds === 0 ? null : total(source, "OriginRequests") / source.measured.seconds),
  },
  {
    name: "originFailures",
    summary: "attempts at the origin that failed: errors, refusals, timeouts",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "OriginErrors") + total(source, "OriginTimeouts"),
  },
  {
    name: "originAmplification",
    summary: "attempts at the origin per call that needed it",
    unit: "count",
    perWorkload: false,
    read: source => {
      const attempts = total(source, "OriginRequests");
      const calls = attempts - total(source, "OriginRetries");
      return calls <= 0 ? null : attempts / calls;
    },
  },
];
