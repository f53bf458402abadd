// cachecast mrc: hit rate over memory, of a trace or of a scenario's workload, and which size is the cheapest.

import type { Argv, CommandModule } from "yargs";
import type { MrcPrices } from "../planner/curves/mrc.ts";
import type { RequestLog } from "../planner/curves/requests.ts";
import type { Loaded } from "../scenarios/load.ts";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, say, writeOutput } from "./output.ts";
import { scenarioOptions } from "./simulate.ts";

interface MrcArguments {
  source: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  workload: string | undefined;
  format: string;
  columns: string | undefined;
  gap: string;
  trafficFactor: number;
  values: string;
  ttl: string | undefined;
  requests: string;
  method: "auto" | "exact" | "shards";
  rate: string;
  sampledKeys: string | undefined;
  policies: string;
  points: number;
  engine: string;
  node: string;
  replicas: number;
  prices: string;
  originCost: string | undefined;
  json: string | undefined;
  report: string | undefined;
}

const text = { type: "string", requiresArg: true } as const;

export const mrcVerb: CommandModule<object, MrcArguments> = {
  command: "mrc <source>",
  describe: "Hit rate over memory, of a trace or a scenario's workload",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("source", { type: "string", demandOption: true, describe: "Trace file, or scenario (.yaml)" })
      .option("workload", { ...text, describe: "Which workload of the scenario; the first when left out" })
      .option("format", { ...text, default: "auto", describe: "Format of the trace" })
      .option("columns", { ...text, describe: "libcachesim-csv: time-col=2, obj-id-col=5, …" })
      .option("gap", { ...text, default: "1ms", describe: "Between requests where the trace has no times" })
      .option("traffic-factor", { type: "number", default: 1, describe: "The trace holds one key in so many" })
      .option("values", { ...text, default: "1KiB", describe: "Value sizes where the trace has none" })
      .option("ttl", { ...text, describe: "Time to live where the trace has none" })
      .option("requests", { ...text, default: "1M", describe: "Requests drawn from a workload" })
      .option("method", {
        choices: ["auto", "exact", "shards"] as const,
        default: "auto" as const,
        describe: "All keys, or a sample of them; auto: exact up to 1M requests",
      })
      .option("rate", { ...text, default: "10%", describe: "Share of the keys that a sample takes" })
      .option("sampled-keys", { ...text, describe: "So many keys instead of a share" })
      .option("policies", {
        ...text,
        default: "allkeys-lru,allkeys-lfu",
        describe: "Eviction policies to simulate with the engine's own code; none: LRU by stack distance only",
      })
      .option("points", { type: "number", default: 10, describe: "Sizes, from 1 % of all bytes to all" })
      .option("engine", { ...text, default: "valkey-8.0", describe: "Whose memory and eviction" })
      .option("node", { ...text, default: "cache.r7g.large", describe: "Node type that memory is bought in" })
      .option("replicas", { type: "number", default: 1, describe: "Replicas of each node" })
      .option("prices", { ...text, default: "aws-us-east-1", describe: "Price book" })
      .option("origin-cost", { ...text, describe: "What a million misses cost at the origin, such as $2" })
      .option("json", { ...text, describe: "Write the curve as JSON (- for stdout)" })
      .option("report", { ...text, describe: "Write an HTML page" })
      .example("$0 mrc trace.csv.gz --origin-cost '$2'", "the cheapest size of a cache for recorded requests")
      .example(
        "$0 mrc cache.yaml --method shards",
        "of the first workload, by a sample",
      ) as unknown as Argv<MrcArguments>,
  handler: mrc,
};

