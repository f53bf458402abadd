// What `aws cloudwatch get-metric-data` prints (JSON), and the file of queries that it was asked with, which knows the
// metric, the dimensions and the statistic of each id. Answers of get-metric-statistics are read too: one metric a file.
// Every problem is told at its place.

import { z } from "zod";
import { explainIssues } from "../../scenarios/explain-zod.ts";
import { type Issue, ScenarioError } from "../../scenarios/issue.ts";
import { readJsonFile } from "../../scenarios/json-text.ts";
import { formatPath, type Path, parseYaml } from "../../scenarios/yaml-file.ts";
import type { Statistic } from "./series.ts";

/** A series before its texts are understood. `path` is where it stands. */
export interface RawSeries {
  readonly texts: readonly string[];
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly file: string;
  readonly path: Path;
}

const instant = z.union([z.number(), z.string()]);
const answer = z.looseObject({
  Id: z.string().optional(),
  Label: z.string().optional(),
  Timestamps: z.array(instant),
  Values: z.array(z.number()),
  StatusCode: z.string().optional(),
});
const metricData = z.looseObject({ MetricDataResults: z.array(answer), NextToken: z.string().optional() });

const STATISTIC_KEYS: readonly (readonly [string, Statistic])[] = [
  ["Sum", "sum"],
  ["Average", "average"],
  ["Maximum", "maximum"],
  ["Minimum", "minimum"],
];
const datapoint = z.looseObject({
  Timestamp: instant,
  Sum: z.number().optional(),
  Average: z.number().optional(),
  Maximum: z.number().optional(),
  Minimum: z.number().optional(),
});
const metricStatistics = z.looseObject({ Label: z.string(), Datapoints: z.array(datapoint) });

type Tell = (path: Path, at: "key" | "value", message: string) => void;

/** Reads a file of answers. Throws ScenarioError with every problem. */
export function readMetricData(file: string, queries: ReadonlyMap<string, readonly string[]>): RawSeries[] {
  const { text, data } = readJsonFile(file);
  const problems: { path: Path; at: "key" | "value"; message: string }[] = [];
  const tell: Tell = (path, at, message) => problems.push({ path, at, message });
  const series = seriesOf(file, data, queries, tell);
  refuse(file, text, problems);
  return series;
}

function seriesOf(
  file: string,
  data: unknown,
  queries: ReadonlyMap<string, readonly string[]>,
  tell: Tell,
): RawSeries[] {
  const keys = typeof data === "object" && data !== null ? Object.keys(data) : [];
  if (keys.includes("Datapoints")) return statisticsOf(file, data, tell);
  if (!keys.includes("MetricDataResults")) {
    const has = keys.length === 0 ? "" : `; this file has ${keys.slice(0, 5).join(", ")}`;
    tell([], "value", `is no answer of get-metric-data: it needs «MetricDataResults»${has}`);
    return [];
  }
  const parsed = metricData.safeParse(data);
  if (!parsed.success) {
    for (const one of explainIssues(metricData, parsed.error.issues, data)) tell(one.path, one.at, one.message);
    return [];
  }
  const { MetricDataResults: results, NextToken } = parsed.data;
  if (NextToken !== undefined)
    tell(["NextToken"], "key", "says that there is more: fetch all pages and give all files");
  if (results.length === 0) tell(["MetricDataResults"], "value", "is empty: the query found no metric");
  return results.map((one, i): RawSeries => {
    const path: Path = ["MetricDataResults", i];
    const { Id = "", Label = "", Timestamps, Values, StatusCode } = one;
    if (Timestamps.length !== Values.length) {
      tell([...path, "Values"], "key", `has ${Values.length} values for ${Timestamps.length} timestamps`);
    }
    if (StatusCode === "PartialData" || StatusCode === "InternalError" || StatusCode === "Forbidden") {
      tell([...path, "StatusCode"], "value", `is ${StatusCode}: the data are not all there; fetch them again`);
    }
    const times = Timestamps.map((text, at) => secondsOf(text, [...path, "Timestamps", at], tell));
    checkValues(Values, [...path, "Values"], tell);
    return { texts: [...(queries.get(Id) ?? []), Label, Id], ...ordered(times, Values), file, path };
  });
}

