// From CloudWatch's series to what was seen of a cluster.
//
// A node is a primary if IsMaster says so; without it, if it reports no ReplicationLag; without that, the first of its shard.
// Reads and look-ups are added over all nodes, writes and keys over primaries. A family (HashBasedCmds) counts on a replica
// what the primary wrote as well as what is read there: it is split as GetTypeCmds and SetTypeCmds of the replicas are. A moment counts when every node that reports
// the metric at all has a value for it.

import { fileIssue, type Issue, ScenarioError } from "../../scenarios/issue.ts";
import { closest } from "../../scenarios/suggest.ts";
import { formatPath } from "../../scenarios/yaml-file.ts";
import type { RawSeries } from "./cloudwatch-json.ts";
import { type Course, meanOf, type Observed } from "./observed.ts";
import { guessStatistic, isCounted, type MetricSeries, periodOf, type Statistic, scaleOf } from "./series.ts";
import { METRIC_NAMES, nameSeries, placeOf } from "./series-name.ts";

export interface CloudWatchOptions {
  /** Of series that do not say. */
  readonly statistic: Statistic | null;
  /** Of files with a single moment. */
  readonly periodSeconds: number | null;
  readonly shards: number | null;
  readonly replicas: number | null;
}

/** Without these nothing can be built. */
const NEEDED = ["GetTypeCmds", "SetTypeCmds", "CurrItems", "BytesUsedForCache"];

export function observeCloudWatch(raw: readonly RawSeries[], options: CloudWatchOptions): Observed {
  const notes: string[] = [];
  const series = understand(raw, notes);
  const issues = NEEDED.filter(name => !series.some(one => one.metric === name && one.values.length > 0)).map(name =>
    fileIssue(raw[0]?.file ?? "", `lacks ${name}: without it no scenario can be made; fetch it for every node`),
  );
  if (issues.length > 0) throw new ScenarioError(issues);
  const table = new Table(series, options, notes);
  return table.observed();
}

/** Finds out what each series is. Throws ScenarioError where nothing is understood, or two series are the same. */
function understand(raw: readonly RawSeries[], notes: string[]): MetricSeries[] {
  const issues: Issue[] = [];
  const unknown: string[] = [];
  const seen = new Map<string, RawSeries>();
  const series = raw.flatMap((one): MetricSeries[] => {
    const { metric, node, statistic } = nameSeries(one.texts);
    const shown = one.texts.find(text => text !== "") ?? "a series without a name";
    if (metric === null) {
      const hint = shown
        .split(/[^A-Za-z0-9]+/u)
        .flatMap(word => (word.length > 4 ? (closest(word, METRIC_NAMES) ?? []) : []))[0];
      unknown.push(hint === undefined ? `«${shown}»` : `«${shown}» (did you mean ${hint}?)`);
      return [];
    }
    const key = `${metric} ${node} ${statistic}`;
    const twin = seen.get(key);
    if (twin !== undefined && overlap(twin, one)) {
      const which = node === null ? "neither names a node" : `both are of ${node}`;
      const where = formatPath(one.path);
      issues.push(
        fileIssue(
          one.file,
          `${where === "" ? "" : `${where}: `}«${shown}» is ${metric} once more, and ${which}: labels must tell them apart, or give the queries with --queries`,
        ),
      );
    }
    seen.set(key, one);
    return [{ metric, node, statistic, times: one.times, values: one.values }];
  });
  if (series.length === 0 && unknown.length > 0) {
    issues.push(
      fileIssue(
        raw[0].file,
        `no series is a metric of ElastiCache: ${unknown.slice(0, 5).join(", ")}; labels must hold the metric's name (GetTypeCmds, CurrItems, …), or give the queries with --queries`,
      ),
    );
  } else if (unknown.length > 0)
    notes.push(
      `${unknown.length} series are no metric of ElastiCache and were left out: ${unknown.slice(0, 5).join(", ")}`,
    );
  if (issues.length > 0) throw new ScenarioError(issues);
  return merged(series);
}

function overlap(one: RawSeries, other: RawSeries): boolean {
  const times = new Set(one.times);
  return other.times.some(time => times.has(time));
}

