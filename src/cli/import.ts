// cachecast import: a scenario from what was seen of a real cluster.

import type { Argv, CommandModule } from "yargs";
import type { Compared, Imported } from "../planner/imports/import.ts";
import type { Observed } from "../planner/imports/observed.ts";
import type { Statistic } from "../planner/imports/series.ts";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, say, writeOutput } from "./output.ts";

interface ImportArguments {
  source: "cloudwatch" | "info";
  files: string[];
  output: string | undefined;
  force: boolean;
  queries: string | undefined;
  node: string | undefined;
  engine: string | undefined;
  policy: string | undefined;
  popularity: string | undefined;
  purchase: string | undefined;
  region: string | undefined;
  shards: number | undefined;
  replicas: number | undefined;
  statistic: Statistic | undefined;
  period: number | undefined;
  "peak-to-mean": number | undefined;
  json: boolean;
}

export const importVerb: CommandModule<object, ImportArguments> = {
  command: "import <source> <files..>",
  describe: "Make a scenario from a real cluster's metrics or INFO",
  builder: yargs =>
    yargs
      .positional("source", {
        choices: ["cloudwatch", "info"] as const,
        demandOption: true,
        describe: "cloudwatch: get-metric-data (JSON) or a graph's CSV; info: output of INFO ALL",
      })
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "One or several; info: one per shard",
      })
      .option("output", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Where the scenario goes (./NAME.yaml; - for stdout)",
      })
      .option("force", { type: "boolean", default: false, describe: "Overwrite what is there" })
      .option("queries", {
        type: "string",
        requiresArg: true,
        describe: "cloudwatch: the file given as --metric-data-queries, which names metrics and nodes",
      })
      .option("node", { type: "string", requiresArg: true, describe: "Node type, where memory does not tell it" })
      .option("engine", { type: "string", requiresArg: true, describe: "Engine and version (cloudwatch: valkey-8.0)" })
      .option("policy", {
        type: "string",
        requiresArg: true,
        describe: "maxmemory-policy (cloudwatch: by evictions and TTLs)",
      })
      .option("popularity", { type: "string", requiresArg: true, describe: "Popularity of keys (zipf(0.99))" })
      .option("purchase", { type: "string", requiresArg: true, describe: "How the nodes are paid for (on-demand)" })
      .option("region", { type: "string", requiresArg: true, describe: "AWS region (us-east-1)" })
      .option("shards", { type: "number", requiresArg: true, describe: "Shards, where nodes are missing" })
      .option("replicas", {
        type: "number",
        requiresArg: true,
        describe: "Replicas per shard, where nodes are missing",
      })
      .option("statistic", {
        choices: ["sum", "average", "maximum", "minimum"] as const,
        requiresArg: true,
        describe: "cloudwatch: what was fetched, where labels do not tell",
      })
      .option("period", {
        type: "number",
        requiresArg: true,
        describe: "cloudwatch: seconds of a period, where there is one moment only",
      })
      .option("peak-to-mean", { type: "number", requiresArg: true, describe: "info: busiest time over the mean (2)" })
      .option("json", { type: "boolean", default: false, describe: "What was made of it, as JSON" })
      .example(
        "$0 import cloudwatch metrics.json --node cache.r6g.xlarge -o cache.yaml",
        "then: cachecast plan cache.yaml",
      )
      .example(
        "$0 import info info.txt --node cache.r7g.large",
        "INFO ALL of one shard",
      ) as unknown as Argv<ImportArguments>,
  handler: run,
};

const ONLY: Readonly<Record<ImportArguments["source"], readonly (keyof ImportArguments)[]>> = {
  cloudwatch: ["queries", "statistic", "period"],
  info: ["peak-to-mean"],
};

