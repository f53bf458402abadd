// The terminal summary. Details first, then checks, then the verdict and the next step: the eye ends at the bottom.

import type { Check, Result } from "../result.ts";
import {
  formatBytes,
  formatCount,
  formatDurationNs,
  formatNumber,
  formatPercent,
  formatRate,
  formatUsd,
} from "../units.ts";
import { originSentence } from "./sections/origin.ts";
import { slowLogSentence } from "./sections/slow-log.ts";
import { staleSentence } from "./sections/staleness.ts";
import {
  describeCluster,
  describeErrors,
  describeFidelity,
  describeLimit,
  describeMargin,
  describeMeasured,
  verdictSentence,
} from "./words.ts";

export interface TextOptions {
  readonly color: boolean;
  /** full: everything; verdict: checks and verdict; plain: one «key: value» per line. */
  readonly style: "full" | "verdict" | "plain";
  readonly columns: number;
  readonly reportFile: string | undefined;
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
type Paint = (style: keyof typeof CODES, text: string) => string;

export function renderText(result: Result, options: TextOptions): string {
  const paint: Paint = (style, text) =>
    options.color ? `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m` : text;
  if (options.style === "plain") return plain(result);
  const parts: string[] = [];
  if (options.style === "full") {
    parts.push(
      header(result, paint),
      figures(result, options.columns, paint),
      drills(result, paint),
      alarms(result, paint),
      asides(result, paint),
      findings(result, paint),
    );
  }
  parts.push(checks(result, paint), verdict(result, options, paint));
  return `${parts.filter(part => part !== "").join("\n\n")}\n`;
}

function header(result: Result, paint: Paint): string {
  const { scenario, seed, simulatedSeconds, version } = result;
  const replications = result.replications > 1 ? `, ${result.replications} replications` : "";
  const line = `seed ${seed}${replications}, ${formatDurationNs(simulatedSeconds * 1e9)} ${result.fidelity === undefined ? "simulated" : "stood for"}, cachecast ${version}`;
  const fidelity = describeFidelity(result);
  const lines = [line, ...(fidelity === null ? [] : [fidelity])].map(text => paint("dim", text));
  return `${paint("bold", scenario.name)}: ${describeCluster(result)}\n${lines.join("\n")}`;
}

/** Names, values and intervals with dotted leaders. */
function figures(result: Result, columns: number, paint: Paint): string {
  const rows = figureRows(result);
  const width = Math.min(44, Math.max(...rows.map(([name]) => name.length)) + 4);
  return rows
    .map(([name, value, note]) => {
      const leader = ".".repeat(Math.max(2, width - name.length));
      const line = `  ${name} ${paint("dim", leader)} ${value}`;
      const plainLength = 4 + name.length + leader.length + value.length;
      return note === "" || plainLength + note.length + 2 > columns ? line : `${line}  ${paint("dim", note)}`;
    })
    .join("\n");
}

function plusMinus(result: Result, name: string, format: (value: number) => string): string {
  const interval = result.intervals[name];
  if (interval?.halfWidth == null) return "";
  // The figure beside it is the first replication's; the interval is around the mean of all.
  const around = interval.method === "replications" ? `mean ${format(interval.mean)} ` : "";
  return `${around}± ${format(interval.halfWidth)}`;
}

function us(value: number | null): string {
  return value === null ? "too few samples" : formatDurationNs(value * 1_000);
}

function figureRows(result: Result): [name: string, value: string, note: string][] {
  const { summary, totals, cost } = result;
  const { latencyUs } = summary;
  const lag = summary.replicationLagMs;
  const rows: [string, string, string][] = [
    ...fidelityRows(result),
    ["requests", formatCount(summary.requests), `${formatCount(totals.arrived)} in all, with warm-up`],
    ["throughput", formatRate(summary.throughputPerSecond), plusMinus(result, "throughputPerSecond", formatRate)],
    [
      "errors",
      formatCount(summary.errors),
      summary.requests === 0 ? "" : formatPercent(summary.errors / summary.requests),
    ],
  ];
  if (totals.degraded > 0)
    rows.push(["answered without the cache", formatCount(totals.degraded), "over the whole run"]);
  if (summary.hitRate !== null)
    rows.push(["hit rate", formatPercent(summary.hitRate), plusMinus(result, "hitRate", formatPercent)]);
  rows.push(
    ["latency mean", us(latencyUs.mean), plusMinus(result, "latencyMeanUs", value => us(value))],
    ["latency p50 / p90", `${us(latencyUs.p50)} / ${us(latencyUs.p90)}`, ""],
    [
      "latency p99 / p99.9",
      `${us(latencyUs.p99)} / ${us(latencyUs.p999)}`,
      plusMinus(result, "latencyP99Us", value => us(value)),
    ],
    ["latency max", us(latencyUs.max), ""],
    ...memoryRows(result),
    ["evictions / expirations", `${formatCount(summary.evictions)} / ${formatCount(summary.expired)}`, ""],
  );
  rows.push(...loadRows(result));
  if (lag.p99 !== null)
    rows.push([
      "replication lag p50 / p99",
      `${formatDurationNs(lag.p50! * 1e6)} / ${formatDurationNs(lag.p99 * 1e6)}`,
      "",
    ]);
  rows.push(...replicaRows(result));
  rows.push([
    "cost per month",
    cost.monthlyUsd === null ? "unknown" : formatUsd(cost.monthlyUsd),
    `${cost.purchase}, prices of ${cost.asOf}`,
  ]);
  return rows;
}

/** Reads that replicas answered with what was out of date, writes that waited for them. */
function replicaRows({ replicaReads, waits }: Result): [string, string, string][] {
  const rows: [string, string, string][] = [];
  if (replicaReads !== null && replicaReads.reads > 0) {
    const { reads, stale, ageMs } = replicaReads;
    const age = [
      ageMs.p99 === null ? "" : `p99 ${formatDurationNs(ageMs.p99 * 1e6)}`,
      ageMs.max === null ? "" : `at most ${formatDurationNs(ageMs.max * 1e6)} out of date`,
    ];
    const said = age.filter(text => text !== "").join(", ");
    rows.push(["stale reads of replicas", `${formatCount(stale)} of ${formatCount(reads)}`, said]);
  }
  if (waits !== null) {
    const note = `${formatCount(waits.tooFew)} ended with too few replicas`;
    rows.push(["writes that waited", formatCount(waits.writes), note]);
  }
  return rows;
}

/** What is not exact says so before the figures. */
function fidelityRows(result: Result): [string, string, string][] {
  if (result.fidelity === undefined) return [];
  const { keysPer, windows } = result.fidelity;
  const kinds = [keysPer > 1 ? `sampled(1/${keysPer})` : null, windows === null ? null : `${windows.count} windows`];
  return [["fidelity", kinds.filter(one => one !== null).join(", "), describeErrors(result) ?? ""]];
}

/** How full the fullest node is, or how much a serverless cache holds. */
function memoryRows({ nodes, summary, serverless }: Result): [string, string, string][] {
  if (serverless !== null) {
    const { meanStoredBytes, peakStoredBytes } = serverless;
    return [["data stored, mean / peak", `${formatBytes(meanStoredBytes)} / ${formatBytes(peakStoredBytes)}`, ""]];
  }
  const fullest = nodes.find(node => node.peakPercent !== null && node.peakPercent === summary.memory.peakPercent);
  return [
    [
      "memory, fullest node",
      summary.memory.peakPercent === null
        ? formatBytes(summary.memory.peakUsedBytes)
        : `${formatNumber(summary.memory.peakPercent)} %`,
      `peak ${formatBytes(summary.memory.peakUsedBytes)}${fullest === undefined ? "" : ` of ${formatBytes(fullest.maxmemoryBytes)}`}`,
    ],
  ];
}

/** How busy the hottest engine is, or what a serverless cache was asked for. */
function loadRows({ nodes, serverless }: Result): [string, string, string][] {
  if (serverless !== null) {
    const { ecpuPerSecond, peakEcpuPerSecond, supportedEcpuPerSecond, throttled, refused } = serverless;
    return [
      [
        "ECPU mean / busiest second",
        `${formatRate(ecpuPerSecond)} / ${formatRate(peakEcpuPerSecond)}`,
        `${formatRate(supportedEcpuPerSecond.end)} supported at the end`,
      ],
      ["throttled / refused", `${formatCount(throttled)} / ${formatCount(refused)}`, "over the whole run"],
    ];
  }
  return [
    [
      "engine CPU, hottest node",
      `${formatNumber(Math.max(0, ...nodes.map(node => node.engineCpuMaxPercent)))} %`,
      "highest period",
    ],
  ];
}

function drills(result: Result, paint: Paint): string {
  return result.drills
    .map(drill => {
      const head = `${paint("bold", drill.drill)} of ${drill.target || "nothing"} at ${formatDurationNs(drill.startSeconds * 1e9)}`;
      if (drill.refused !== null) return `${head}: ${drill.refused}`;
      const phases = drill.phases.map(phase => {
        const from = formatDurationNs((phase.startSeconds - drill.startSeconds) * 1e9);
        const length = formatDurationNs(phase.lengthSeconds * 1e9);
        return `  ${phase.name.padEnd(26)} from +${from.padEnd(9)} ${length.padStart(9)}  ${paint("dim", phase.boundBy)}`;
      });
      const known = Object.entries(drill.figures).map(([name, value]) => `${name} ${formatNumber(value)}`);
      return [head, ...phases, ...(known.length > 0 ? [`  ${known.join(", ")}`] : [])].join("\n");
    })
    .join("\n\n");
}

/** Each alarm once, with how many nodes it was raised on. */
function alarms({ alarms: { watched, raised } }: Result, paint: Paint): string {
  if (watched === 0) return "";
  const byName = new Map<string, typeof raised>();
  for (const one of raised) {
    const key = `${one.source}/${one.name}`;
    byName.set(key, [...(byName.get(key) ?? []), one]);
  }
  const lines = [...byName].map(([key, list]) => {
    const [first] = list;
    const since = Math.min(...list.flatMap(one => one.changes.find(({ state }) => state === "ALARM")!.timeSeconds));
    const longest = Math.max(...list.map(one => one.inAlarmSeconds));
    const nodes = list.length === 1 ? first.where : `${list.length} nodes`;
    const style = first.severity === "critical" ? "red" : "yellow";
    const when = `from ${formatDurationNs(since * 1e9)} for ${formatDurationNs(longest * 1e9)}`;
    return `  ${paint(style, key.padEnd(26))} ${nodes}, ${when}  ${paint("dim", `${first.metric} ${first.rule}`)}`;
  });
  const head = `${paint("bold", "alarms")}: ${raised.length === 0 ? "none" : raised.length} of ${watched} raised`;
  return [head, ...lines].join("\n");
}

/** What stands in sections of its own in the report, a line each. */
function asides(result: Result, paint: Paint): string {
  const lines: [string, string | null][] = [
    ["slow log", slowLogSentence(result)],
    ["stale", staleSentence(result)],
    ["origin", originSentence(result)],
  ];
  return lines.flatMap(([head, text]) => (text === null ? [] : [`${paint("bold", head)}: ${text}`])).join("\n");
}

const SIGNS = { critical: "!!", warning: "! ", info: "- " } as const;

function findings(result: Result, paint: Paint): string {
  return result.findings
    .map(({ severity, title, evidence, remedy }) => {
      const style = severity === "critical" ? "red" : severity === "warning" ? "yellow" : "dim";
      return `${paint(style, `${SIGNS[severity]} ${title}`)}\n   ${evidence}\n   ${paint("dim", remedy)}`;
    })
    .join("\n");
}

function checks(result: Result, paint: Paint): string {
  const order: Readonly<Record<Check["status"], number>> = { fail: 0, "no-data": 1, pass: 2 };
  return [...result.checks]
    .sort((a, b) => order[a.status] - order[b.status])
    .map(check => {
      const sign =
        check.status === "pass"
          ? paint("green", "✓ pass")
          : paint("red", check.status === "fail" ? "✗ FAIL" : "✗ NO DATA");
      const margin = check.margin === null ? "" : `, margin ${describeMargin(check.margin)}`;
      const against = check.status === "pass" ? "" : ` (limit ${describeLimit(check)})`;
      return `${sign}  ${check.text}: ${describeMeasured(check)}${against}${margin}`;
    })
    .join("\n");
}

function verdict(result: Result, options: TextOptions, paint: Paint): string {
  const sentence = verdictSentence(result);
  const lines = [paint(result.verdict === "pass" ? "green" : "red", sentence)];
  if (options.reportFile !== undefined) lines.push(`report: ${options.reportFile}`);
  else if (options.style === "full")
    lines.push(paint("dim", `next: cachecast run ${result.scenario.file} --report report.html`));
  return lines.join("\n");
}

function plain(result: Result): string {
  const { summary } = result;
  const rows: [string, string | number | null][] = [
    ["scenario", result.scenario.name],
    ["seed", result.seed],
    ["replications", result.replications],
    ["partial", String(result.partial)],
    ["saturation", result.saturation],
    ...(result.fidelity === undefined
      ? []
      : [
          ["fidelity", describeFidelity(result)] as [string, string],
          ["errors of it", describeErrors(result)] as [string, string],
        ]),
    ["requests", summary.requests],
    ["errors", summary.errors],
    ["throughputPerSecond", summary.throughputPerSecond],
    ["hitRate", summary.hitRate],
    ["evictions", summary.evictions],
    ["expired", summary.expired],
    ...Object.entries(summary.latencyUs).map(([name, value]): [string, number | null] => [`latencyUs.${name}`, value]),
    ["memory.peakUsedBytes", summary.memory.peakUsedBytes],
    ["memory.peakPercent", summary.memory.peakPercent],
    ...Object.entries(summary.replicationLagMs).map(([name, value]): [string, number | null] => [
      `replicationLagMs.${name}`,
      value,
    ]),
    ["costMonthlyUsd", summary.costMonthlyUsd],
    ...result.checks.map((check): [string, string] => [`check ${check.status}`, check.text]),
    ["verdict", result.verdict],
  ];
  return `${rows.map(([name, value]) => `${name}: ${value ?? "-"}`).join("\n")}\n`;
}