/** Pages and days of one series come in several files. */
function merged(series: readonly MetricSeries[]): MetricSeries[] {
  const byName = new Map<string, MetricSeries>();
  for (const one of series) {
    const key = `${one.metric} ${one.node} ${one.statistic}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, one);
    else {
      const points = new Map([
        ...known.times.map((time, i) => [time, known.values[i]] as const),
        ...one.times.map((time, i) => [time, one.values[i]] as const),
      ]);
      const times = [...points.keys()].sort((a, b) => a - b);
      byName.set(key, { ...one, times, values: times.map(time => points.get(time)!) });
    }
  }
  return [...byName.values()];
}

const PREFERRED: Readonly<Record<Statistic, number>> = { average: 0, sum: 1, maximum: 2, minimum: 3 };

class Table {
  private readonly nodes: readonly string[];
  private readonly primaries: ReadonlySet<string>;
  private readonly periodSeconds: number;
  private readonly statistic: Statistic;

  constructor(
    private readonly series: readonly MetricSeries[],
    private readonly options: CloudWatchOptions,
    private readonly notes: string[],
  ) {
    this.nodes = [...new Set(series.map(one => one.node ?? ONLY_NODE))].sort();
    this.primaries = new Set(this.nodes.filter(node => this.isPrimary(node)));
    const longest = series.reduce((best, one) => (one.times.length > best.times.length ? one : best));
    const found = periodOf(longest.times);
    if (found === null && options.periodSeconds === null) {
      throw new ScenarioError([fileIssue("", "one moment only: how long was its period? Give --period 300")]);
    }
    this.periodSeconds = options.periodSeconds ?? found!;
    this.statistic = options.statistic ?? guessStatistic(series);
    const unsaid = series.some(one => one.statistic === null && isCounted(one.metric));
    if (unsaid && options.statistic === null && this.periodSeconds > 60) {
      notes.push(
        `no label says which statistic was fetched: taken as ${this.statistic}, since counts ${this.statistic === "sum" ? "are whole" : "have fractions"} (--statistic)`,
      );
    }
  }

  private isPrimary(node: string): boolean {
    const master = this.of("IsMaster", node);
    if (master !== null) return (meanOf(master.values) ?? 0) > 0.5;
    if (this.series.some(one => one.metric === "ReplicationLag")) return this.of("ReplicationLag", node) === null;
    return placeOf(node).member === 1;
  }

  private of(metric: string, node: string): MetricSeries | null {
    const all = this.series.filter(
      one => one.metric === metric && (one.node ?? ONLY_NODE) === node && one.values.length > 0,
    );
    const rank = (one: MetricSeries) => {
      const statistic = one.statistic ?? this.statistic ?? "average";
      return isCounted(metric) && statistic === "sum" ? -1 : PREFERRED[statistic];
    };
    return all.sort((a, b) => rank(a) - rank(b))[0] ?? null;
  }

  /** The metric of one node, per second or as a level. */
  private scaled(metric: string, node: string): MetricSeries | null {
    const one = this.of(metric, node);
    if (one === null) return null;
    const statistic = one.statistic ?? (isCounted(metric) ? this.statistic : "average");
    const scale = scaleOf(metric, statistic, this.periodSeconds);
    return { ...one, values: one.values.map(value => value * scale) };
  }

  /** Sum over nodes, at the moments for which all that report it have a value. Null: nobody reports it. */
  private total(metric: string, nodes: Iterable<string>): Course | null {
    const all = [...nodes].flatMap(node => this.scaled(metric, node) ?? []);
    if (all.length === 0) return null;
    const sums = new Map<number, { sum: number; count: number }>();
    for (const one of all) {
      one.times.forEach((time, i) => {
        const at = sums.get(time) ?? { sum: 0, count: 0 };
        sums.set(time, { sum: at.sum + one.values[i], count: at.count + 1 });
      });
    }
    const whole = [...sums].filter(([, { count }]) => count === all.length).sort(([a], [b]) => a - b);
    if (whole.length < sums.size)
      this.notes.push(`${metric}: ${sums.size - whole.length} of ${sums.size} moments lack a node and were left out`);
    return {
      times: whole.map(([time]) => time),
      values: whole.map(([, { sum }]) => sum),
      periodSeconds: this.periodSeconds,
    };
  }

  private mean(metric: string, nodes: Iterable<string> = this.nodes): number | null {
    const total = this.total(metric, nodes);
    return total === null ? null : meanOf(total.values);
  }

  observed(): Observed {
    const { nodes, primaries, options, notes } = this;
    const places = nodes.map(placeOf);
    const shards = options.shards ?? new Set(places.map(one => one.shard)).size;
    const replicas = options.replicas ?? Math.max(0, Math.round(nodes.length / shards) - 1);
    const missing = shards * (1 + replicas) - nodes.length;
    if (missing !== 0)
      notes.push(
        `${nodes.length} nodes are in the file, ${shards} shards with ${replicas} replicas have ${shards * (1 + replicas)}`,
      );
    const reads = this.total("GetTypeCmds", nodes)!;
    const writes = this.total("SetTypeCmds", primaries.size > 0 ? primaries : nodes)!;
    const primaryReads = this.mean("GetTypeCmds", primaries) ?? 0;
    const meanReads = meanOf(reads.values) ?? 0;
    const meanWrites = meanOf(writes.values) ?? 0;
    const connections = nodes.flatMap(node => this.levels("CurrConnections", node));
    const span = reads.times.length * this.periodSeconds;
    return {
      source: `CloudWatch, ${reads.times.length} periods of ${this.periodSeconds} s`,
      placed: "ids of nodes",
      seconds: span,
      name: nameOf(nodes),
      clusterMode: places.some(one => one.cluster),
      shards,
      replicas,
      course: added(reads, writes),
      reads: meanReads,
      writes: meanWrites,
      hits: this.mean("CacheHits"),
      misses: this.mean("CacheMisses"),
      ...this.families(primaryReads, meanReads, meanWrites),
      items: this.mean("CurrItems", primaries),
      volatileItems: this.mean("CurrVolatileItems", primaries),
      usedBytes: this.mean("BytesUsedForCache", primaries),
      maxmemory: this.limit(),
      evicted: this.mean("Evictions", primaries),
      expired: this.mean("Reclaimed", primaries),
      connections: meanOf(connections),
      newConnections: this.mean("NewConnections"),
      bytesOut: this.mean("NetworkBytesOut"),
      engineCpu: this.engineCpu(),
      replicaReads: meanReads === 0 ? 0 : 1 - primaryReads / meanReads,
      hottestShard: this.hottestShard(),
      timeLeftSeconds: null,
      policy: null,
      engine: null,
      notes,
    };
  }

  /** Families beside strings, and what of the reads and writes is left for these. */
  private families(
    primaryReads: number,
    reads: number,
    writes: number,
  ): Pick<Observed, "others" | "stringReads" | "stringWrites"> {
    const primaries = this.primaries.size > 0 ? this.primaries : new Set(this.nodes);
    const replicas = this.nodes.filter(node => !primaries.has(node));
    const replicaReads = Math.max(0, reads - primaryReads);
    const applied = this.mean("SetTypeCmds", replicas) ?? 0;
    const readThere = replicaReads / Math.max(1e-9, replicaReads + applied);
    const found = [...TYPED_FAMILIES, SCRIPTS].map(name => {
      const there = this.mean(name, replicas) ?? 0;
      return { name, own: this.mean(name, primaries) ?? 0, there };
    });
    // Scripts are neither reads nor writes to those who count.
    const typed = found.filter(({ name }) => name !== SCRIPTS);
    const left = (of: "own" | "there", all: number) =>
      Math.max(0, 1 - typed.reduce((sum, one) => sum + one[of], 0) / Math.max(1e-9, all));
    const onPrimaries = left("own", primaryReads + writes);
    return {
      others: found
        .map(({ name, own, there }) => ({ name, rate: own + there * (name === SCRIPTS ? 1 : readThere) }))
        .filter(({ rate }) => rate > 0),
      stringReads: primaryReads * onPrimaries + replicaReads * left("there", replicaReads + applied),
      stringWrites: writes * onPrimaries,
    };
  }

  private levels(metric: string, node: string): readonly number[] {
    return this.scaled(metric, node)?.values ?? [];
  }

  /** What 100 % of the memory is, from bytes and percentage of the same moment. */
  private limit(): number | null {
    for (const node of this.primaries) {
      const bytes = meanOf(this.levels("BytesUsedForCache", node));
      const percent = meanOf(this.levels("DatabaseMemoryUsagePercentage", node));
      if (bytes !== null && percent !== null && percent > 0.2) return (100 * bytes) / percent;
    }
    return null;
  }

  private engineCpu(): Observed["engineCpu"] {
    const means = [...this.primaries].flatMap(node => meanOf(this.levels("EngineCPUUtilization", node)) ?? []);
    return means.length === 0 ? null : Math.max(...means) / 100;
  }

  private hottestShard(): number | null {
    const byShard = new Map<number, number>();
    for (const node of this.nodes) {
      const { shard } = placeOf(node);
      const rate =
        (meanOf(this.levels("GetTypeCmds", node)) ?? 0) +
        (this.primaries.has(node) ? (meanOf(this.levels("SetTypeCmds", node)) ?? 0) : 0);
      byShard.set(shard, (byShard.get(shard) ?? 0) + rate);
    }
    const all = [...byShard.values()].reduce((sum, rate) => sum + rate, 0);
    return byShard.size < 2 || all === 0 ? null : Math.max(...byShard.values()) / all;
  }
}

/** A cluster of one node may be fetched without its name. */
const ONLY_NODE = "cache-001";

/** Families beside strings and keys, all in GetTypeCmds or SetTypeCmds too: each is a workload of its own. */
const TYPED_FAMILIES = [
  "HashBasedCmds",
  "ListBasedCmds",
  "SetBasedCmds",
  "SortedSetBasedCmds",
  "StreamBasedCmds",
  "HyperLogLogBasedCmds",
  "GeoSpatialBasedCmds",
];

/** EVAL and EVALSHA, which GetTypeCmds and SetTypeCmds leave out. */
const SCRIPTS = "EvalBasedCmds";

function nameOf(nodes: readonly string[]): string {
  return nodes[0].replace(/(?:-\d{4})?-\d{3}$/u, "");
}

/** Both at the moments that both have. */
function added(reads: Course, writes: Course): Course {
  const other = new Map(writes.times.map((time, i) => [time, writes.values[i]]));
  const kept = reads.times.map((time, i) => ({ time, value: reads.values[i] })).filter(({ time }) => other.has(time));
  return {
    times: kept.map(({ time }) => time),
    values: kept.map(({ time, value }) => value + other.get(time)!),
    periodSeconds: reads.periodSeconds,
  };
}
