// cachecast mrc: hit rate over memory, of a trace or of a scenario's workload, and which size is the cheapest.

import type { CommandModule } from "yargs";
import type { WorldConfig } from "../models/config.ts";
import type { MrcPrices } from "../planner/curves/mrc.ts";
import type { RequestLog } from "../planner/curves/requests.ts";
import type { Built } from "../scenarios/build.ts";
import { CliError, EXIT } from "./exit.ts";
import { checkTogether, isScenario, type MrcArguments, mrcOptions } from "./mrc-options.ts";
import { checkWritable, oneToStdout, say, writeOutput } from "./output.ts";

export const mrcVerb: CommandModule<object, MrcArguments> = {
  command: "mrc <source>",
  describe: "Hit rate over memory, of a trace or a scenario's workload",
  builder: mrcOptions,
  handler: mrc,
};

/** Reads a text of an option, with the option's name in the complaint. */
type Parse = <T>(name: keyof MrcArguments, value: string, read: (text: string) => T) => T;

async function mrc(args: MrcArguments): Promise<void> {
  checkTogether(args);
  oneToStdout({ json: args.json, report: args.report });
  checkWritable(args.json);
  checkWritable(args.report);
  const { curveParameters, hitRateCurve } = await import("../planner/curves/mrc.ts");
  const units = await import("../units.ts");
  const parse: Parse = (name, value, read) => {
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof units.UnitError)) throw error;
      throw new CliError(`--${name} ${error.message}`, EXIT.usage);
    }
  };
  const asked = args.policies === "none" ? [] : args.policies?.split(",").map(name => name.trim());
  const rate = parse("rate", args.rate ?? "10%", units.parseFraction);
  if (!(rate > 0 && rate <= 1)) throw new CliError("--rate needs a share above 0 % and up to 100 %", EXIT.usage);
  const sampledKeys =
    args["sampled-keys"] === undefined ? null : parse("sampled-keys", args["sampled-keys"], units.parseCount);
  const originCost =
    args["origin-cost"] === undefined ? null : parse("origin-cost", args["origin-cost"], units.parseUsd);
  await checkNames(args, asked ?? []);
  const built = isScenario(args) ? await loadBuilt(args) : null;
  const bought = boughtOf(args, built);
  const memcached = args.engine === undefined && built?.product === "memcached";
  if (memcached && originCost !== null) throw new CliError(MEMCACHED_UNPRICED, EXIT.usage);
  const world = built?.world(0, built.scenario.seed) ?? null;
  const policies = asked ?? (memcached ? [memcachedPolicy(world!)] : ENGINE_POLICIES);
  const prices = originCost === null ? null : await pricesOf(args, bought, built, originCost);
  const log =
    built === null ? await requestsOfTrace(args, parse) : await requestsOfScenario(args, built, world!, parse);
  if (log.count === 0) throw new CliError("there are no requests to make a curve of", EXIT.invalid);
  const isSample = args.rate !== undefined || sampledKeys !== null;
  const method = args.method !== "auto" ? args.method : isSample || log.count > AUTO_EXACT ? "shards" : "exact";
  const { engineProfile } = await import("../planner/curves/names.ts");
  if (memcached)
    say(`sizes, and the column LRU, count a key's bytes as ${DEFAULT_ENGINE} does; --engine names another`);
  const curve = hitRateCurve(log, {
    profile: engineProfile(memcached ? DEFAULT_ENGINE : bought.engine)!,
    parameters: world === null ? {} : curveParameters(world.cluster.parameters),
    points: args.points,
    method,
    rate,
    sampledKeys,
    policies,
    trafficFactor: args["traffic-factor"] ?? 1,
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
    ...bought,
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
/** reserved-memory-percent as ElastiCache's parameter groups have it. */
const DEFAULT_RESERVE = 25;
const DEFAULT_ENGINE = "valkey-8.0";
const ENGINE_POLICIES: readonly string[] = ["allkeys-lru", "allkeys-lfu"];
const MEMCACHED_UNPRICED =
  "--origin-cost: sizes are priced as nodes of Valkey or Redis OSS, and the scenario's are Memcached's: name one of the engines with --engine to see what its nodes cost";

/** How the scenario's nodes evict. */
function memcachedPolicy({ cluster: { memcached } }: WorldConfig): string {
  return memcached!.settings.lruSegmented ? "memcached" : "memcached-flat";
}

/** Names of policies, engine, format, node and price book. */
async function checkNames(args: MrcArguments, policies: readonly string[]): Promise<void> {
  const { isMemcachedPolicy, POLICY_NAMES, PROFILE_NAMES, TRACE_FORMATS } = await import("../planner/curves/names.ts");
  const { nodeTypes } = await import("../catalog/nodes.ts");
  const { priceBookNames } = await import("../catalog/prices.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const problems: string[] = [];
  const known = (what: string, name: string | undefined, names: readonly string[], list?: string) => {
    if (name === undefined || names.includes(name)) return;
    problems.push(`no ${what} «${name}»; ${list ?? `there are ${names.join(", ")}`}${didYouMean(name, names)}`);
  };
  for (const name of policies) known("policy", name, POLICY_NAMES);
  if (args["origin-cost"] !== undefined && policies.length > 0 && isMemcachedPolicy(policies[0])) {
    problems.push(
      "--origin-cost: the first policy decides which size is cheapest, and memory is priced by nodes of --engine: name one of the engine's first",
    );
  }
  known("engine", args.engine, PROFILE_NAMES);
  known("format", args.format, ["auto", ...TRACE_FORMATS.map(one => one.name)]);
  known(
    "node type",
    args.node,
    nodeTypes().map(one => one.type),
    "cachecast nodes lists them",
  );
  known("price book", args.prices, priceBookNames());
  if (problems.length > 0) throw new CliError(problems.join("\n"), EXIT.usage);
}

async function loadBuilt(args: MrcArguments): Promise<Built> {
  const { loadScenario } = await import("../scenarios/load.ts");
  const { built } = await loadScenario({
    file: args.source,
    overlays: args.overlay ?? [],
    settings: args.set ?? [],
  });
  return built;
}

interface Bought {
  readonly engine: string;
  readonly node: string;
  readonly replicas: number;
}

/** What memory is bought as: what is asked for, else what the scenario has. A serverless one has no nodes. */
function boughtOf(args: MrcArguments, built: Built | null): Bought {
  const cluster = built?.scenario.cluster;
  const hasNodes = cluster?.node !== undefined;
  return {
    engine: args.engine ?? cluster?.engine ?? DEFAULT_ENGINE,
    node: args.node ?? cluster?.node ?? "cache.r7g.large",
    replicas: args.replicas ?? (hasNodes ? cluster.replicas : 1),
  };
}

async function pricesOf(
  args: MrcArguments,
  { engine, node: type, replicas }: Bought,
  built: Built | null,
  usdPerMillionMisses: number,
): Promise<MrcPrices> {
  const { engineOfProfile } = await import("../catalog/engines.ts");
  const { maxmemoryAfterReserve, nodeTypes } = await import("../catalog/nodes.ts");
  const { isUnknownPrice, onDemandHourly, priceBook } = await import("../catalog/prices.ts");
  const { HOURS_PER_MONTH } = await import("../units.ts");
  const node = nodeTypes().find(one => one.type === type)!;
  const book = args.prices === undefined && built !== null ? built.book : priceBook(args.prices ?? "aws-us-east-1");
  const hourly = onDemandHourly(book, type, engineOfProfile(engine));
  if (isUnknownPrice(hourly)) throw new CliError(hourly.message, EXIT.usage);
  return {
    bytesPerShard: (await ownLimit(built, engine, type)) ?? maxmemoryAfterReserve(node, DEFAULT_RESERVE),
    monthlyUsdPerShard: hourly * HOURS_PER_MONTH * (1 + replicas),
    usdPerMillionMisses,
  };
}

/** maxmemory of the scenario's own nodes; null: it is about others, or without a limit. */
async function ownLimit(built: Built | null, engine: string, type: string): Promise<number | null> {
  if (built === null || built.scenario.cluster.engine !== engine || built.scenario.cluster.node !== type) return null;
  const { maxmemoryOf } = await import("../planner/curves/mrc.ts");
  const { engineProfile } = await import("../planner/curves/names.ts");
  return maxmemoryOf(engineProfile(engine)!, built.setup.parameters);
}

async function requestsOfScenario(
  args: MrcArguments,
  built: Built,
  world: WorldConfig,
  parse: Parse,
): Promise<RequestLog> {
  const { parseCount } = await import("../units.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const names = built.workloads.map(plan => plan.name);
  const at = args.workload === undefined ? 0 : names.indexOf(args.workload);
  if (at === -1) {
    throw new CliError(
      `no workload «${args.workload}»; there are ${names.join(", ")}${didYouMean(args.workload!, names)}`,
      EXIT.usage,
    );
  }
  const config = world.workloads[at];
  const { trace } = built.workloads[at];
  if (trace === null) {
    const { cannotDraw, drawRequests } = await import("../planner/curves/drawn-log.ts");
    const problem = cannotDraw(config);
    if (problem !== null) throw new CliError(problem, EXIT.invalid);
    const count = parse("requests", args.requests ?? "1M", parseCount);
    return drawRequests(config, count, built.scenario.seed, built.scenario.duration);
  }
  if (args.requests !== undefined) {
    throw new CliError(`--requests has no effect: ${names[at]} replays a trace, all of it`, EXIT.usage);
  }
  const { RequestLog } = await import("../planner/curves/requests.ts");
  const { readTrace, describeTrace } = await import("../scenarios/trace-file.ts");
  const { TraceKeys } = await import("../planner/curves/names.ts");
  const keys = new TraceKeys();
  const log = new RequestLog(keys, { valueBytes: config.valueBytes, ttlSeconds: config.ttlSeconds });
  say(describeTrace(await readTrace(trace, keys, log)));
  return log;
}

async function requestsOfTrace(args: MrcArguments, parse: Parse): Promise<RequestLog> {
  const { parseBytes, parseDurationNs, NS_PER_MS, NS_PER_SECOND } = await import("../units.ts");
  const { RequestLog } = await import("../planner/curves/requests.ts");
  const { readTrace, describeTrace } = await import("../scenarios/trace-file.ts");
  const { TraceKeys } = await import("../planner/curves/names.ts");
  const { parseDistribution } = await import("../scenarios/distribution-text.ts");
  const valueBytes = parse("values", args.values ?? "1KiB", value => parseDistribution(value, parseBytes));
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
      format: args.format === undefined || args.format === "auto" ? null : args.format,
      columns: args.columns,
      speed: 1,
      gapMs: parse("gap", args.gap ?? "1ms", parseDurationNs) / NS_PER_MS,
      amplify: 1,
    },
    keys,
    log,
  );
  say(describeTrace(summary));
  return log;
}
