// A full sync that is cut again and again because more gathers meanwhile than the replica's output buffer may hold: with
// rate * time above the limit it can never end.

import { formatBytes, formatCount } from "../../units.ts";
import type { Rule } from "./rule.ts";

const CUT = /^full sync to (?<replica>\S+) cut: (?<bytes>\d+) bytes wait for it, \S+ allows (?<limit>\d+)$/u;
const LOADED = /^(?<replica>\S+) has loaded \d+ keys$/u;
/** Once may be a burst. */
const LOOP = 2;

export const endlessSync: Rule = {
  id: "endless-sync",
  find: ({ events }) => {
    const cuts = new Map<string, number>();
    let limit = 0;
    const ended = new Set<string>();
    for (const { what } of events) {
      const cut = CUT.exec(what)?.groups;
      if (cut !== undefined) {
        cuts.set(cut.replica, (cuts.get(cut.replica) ?? 0) + 1);
        limit = Number(cut.limit);
        ended.delete(cut.replica);
      }
      const loaded = LOADED.exec(what)?.groups;
      if (loaded !== undefined) ended.add(loaded.replica);
    }
    const looping = [...cuts].filter(([, times]) => times >= LOOP);
    if (looping.length === 0) return null;
    const open = looping.filter(([replica]) => !ended.has(replica));
    const said = looping.map(([replica, times]) => `${replica} ${formatCount(times)} times`).join(", ");
    return {
      severity: open.length > 0 ? "critical" : "warning",
      title: open.length > 0 ? "A full sync never ends" : "Full syncs were cut and begun anew",
      evidence: `The primary closed the link during a full sync: ${said}. More than ${formatBytes(limit)} of changes gathered while a copy was made, sent and loaded.`,
      remedy:
        "Write less while a replica syncs, or give it a larger client-output-buffer-limit (ElastiCache: a tenth of maxmemory, so a larger node), a faster network, smaller shards, or dual-channel-replication-enabled (Valkey 8, self-managed).",
    };
  },
};