function statisticsOf(file: string, data: unknown, tell: Tell): RawSeries[] {
  const parsed = metricStatistics.safeParse(data);
  if (!parsed.success) {
    for (const one of explainIssues(metricStatistics, parsed.error.issues, data)) tell(one.path, one.at, one.message);
    return [];
  }
  const { Label, Datapoints } = parsed.data;
  const found = STATISTIC_KEYS.filter(([key]) => Datapoints.some(point => point[key] !== undefined));
  if (found.length === 0) tell(["Datapoints"], "key", "have neither Sum nor Average nor Maximum nor Minimum");
  return found.map(([key, statistic]): RawSeries => {
    const points = Datapoints.map((point, i) => ({ point, path: ["Datapoints", i] as Path }));
    const kept = points.filter(({ point }) => point[key] !== undefined);
    const times = kept.map(({ point, path }) => secondsOf(point.Timestamp, [...path, "Timestamp"], tell));
    const values = kept.map(({ point }) => point[key] as number);
    for (const [i, { path }] of kept.entries()) checkValue(values[i], [...path, key], tell);
    // The file's name is the only place where a node can stand.
    return { texts: [Label, statistic, file], ...ordered(times, values), file, path: [] };
  });
}

function checkValues(values: readonly number[], path: Path, tell: Tell): void {
  for (const [i, value] of values.entries()) checkValue(value, [...path, i], tell);
}

function checkValue(value: number, path: Path, tell: Tell): void {
  if (value < 0) tell(path, "value", `is below zero: ${value}; no metric of a cache is`);
}

/** AWS prints times as text or, with cli_timestamp_format none, as seconds. */
function secondsOf(value: string | number, path: Path, tell: Tell): number {
  const seconds = typeof value === "number" ? value : Date.parse(value) / 1_000;
  if (!Number.isFinite(seconds)) tell(path, "value", `is no time: «${value}»; needs the form 2026-11-01T12:00:00Z`);
  return seconds;
}

/** CloudWatch answers latest first unless it is asked otherwise. */
export function ordered(
  times: readonly number[],
  values: readonly number[],
): { readonly times: readonly number[]; readonly values: readonly number[] } {
  const order = [...times.keys()].sort((a, b) => times[a] - times[b]);
  return { times: order.map(i => times[i]), values: order.map(i => values[i]) };
}

const NAMESPACE = "AWS/ElastiCache";

const query = z.looseObject({
  Id: z.string(),
  Label: z.string().optional(),
  MetricStat: z
    .looseObject({
      Metric: z.looseObject({
        Namespace: z.string().optional(),
        MetricName: z.string(),
        Dimensions: z.array(z.looseObject({ Name: z.string(), Value: z.string() })).default([]),
      }),
      Stat: z.string(),
    })
    .optional(),
});
const queryFile = z.union([z.array(query), z.looseObject({ MetricDataQueries: z.array(query) })]);

/** What the queries say of their ids. Throws ScenarioError. */
export function readQueries(file: string): ReadonlyMap<string, readonly string[]> {
  const { text, data } = readJsonFile(file);
  const parsed = queryFile.safeParse(data);
  if (!parsed.success) {
    const problems = explainIssues(queryFile, parsed.error.issues, data);
    refuse(file, text, problems);
    throw new ScenarioError([]);
  }
  const [queries, at]: [z.infer<typeof query>[], Path] = Array.isArray(parsed.data)
    ? [parsed.data, []]
    : [parsed.data.MetricDataQueries, ["MetricDataQueries"]];
  const strangers = queries.flatMap(({ MetricStat }, i) => {
    const { Namespace = NAMESPACE } = MetricStat?.Metric ?? {};
    if (Namespace === NAMESPACE) return [];
    const path: Path = [...at, i, "MetricStat", "Metric", "Namespace"];
    return [{ path, at: "value" as const, message: `is ${Namespace}: only metrics of ${NAMESPACE} are of a cache` }];
  });
  refuse(file, text, strangers);
  return new Map(
    queries.map(({ Id, Label = "", MetricStat }): [string, string[]] => {
      if (MetricStat === undefined) return [Id, [Label]];
      const { Metric, Stat } = MetricStat;
      // The cluster's id names the node; the node id beside it is always 0001.
      const names = Metric.Dimensions.filter(one => one.Name !== "CacheNodeId").map(one => one.Value);
      return [Id, [Metric.MetricName, ...names, Stat, Label]];
    }),
  );
}

function refuse(
  file: string,
  text: string,
  problems: readonly { readonly path: Path; readonly at: "key" | "value"; readonly message: string }[],
): void {
  if (problems.length === 0) return;
  // JSON is YAML too: its parser knows where everything stands in a mapping.
  const locate = text.trimStart().startsWith("{") ? parseYaml(file, text).locate : null;
  throw new ScenarioError(
    problems.map(
      ({ path, at, message }): Issue => ({
        position: locate?.(path, at) ?? null,
        origin: file,
        path: formatPath(path),
        message,
      }),
    ),
  );
}
