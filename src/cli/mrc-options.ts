// What `cachecast mrc` can be told, and which of it goes together: an option that would be ignored is refused.

import type { Argv } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { scenarioOptions } from "./simulate.ts";

export interface MrcArguments {
  source: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  workload: string | undefined;
  requests: string | undefined;
  format: string | undefined;
  columns: string | undefined;
  gap: string | undefined;
  "traffic-factor": number | undefined;
  values: string | undefined;
  ttl: string | undefined;
  method: "auto" | "exact" | "shards";
  rate: string | undefined;
  "sampled-keys": string | undefined;
  policies: string | undefined;
  points: number;
  engine: string | undefined;
  node: string | undefined;
  replicas: number | undefined;
  prices: string | undefined;
  "origin-cost": string | undefined;
  json: string | undefined;
  report: string | undefined;
}

const text = { type: "string", requiresArg: true } as const;

export function mrcOptions(yargs: Argv): Argv<MrcArguments> {
  return scenarioOptions(yargs)
    .positional("source", { type: "string", demandOption: true, describe: "Trace file, or scenario (.yaml)" })
    .option("workload", { ...text, describe: "Scenario: which workload (the first)" })
    .option("requests", { ...text, describe: "Scenario: how many are drawn from a workload (1M)" })
    .option("format", { ...text, describe: "Trace: its format (found out)" })
    .option("columns", { ...text, describe: "Trace, libcachesim-csv: time-col=2, obj-id-col=5, …" })
    .option("gap", { ...text, describe: "Trace: time between requests where it has none (1ms)" })
    .option("traffic-factor", { type: "number", requiresArg: true, describe: "Trace: it holds one key in so many (1)" })
    .option("values", { ...text, describe: "Trace: value sizes where it has none (1KiB)" })
    .option("ttl", { ...text, describe: "Trace: time to live where it has none" })
    .option("method", {
      choices: ["auto", "exact", "shards"] as const,
      default: "auto" as const,
      describe: "All keys, or a sample of them; auto: exact up to 1M requests, unless a sample is described",
    })
    .option("rate", { ...text, describe: "Share of the keys that a sample takes (10%)" })
    .option("sampled-keys", { ...text, describe: "So many keys instead of a share" })
    .option("policies", {
      ...text,
      describe:
        "Eviction policies to simulate with the engine's own code (allkeys-lru,allkeys-lfu; of a scenario of Memcached how its nodes evict: memcached or memcached-flat); none: LRU by stack distance only",
    })
    .option("points", { type: "number", default: 10, describe: "Sizes, from 1 % of all bytes to all" })
    .option("engine", { ...text, describe: "Whose memory and eviction (the scenario's; valkey-8.0)" })
    .option("origin-cost", {
      ...text,
      describe: "What a million misses cost at the origin, such as $2: finds the best",
    })
    .option("node", { ...text, describe: "Node type that memory is bought in (the scenario's; cache.r7g.large)" })
    .option("replicas", { type: "number", requiresArg: true, describe: "Replicas of each node (the scenario's; 1)" })
    .option("prices", { ...text, describe: "Price book (the scenario's; aws-us-east-1)" })
    .option("json", { ...text, describe: "Write the curve as JSON (- for stdout)" })
    .option("report", { ...text, describe: "Write an HTML page (- for stdout)" })
    .example("$0 mrc trace.csv.gz --origin-cost '$2'", "the cheapest size of a cache for recorded requests")
    .example(
      "$0 mrc cache.yaml --method shards",
      "of the first workload, by a sample",
    ) as unknown as Argv<MrcArguments>;
}

export function isScenario({ source }: MrcArguments): boolean {
  return /\.ya?ml$/u.test(source);
}

const OF_SCENARIO = ["workload", "requests", "set", "overlay"] as const;
const OF_TRACE = ["format", "columns", "gap", "traffic-factor", "values", "ttl"] as const;
const OF_PRICES = ["node", "replicas", "prices"] as const;
const OF_SAMPLE = ["rate", "sampled-keys"] as const;

/** Everything that is wrong about the options themselves, before anything is read. */
export function checkTogether(args: MrcArguments): void {
  const problems: string[] = [];
  const refuse = (options: readonly (keyof MrcArguments)[], why: string) => {
    for (const option of options) if (args[option] !== undefined) problems.push(`--${option} has no effect ${why}`);
  };
  if (isScenario(args)) refuse(OF_TRACE, "on a scenario: its workloads say that themselves");
  else refuse(OF_SCENARIO, "on a trace");
  if (args["origin-cost"] === undefined) refuse(OF_PRICES, "without --origin-cost: it is about what sizes cost");
  if (args.method === "exact") refuse(OF_SAMPLE, "with --method exact, which takes every key");
  else if (args["sampled-keys"] !== undefined) refuse(["rate"], "beside --sampled-keys");
  const number = (option: "points" | "replicas" | "traffic-factor", least: number, most: number, whole: boolean) => {
    const value = args[option];
    if (value === undefined || (value >= least && value <= most && (!whole || Number.isInteger(value)))) return;
    problems.push(`--${option} needs a ${whole ? "whole " : ""}number from ${least} to ${most}`);
  };
  number("points", 1, 200, true);
  number("replicas", 0, 5, true);
  number("traffic-factor", 1, 1e9, false);
  if (problems.length > 0) throw new CliError(problems.join("\n"), EXIT.usage);
}
