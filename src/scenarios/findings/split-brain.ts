// Two primaries of one shard took writes at a time: what the older one took is gone.

import { formatCount } from "../../units.ts";
import type { Rule } from "./rule.ts";

const DEPOSED = /^primary of shard (?<shard>\d+) no more; (?<lost>\d+) more changes lost$/u;

export const splitBrain: Rule = {
  id: "split-brain",
  find: ({ events, drills }) => {
    let lost = 0;
    const nodes: string[] = [];
    for (const { node, what } of events) {
      const changes = Number(DEPOSED.exec(what)?.groups?.lost ?? 0);
      if (changes === 0) continue;
      lost += changes;
      nodes.push(node);
    }
    if (lost === 0) return null;
    const acknowledged = Math.max(0, ...drills.map(({ figures }) => figures.lostAcknowledgedWrites ?? 0));
    const told =
      acknowledged === 0
        ? "nobody had been told that they were done"
        : `${formatCount(acknowledged)} writes had been acknowledged`;
    return {
      severity: acknowledged > 0 ? "critical" : "warning",
      title: "Split brain: a primary went on writing after another one had been promoted",
      evidence: `${nodes.join(", ")} took ${formatCount(lost)} changes that nobody has any more; ${told}.`,
      remedy:
        "min-replicas-to-write: 1 makes a primary without replicas refuse writes (after min-replicas-max-lag); «wait:» makes clients notice at once; a shorter cluster-node-timeout shortens the time.",
    };
  },
};
