// The slow log over the fleet: which commands held an engine thread for longer than slowlog-log-slower-than, how often, for how
// long, and who waited in vain meanwhile.

import { SLOW_CALLS_TOLD, slowCallOf } from "../../result/slow-calls.ts";
import type { Result } from "../../result.ts";
import { formatDurationNs, formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { scaleFor } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";
import { inScale } from "./twin.ts";

export interface SlowCommand {
  readonly command: string;
  readonly nodes: readonly string[];
  readonly calls: number;
  readonly longestUs: number;
  readonly allUs: number;
  readonly firstSeconds: number;
}

/** What was slow, the longest first. */
export function slowCommands({ events }: Result): SlowCommand[] {
  const found = new Map<string, SlowCommand>();
  for (const { node, what, timeSeconds } of events) {
    const call = slowCallOf(what);
    if (call === null) continue;
    const { command } = call;
    const us = call.ms * 1_000;
    const before = found.get(command);
    found.set(command, {
      command,
      nodes: [...new Set([...(before?.nodes ?? []), node])],
      calls: (before?.calls ?? 0) + 1,
      longestUs: Math.max(before?.longestUs ?? 0, us),
      allUs: (before?.allUs ?? 0) + us,
      firstSeconds: before?.firstSeconds ?? timeSeconds,
    });
  }
  return [...found.values()].sort((a, b) => b.longestUs - a.longestUs);
}

/** Time-outs that clients saw over the whole run. */
function timeouts({ clients }: Result): number {
  return clients.reduce((sum, client) => sum + client.timeouts, 0);
}

/** One sentence for the terminal; null where nothing was slow. */
export function slowLogSentence(result: Result): string | null {
  const slow = slowCommands(result);
  if (slow.length === 0) return null;
  const calls = slow.reduce((sum, one) => sum + one.calls, 0);
  const held = slow.reduce((sum, one) => sum + one.allUs, 0);
  const [{ command, longestUs }] = slow;
  const inVain = timeouts(result);
  const waited = inVain === 0 ? "no client timed out" : `clients timed out ${formatNumber(inVain)} times over the run`;
  return `${formatNumber(calls)} slow call${calls === 1 ? "" : "s"} held engine threads for ${formatDurationNs(held * 1_000)}, the longest ${formatDurationNs(longestUs * 1_000)} (${command}); ${waited}`;
}

export const slowLog: Section = {
  id: "slow-log",
  title: "Slow log",
  render({ result }) {
    const slow = slowCommands(result);
    if (slow.length === 0) return null;
    const scale = scaleFor("us", slow[0].longestUs);
    const columns: Column<SlowCommand>[] = [
      { head: "command", words: true, cell: one => name(one.command) },
      {
        head: "node",
        words: true,
        cell: ({ nodes }) => (nodes.length === 1 ? name(nodes[0]) : `${nodes.length} nodes`),
      },
      { head: "calls", cell: one => formatNumber(one.calls) },
      { head: "longest", unit: scale.unit, cell: one => inScale(one.longestUs, scale) },
      { head: "together", unit: scale.unit, cell: one => inScale(one.allUs, scale) },
      { head: "first", unit: "s", cell: one => formatNumber(one.firstSeconds, 6) },
    ];
    const isCut = slow.some(one => one.calls >= SLOW_CALLS_TOLD);
    return html`
      <p>${slowLogSentence(result)}.</p>
      ${dataTable("Slow commands", columns, slow)}
      ${isCut && html`<p class="note">A node tells the first ${SLOW_CALLS_TOLD} of its slow calls.</p>`}`;
  },
};