async function run(args: ImportArguments): Promise<void> {
  await checkOptions(args);
  const { importScenario } = await import("../planner/imports/import.ts");
  const seen = args.source === "cloudwatch" ? await cloudWatch(args) : await info(args);
  const output = args.output ?? `./${seen.name.replace(/[^\w.-]/gu, "-")}.yaml`;
  const { existsSync } = await import("node:fs");
  if (output !== "-" && !args.force && existsSync(output)) {
    throw new CliError(`${output} exists; --force overwrites it, -o names another`, EXIT.invalid);
  }
  checkWritable(output);
  const imported = await importScenario(seen, {
    file: args.files.join(", "),
    directory: process.cwd(),
    node: args.node ?? null,
    engine: args.engine ?? null,
    policy: args.policy ?? null,
    popularity: args.popularity ?? null,
    purchase: args.purchase ?? null,
    region: args.region ?? null,
    peakToMean: args["peak-to-mean"] ?? 2,
  });
  writeOutput(output, imported.text);
  if (output === "-") {
    for (const note of imported.notes) say(`note: ${note}`);
    return;
  }
  if (args.json) {
    const { fit, compared, notes } = imported;
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, kind: "import", output, seen: { ...seen, course: undefined }, fit, compared, notes }, null, 2)}\n`,
    );
    return;
  }
  process.stdout.write(await textOf(seen, imported, output));
}

/** Names that must be known before anything is read. */
async function checkOptions(args: ImportArguments): Promise<void> {
  const other = args.source === "info" ? "cloudwatch" : "info";
  const wrong = ONLY[other].find(option => args[option] !== undefined);
  if (wrong !== undefined) throw new CliError(`--${wrong} belongs to «import ${other}»`, EXIT.usage);
  if (args.json && args.output === "-") {
    throw new CliError("--json and -o - cannot both go to standard output: name a file for the scenario", EXIT.usage);
  }
  const { ENGINE_NAMES, NODE_NAMES } = await import("../scenarios/schema/names.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const { PURCHASES } = await import("../scenarios/purchases.ts");
  const { parsePopularity } = await import("../scenarios/popularity-text.ts");
  const problems: string[] = [];
  const known = (option: "node" | "engine" | "purchase", names: readonly string[], list: string) => {
    const value = args[option];
    if (value !== undefined && !names.includes(value))
      problems.push(`--${option}: there is no «${value}»${didYouMean(value, names)}${list}`);
  };
  known("node", NODE_NAMES, "; cachecast nodes lists them");
  known("engine", ENGINE_NAMES, `; there are ${ENGINE_NAMES.join(", ")}`);
  known("purchase", PURCHASES, `; there are ${PURCHASES.join(", ")}`);
  if (args.popularity !== undefined) {
    try {
      parsePopularity(args.popularity);
    } catch (error) {
      problems.push(`--popularity: ${(error as Error).message}`);
    }
  }
  const number = (
    option: "shards" | "replicas" | "period" | "peak-to-mean",
    least: number,
    most: number,
    whole: boolean,
  ) => {
    const value = args[option];
    if (value === undefined || (value >= least && value <= most && (!whole || Number.isInteger(value)))) return;
    problems.push(`--${option} needs a ${whole ? "whole " : ""}number from ${least} to ${most}`);
  };
  number("shards", 1, 500, true);
  number("replicas", 0, 5, true);
  number("period", 1, 86_400, true);
  number("peak-to-mean", 1, 100, false);
  if (problems.length > 0) throw new CliError(problems.join("\n"), EXIT.usage);
}

async function cloudWatch(args: ImportArguments): Promise<Observed> {
  const { readMetricData, readQueries } = await import("../planner/imports/cloudwatch-json.ts");
  const { readMetricCsv } = await import("../planner/imports/cloudwatch-csv.ts");
  const { observeCloudWatch } = await import("../planner/imports/cloudwatch.ts");
  const { textOfFile } = await import("../scenarios/json-text.ts");
  const { ScenarioError } = await import("../scenarios/issue.ts");
  const queries = args.queries === undefined ? new Map<string, readonly string[]>() : readQueries(args.queries);
  const problems: InstanceType<typeof ScenarioError>["issues"][number][] = [];
  const raw = args.files.flatMap(file => {
    try {
      const text = textOfFile(file);
      return /^\s*[[{]/u.test(text) ? readMetricData(file, queries) : readMetricCsv(file, text);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      problems.push(...error.issues);
      return [];
    }
  });
  if (problems.length > 0) throw new ScenarioError(problems);
  return observeCloudWatch(raw, {
    statistic: args.statistic ?? null,
    periodSeconds: args.period ?? null,
    shards: args.shards ?? null,
    replicas: args.replicas ?? null,
  });
}

async function info(args: ImportArguments): Promise<Observed> {
  const { observeInfo } = await import("../planner/imports/info.ts");
  const { textOfFile } = await import("../scenarios/json-text.ts");
  return observeInfo(
    args.files.map(file => ({ file, text: textOfFile(file) })),
    { shards: args.shards ?? null, replicas: args.replicas ?? null },
  );
}

async function textOf(seen: Observed, { compared, notes, standing, fit }: Imported, output: string): Promise<string> {
  const { formatBytes, formatCount, formatPercent, formatRate } = await import("../units.ts");
  const { table } = await import("../report/table.ts");
  const shown = ({ unit }: Compared, value: number) => {
    if (unit === "share") return formatPercent(value);
    if (unit === "bytes") return formatBytes(value);
    return unit === "rate" ? formatRate(value) : formatCount(Math.round(value));
  };
  const { shape, node } = standing;
  const rows = compared.map(one => [
    one.what,
    shown(one, one.seen),
    shown(one, one.model),
    one.seen === 0
      ? "-"
      : `${one.model >= one.seen ? "+" : ""}${((100 * (one.model - one.seen)) / one.seen).toFixed(1)} %`,
  ]);
  const peak = shape.waves.length === 0 ? "" : `, ${formatRate(shape.busiest)} at the busiest time of the day`;
  const parts = [
    `${seen.name}: ${seen.shards} × (1 + ${seen.replicas}) ${node.type}, ${formatRate(shape.mean)} in the mean${peak}, ${formatPercent(fit.hitRate.value)} hits`,
    `from ${seen.source}`,
    "",
    table(["figure", "seen", "the scenario's closed form", "difference"], rows),
    ...notes.map(note => `note: ${note}`),
    `written to ${output}; every line says where it comes from. Next: cachecast plan ${output}`,
  ];
  return `${parts.join("\n")}\n`;
}