async function mrc(args: MrcArguments): Promise<void> {
  checkWritable(args.json);
  checkWritable(args.report);
  const { hitRateCurve } = await import("../planner/curves/mrc.ts");
  const { POLICY_NAMES } = await import("../planner/curves/names.ts");
  const { engineProfile, PROFILE_NAMES } = await import("../planner/curves/names.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const units = await import("../units.ts");
  const parse = <T>(name: string, value: string, read: (text: string) => T): T => {
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof units.UnitError)) throw error;
      throw new CliError(`--${name} ${error.message}`, EXIT.usage);
    }
  };
  const policies = args.policies === "none" ? [] : args.policies.split(",").map(name => name.trim());
  for (const name of policies) {
    if (POLICY_NAMES.includes(name)) continue;
    throw new CliError(
      `no policy «${name}»; there are ${POLICY_NAMES.join(", ")}${didYouMean(name, POLICY_NAMES)}`,
      EXIT.usage,
    );
  }
  const profile = engineProfile(args.engine);
  if (profile === undefined) {
    throw new CliError(
      `no engine «${args.engine}»; there are ${PROFILE_NAMES.join(", ")}${didYouMean(args.engine, PROFILE_NAMES)}`,
      EXIT.usage,
    );
  }
  if (!(args.points >= 1 && args.points <= 200))
    throw new CliError("--points needs a number from 1 to 200", EXIT.usage);
  if (!(args.trafficFactor > 0)) throw new CliError("--traffic-factor needs a number above zero", EXIT.usage);
  const rate = parse("rate", args.rate, units.parseFraction);
  if (!(rate > 0 && rate <= 1)) throw new CliError("--rate needs a share above 0 % and up to 100 %", EXIT.usage);
  const sampledKeys = args.sampledKeys === undefined ? null : parse("sampled-keys", args.sampledKeys, units.parseCount);
  const originCost = args.originCost === undefined ? null : parse("origin-cost", args.originCost, units.parseUsd);
  const prices = originCost === null ? null : await pricesOf(args, originCost);
  const log = await requestsOf(args, parse);
  if (log.count === 0) throw new CliError("there are no requests to make a curve of", EXIT.invalid);
  const method =
    args.method === "auto" ? (log.count <= AUTO_EXACT && sampledKeys === null ? "exact" : "shards") : args.method;
  const curve = hitRateCurve(log, {
    profile,
    parameters: {},
    points: args.points,
    method,
    rate,
    sampledKeys,
    policies,
    trafficFactor: args.trafficFactor,
    prices,
    progress: (done, of) => {
      if (process.stderr.isTTY) process.stderr.write(`\rsimulating ${done} of ${of}${done === of ? "\n" : ""}`);
    },
  });
  if (curve.reads === 0) throw new CliError("the requests are all stores: a curve needs reads", EXIT.invalid);
  const { mrcSchema } = await import("../result/mrc.ts");
  const { VERSION } = await import("../version.ts");
  const document = mrcSchema.parse({
    schemaVersion: 1,
    kind: "mrc",
    version: VERSION,
    source: args.source,
    method,
    engine: args.engine,
    node: args.node,
    replicas: args.replicas,
    ...curve,
  });
  if (args.json !== undefined) writeOutput(args.json, `${JSON.stringify(document, null, 2)}\n`);
  if (args.report !== undefined) {
    const { renderMrcPage } = await import("../report/mrc-page.ts");
    writeOutput(args.report, renderMrcPage(document));
  }
  if (args.json !== "-" && args.report !== "-") {
    const { renderMrcText } = await import("../report/mrc-text.ts");
    process.stdout.write(renderMrcText(document));
  }
}

const AUTO_EXACT = 1_000_000;

