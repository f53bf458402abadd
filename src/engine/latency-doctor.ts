// LATENCY DOCTOR: what the samples of the latency monitor tell, in words, and what may be done about it.

import type { Engine } from "./engine.ts";

/** Advice by event. */
const ADVICE: Readonly<Record<string, readonly string[]>> = {
  command: [
    "SLOWLOG GET shows which calls are slow; commands over whole collections are the usual ones.",
    "Deleting a large value takes as long as it has elements: use UNLINK, or smaller values.",
  ],
  "fast-command": ["Commands that are fast by nature were slow: something else holds the processor."],
  "expire-cycle": [
    "Many keys, or large ones, expire at the same time: spread their expiries.",
    "A higher hz makes the cycle do less at a time.",
  ],
  "eviction-cycle": ["Memory had to be freed in large steps: look for lowered limits and sudden large values."],
  "eviction-del": ["Large values were evicted: smaller ones, or lazyfree-lazy-eviction, take less time at once."],
};

/** The report's text. */
export function diagnosis(engine: Engine): string {
  const { settings } = engine;
  const { events } = engine.durations.monitor;
  if (events.size === 0) {
    return settings.latencyThresholdMs === 0
      ? "The latency monitor is off. CONFIG SET latency-monitor-threshold <milliseconds> turns it on.\n"
      : `No event has taken ${settings.latencyThresholdMs} ms or more so far.\n`;
  }
  const nowSeconds = Math.floor(engine.nowMs / 1_000);
  const lines = ["Events that took long:", ""];
  const advice: string[] = [];
  for (const [event, series] of events) {
    const { samples, averageMs, deviationMs, periodSeconds } = series.summary(nowSeconds);
    const period = (periodSeconds / samples).toFixed(2);
    lines.push(
      `${lines.length - 1}. ${event}: ${samples} samples (average ${averageMs} ms, mean deviation ${deviationMs} ms, one every ${period} s), worst ever ${series.maxMs} ms.`,
    );
    advice.push(...(ADVICE[event] ?? []));
    if (event === "command") advice.push(...slowlogAdvice(engine));
  }
  if (advice.length > 0) lines.push("", "What may help:", "", ...advice.map(line => `- ${line}`));
  return `${lines.join("\n")}\n`;
}

function slowlogAdvice({ settings }: Engine): string[] {
  const { slowlogMaxLength, slowlogSlowerThanUs, latencyThresholdMs } = settings;
  const suggestion = `CONFIG SET slowlog-log-slower-than ${latencyThresholdMs * 1_000}`;
  if (slowlogSlowerThanUs < 0 || slowlogMaxLength === 0) return [`The slow log is off: ${suggestion} turns it on.`];
  if (slowlogSlowerThanUs / 1_000 <= latencyThresholdMs) return [];
  return [`The slow log leaves out calls that the monitor counts: ${suggestion} shows them.`];
}
