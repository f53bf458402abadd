// What an experienced eye would say about a result: a list of rules over the result file, each with its evidence and what
// to do. Ordered by severity.

import type { Finding, Result } from "../result.ts";
import { formatBytes, formatNumber, formatPercent } from "../units.ts";
import type { Built } from "./build.ts";

interface Rule {
  readonly id: string;
  find(result: Result, built: Built): Omit<Finding, "id"> | null;
}

const SEVERITY = { critical: 0, warning: 1, info: 2 } as const;

/** AWS alarms at 90 % of EngineCPUUtilization; nodes of up to 2 vCPU are watched by CPUUtilization (aws-facts.md, 3). */
const CPU_WARNING = 80;
const CPU_CRITICAL = 90;
const MEMORY_WARNING = 80;
const MEMORY_CRITICAL = 90;

const RULES: readonly Rule[] = [
  {
    id: "overloaded",
    find: ({ saturation, summary }) =>
      saturation === "overloaded"
        ? {
            severity: "critical",
            title: "More comes in than can go out",
            evidence: `Requests in progress grow through the whole measured time; ${formatNumber(summary.throughputPerSecond)}/s get through.`,
            remedy:
              "Percentiles describe the length of the run here. Add shards, a faster node type, or lower the rate.",
          }
        : null,
  },
  {
    id: "engine-cpu",
    find: ({ nodes }) => {
      const hottest = [...nodes].sort((a, b) => b.engineCpuMaxPercent - a.engineCpuMaxPercent)[0];
      if (hottest === undefined || hottest.engineCpuMaxPercent < CPU_WARNING) return null;
      return {
        severity: hottest.engineCpuMaxPercent >= CPU_CRITICAL ? "critical" : "warning",
        title: "An engine thread is near its limit",
        evidence: `${hottest.name} reaches ${formatNumber(hottest.engineCpuMaxPercent)} % EngineCPUUtilization in a period, ${formatNumber(hottest.engineCpuMeanPercent)} % on average.`,
        remedy: "Spread the keys over more shards, read from replicas, or choose a family with faster cores.",
      };
    },
  },
  {
    id: "memory",
    find: ({ summary }) => {
      const percent = summary.memory.peakPercent;
      if (percent === null || percent < MEMORY_WARNING || summary.evictions > 0) return null;
      return {
        severity: percent >= MEMORY_CRITICAL ? "critical" : "warning",
        title: "Memory runs full",
        evidence: `The fullest node uses ${formatNumber(percent)} % of maxmemory (${formatBytes(summary.memory.peakUsedBytes)}).`,
        remedy: "Shorter TTLs, a larger node type or more shards. Beyond the limit keys are evicted or writes refused.",
      };
    },
  },
  {
    id: "evictions",
    find: ({ summary, window }) => {
      if (summary.evictions === 0) return null;
      const perSecond = summary.evictions / Math.max(1e-9, window.toSeconds - window.fromSeconds);
      return {
        severity: "warning",
        title: "Keys are evicted for lack of memory",
        evidence: `${formatNumber(summary.evictions)} evictions, ${formatNumber(perSecond)}/s, at a hit rate of ${summary.hitRate === null ? "unknown" : formatPercent(summary.hitRate)}.`,
        remedy:
          "That is how a full cache works; if the hit rate is too low, add memory or shorten TTLs of what is not reused.",
      };
    },
  },
  {
    id: "hit-rate",
    find: ({ summary }) =>
      summary.hitRate !== null && summary.hitRate < 0.8
        ? {
            severity: "warning",
            title: "Low hit rate",
            evidence: `${formatPercent(summary.hitRate)} of the look-ups are answered by the cache; AWS calls below 80 % low.`,
            remedy:
              "Look at TTLs, at memory against the working set, and at whether the run was long enough to fill the cache.",
          }
        : null,
  },
  {
    id: "swap",
    find: ({ series }) => {
      const worst = Math.max(
        0,
        ...series.columns.filter(one => one.metric === "SwapUsage").flatMap(one => one.values.map(value => value ?? 0)),
      );
      return worst === 0
        ? null
        : {
            severity: "critical",
            title: "A node swaps",
            evidence: `Up to ${formatBytes(worst)} in swap: resident memory and copied pages exceed the host's.`,
            remedy:
              "Raise reserved-memory-percent, save from a replica, save when fewer writes come, or take a larger node.",
          };
    },
  },
  {
    id: "no-replica",
    find: (_result, { scenario }) =>
      scenario.cluster.replicas === 0
        ? {
            severity: "warning",
            title: "No replica",
            evidence: "A shard whose only node dies starts again empty, and is down until a replacement stands.",
            remedy: "One replica per shard in another zone: cluster.replicas: 1.",
          }
        : null,
  },
  {
    id: "noeviction",
    find: ({ nodes, clients }, { setup }) => {
      const full = nodes.some(node => (node.peakPercent ?? 0) >= 99);
      const errors = clients.reduce((sum, client) => sum + client.errorReplies, 0);
      return setup.parameters["maxmemory-policy"] === "noeviction" && full && errors > 0
        ? {
            severity: "critical",
            title: "Writes are refused: memory is full and nothing may be evicted",
            evidence: `${formatNumber(errors)} error replies with maxmemory-policy noeviction.`,
            remedy: "Choose an eviction policy that fits the data, or more memory.",
          }
        : null;
    },
  },
  {
    id: "pool",
    find: ({ clients }) => {
      const worst = [...clients].sort((a, b) => b.poolTimeouts - a.poolTimeouts)[0];
      return worst !== undefined && worst.poolTimeouts > 0
        ? {
            severity: "warning",
            title: "Requests wait in vain for a connection",
            evidence: `${formatNumber(worst.poolTimeouts)} requests of ${worst.name} gave up waiting for the pool.`,
            remedy: "A larger pool per instance, or shorter timeouts so that connections come free sooner.",
          }
        : null;
    },
  },
  {
    id: "unsettled",
    find: ({ window }) =>
      window.warmup.method === "mser-5" && !window.warmup.settled
        ? {
            severity: "warning",
            title: "The run had not settled",
            evidence:
              "The hit rate still moves in the second half of what could be searched for the end of the warm-up.",
            remedy: "A longer duration, «preload:», or a given «warmup:».",
          }
        : null,
  },
  {
    id: "refused-drill",
    find: ({ drills }) => {
      const refused = drills.find(drill => drill.refused !== null);
      return refused === undefined
        ? null
        : {
            severity: "warning",
            title: "A drill could not be done",
            evidence: `${refused.drill} at ${formatNumber(refused.startSeconds)} s: ${refused.refused}.`,
            remedy: "Check its target and time.",
          };
    },
  },
  {
    id: "parameters-without-effect",
    find: (_result, { setup }) =>
      setup.withoutEffect.length === 0
        ? null
        : {
            severity: "info",
            title: "Parameters that this version does not model",
            evidence: `${setup.withoutEffect.join(", ")} changed nothing.`,
            remedy: "The result stands for their defaults.",
          },
  },
  {
    id: "derived-memory",
    find: (_result, { scenario }) =>
      ["valkey-8.1", "valkey-9.0"].includes(scenario.cluster.engine)
        ? {
            severity: "info",
            title: "Memory figures of this engine version are derived, not measured",
            evidence: `${scenario.cluster.engine} is modelled from its source and from published figures.`,
            remedy: "Check BytesUsedForCache against a cluster of yours.",
          }
        : null,
  },
];

/** All findings, the gravest first. */
export function findFindings(result: Result, built: Built): Finding[] {
  const found = RULES.flatMap((rule): Finding[] => {
    const one = rule.find(result, built);
    return one === null ? [] : [{ id: rule.id, ...one }];
  });
  return found.sort((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity]);
}