async function pricesOf(args: MrcArguments, usdPerMillionMisses: number): Promise<MrcPrices> {
  const { maxmemoryAfterReserve, nodeTypes } = await import("../catalog/nodes.ts");
  const { isUnknownPrice, onDemandHourly, priceBook, priceBookNames } = await import("../catalog/prices.ts");
  const { HOURS_PER_MONTH } = await import("../units.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const names = nodeTypes().map(node => node.type);
  const node = nodeTypes().find(one => one.type === args.node);
  if (node === undefined)
    throw new CliError(
      `no node type «${args.node}»${didYouMean(args.node, names)}; cachecast nodes lists them`,
      EXIT.usage,
    );
  if (!priceBookNames().includes(args.prices)) {
    throw new CliError(`no price book «${args.prices}»; there are ${priceBookNames().join(", ")}`, EXIT.usage);
  }
  const hourly = onDemandHourly(
    priceBook(args.prices),
    node.type,
    args.engine.startsWith("redis") ? "redis" : "valkey",
  );
  if (isUnknownPrice(hourly)) throw new CliError(hourly.message, EXIT.usage);
  return {
    bytesPerShard: maxmemoryAfterReserve(node, 25),
    monthlyUsdPerShard: hourly * HOURS_PER_MONTH * (1 + args.replicas),
    usdPerMillionMisses,
  };
}

async function requestsOf(
  args: MrcArguments,
  parse: <T>(name: string, value: string, read: (text: string) => T) => T,
): Promise<RequestLog> {
  const { parseBytes, parseCount, parseDurationNs, NS_PER_MS, NS_PER_SECOND } = await import("../units.ts");
  const { RequestLog } = await import("../planner/curves/requests.ts");
  const { readTrace, describeTrace } = await import("../scenarios/trace-file.ts");
  const { TraceKeys } = await import("../planner/curves/names.ts");
  if (/\.ya?ml$/u.test(args.source)) {
    const { loadScenario } = await import("../scenarios/load.ts");
    const { cannotDraw, drawRequests } = await import("../planner/curves/drawn-log.ts");
    const loaded: Loaded = await loadScenario({
      file: args.source,
      overlays: args.overlay ?? [],
      settings: args.set ?? [],
    });
    const { built } = loaded;
    const names = built.workloads.map(plan => plan.name);
    const at = args.workload === undefined ? 0 : names.indexOf(args.workload);
    if (at === -1) throw new CliError(`no workload «${args.workload}»; there are ${names.join(", ")}`, EXIT.usage);
    const config = built.world(0, built.scenario.seed).workloads[at];
    const { trace } = built.workloads[at];
    if (trace === null) {
      const problem = cannotDraw(config);
      if (problem !== null) throw new CliError(problem, EXIT.invalid);
      return drawRequests(
        config,
        parse("requests", args.requests, parseCount),
        built.scenario.seed,
        built.scenario.duration,
      );
    }
    const keys = new TraceKeys();
    const log = new RequestLog(keys, { valueBytes: config.valueBytes, ttlSeconds: config.ttlSeconds });
    say(describeTrace(await readTrace(trace, keys, log)));
    return log;
  }
  const { parseDistribution } = await import("../scenarios/distribution-text.ts");
  const { traceFormat, TRACE_FORMATS } = await import("../planner/curves/names.ts");
  if (args.format !== "auto" && traceFormat(args.format) === undefined) {
    throw new CliError(
      `no format «${args.format}»; there are ${TRACE_FORMATS.map(one => one.name).join(", ")}`,
      EXIT.usage,
    );
  }
  const valueBytes = parse("values", args.values, value => parseDistribution(value, parseBytes));
  const ttl =
    args.ttl === undefined ? null : parse("ttl", args.ttl, value => parseDistribution(value, parseDurationNs));
  const ttlSeconds =
    ttl === null
      ? null
      : { ...ttl, sample: (random: Parameters<typeof ttl.sample>[0]) => ttl.sample(random) / NS_PER_SECOND };
  const keys = new TraceKeys();
  const log = new RequestLog(keys, { valueBytes, ttlSeconds });
  const summary = await readTrace(
    {
      file: args.source,
      format: args.format === "auto" ? null : args.format,
      columns: args.columns,
      speed: 1,
      gapMs: parse("gap", args.gap, parseDurationNs) / NS_PER_MS,
      amplify: 1,
    },
    keys,
    log,
  );
  say(describeTrace(summary));
  return log;
}
