// What clients of one key did to each other, or what nobody got: changes overwritten unseen, writes that the origin never
// had, messages that found nobody listening, jobs that pile up.

import { formatBytes, formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";
import { sumOf, worstOf } from "./series.ts";

export const lostUpdates: Rule = {
  id: "lost-updates",
  find: result => {
    const lost = sumOf(result, "LostUpdates");
    if (lost === 0) return null;
    return {
      severity: "warning",
      title: "Changes overwrite each other unseen",
      evidence: `${formatNumber(lost)} changes of ${worstOf(result, "LostUpdates")?.where ?? "a workload"} were overwritten by somebody who had read the value before.`,
      remedy: "Compare before writing (by: compare-and-set), or commands that change in place: INCR, HSET, a script.",
    };
  },
};

export const writesLost: Rule = {
  id: "writes-lost",
  find: result => {
    const lost = sumOf(result, "WritesLost");
    if (lost === 0) return null;
    return {
      severity: "critical",
      title: "Acknowledged writes never reached the origin",
      evidence: `${formatNumber(lost)} writes of ${worstOf(result, "WritesLost")?.where ?? "a workload"} were in the cache alone when it lost them (write-behind).`,
      remedy: "Replicas, a shorter «every», or write-through for what must not be lost.",
    };
  },
};

export const messagesMissed: Rule = {
  id: "messages-missed",
  find: result => {
    const missed = sumOf(result, "MessagesMissed");
    if (missed === 0) return null;
    return {
      severity: "warning",
      title: "Subscribers missed messages",
      evidence: `${formatNumber(missed)} messages were published while their subscribers were cut off, or waited for them when they were: pub/sub is at most once.`,
      remedy: "Streams with consumer groups for what must arrive; shorter keepalives for the rest.",
    };
  },
};

export const slowSubscribers: Rule = {
  id: "slow-subscribers",
  find: result => {
    const cut = sumOf(result, "SubscribersCut");
    if (cut === 0) return null;
    const most = worstOf(result, "OutputBufferBytes");
    const held =
      most === null ? "" : ` Up to ${formatBytes(most.value)} waited on ${most.where}, which is used memory.`;
    return {
      severity: "warning",
      title: "Subscribers read slower than is published",
      evidence: `Connections of subscribers were closed ${formatNumber(cut)} times by client-output-buffer-limit.${held}`,
      remedy:
        "Consumers that keep up: more of them on fewer channels each, work off the reading thread; smaller messages; streams for what must arrive.",
    };
  },
};

/** Jobs that wait at the end, and that are more than in the middle of the run. */
const PILE = 100;

export const jobsPileUp: Rule = {
  id: "jobs-pile-up",
  find: ({ series }) => {
    for (const { metric, where, values } of series.columns) {
      if (metric !== "JobsWaiting" || values.length < 4) continue;
      const end = values.at(-1) ?? 0;
      const middle = values[Math.floor(values.length / 2)] ?? 0;
      if (end < PILE || end < 1.5 * middle) continue;
      return {
        severity: "warning",
        title: "Jobs pile up",
        evidence: `${formatNumber(end)} jobs of ${where} wait at the end, ${formatNumber(middle)} in the middle of the run: consumers are slower than producers.`,
        remedy: "More consumers, less work for a job, or fewer jobs.",
      };
    }
    return null;
  },
};
