// cachecast sweep: a grid or a list of points of a scenario, on threads, on a part of several machines, or on a queue.

import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Argv, CommandModule } from "yargs";
import type { SweepJob, SweepPlan } from "../planner/sweep/plan.ts";
import type { Sweep, SweepRow } from "../result/sweep.ts";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, say, writeOutput } from "./output.ts";
import { catchInterrupts, scenarioOptions, wholeNumber } from "./simulate.ts";

interface SweepArguments {
  scenario: string;
  matrix: string[] | undefined;
  list: string | undefined;
  set: string[] | undefined;
  overlay: string[] | undefined;
  seed: string | undefined;
  duration: string | undefined;
  replications: string;
  out: string | undefined;
  report: string | undefined;
  threads: string | undefined;
  shard: string | undefined;
  distributed: string | undefined;
  resume: boolean;
  "skip-invalid": boolean;
  quiet: boolean;
}

export const sweepVerb: CommandModule<object, SweepArguments> = {
  command: "sweep <scenario>",
  describe: "Run a grid or a list of variants; the cheapest that holds comes first",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" })
      .option("matrix", {
        alias: "m",
        type: "string",
        array: true,
        nargs: 1,
        requiresArg: true,
        describe: "Vary a path: path=a,b,c or path=1..8 (repeatable: a grid)",
      })
      .option("list", { type: "string", requiresArg: true, describe: "YAML list of points instead of a grid" })
      .option("seed", { type: "string", requiresArg: true, describe: "Seed of every random stream, at every point" })
      .option("duration", { type: "string", requiresArg: true, describe: "Simulated time, such as 10m" })
      .option("replications", { type: "string", default: "1", requiresArg: true, describe: "Independent runs a point" })
      .option("out", { alias: "o", type: "string", requiresArg: true, describe: "Result: .ndjson or .parquet" })
      .option("report", { type: "string", requiresArg: true, describe: "Write an HTML page" })
      .option("threads", { type: "string", requiresArg: true, describe: "Worker threads; as many as cores by default" })
      .option("shard", { type: "string", requiresArg: true, describe: "Only part 2/8 (auto/8: of an array job)" })
      .option("distributed", {
        type: "string",
        requiresArg: true,
        describe: "Over workers on a queue: redis://host:port",
      })
      .option("resume", { type: "boolean", default: false, describe: "Go on with an interrupted --out" })
      .option("skip-invalid", { type: "boolean", default: false, describe: "Leave out points that are no scenario" })
      .option("quiet", { alias: "q", type: "boolean", default: false, describe: "No progress" })
      .example("$0 sweep cache.yaml -m cluster.shards=1..4 -m cluster.replicas=0,1,2", "twelve points")
      .example(
        "$0 sweep cache.yaml -m cluster.shards=1..8 --shard 1/2 -o part1.ndjson",
        "half of them here; then merge",
      ) as unknown as Argv<SweepArguments>,
  handler: sweep,
};

async function sweep(args: SweepArguments): Promise<void> {
  const replications = wholeNumber("replications", args.replications, 1);
  const seed = args.seed === undefined ? undefined : wholeNumber("seed", args.seed, 0);
  const threads = args.threads === undefined ? availableParallelism() : wholeNumber("threads", args.threads, 1);
  if (args.out !== undefined && !/\.(?:ndjson|parquet)$/u.test(args.out)) {
    throw new CliError(`--out ${args.out}: the name must end in .ndjson or .parquet`, EXIT.usage);
  }
  if (args.resume && args.out === undefined)
    throw new CliError("--resume needs the --out that it goes on with", EXIT.usage);
  if (args.shard !== undefined && args.distributed !== undefined) {
    throw new CliError("--shard and --distributed are two ways to split a sweep: give one", EXIT.usage);
  }
  if (args.distributed !== undefined) {
    const { whyUnreachable } = await import("../planner/sweep/distributed.ts");
    const unreachable = await whyUnreachable(args.distributed);
    if (unreachable !== null) throw new CliError(`--distributed: ${unreachable}`, EXIT.invalid);
  }
  const plan = await planOf(args, seed, replications);
  checkWritable(args.out);
  checkWritable(args.report);
  const jobs = await partOf(plan, args.shard);
  const interruption = catchInterrupts();
  const rows = await collect(plan, jobs, { args, threads, interrupted: () => interruption.asked });
  interruption.release();
  await write({ header: plan.header, rows }, rows.length === jobs.length, args);
  if (interruption.asked) process.exitCode = EXIT.interrupted;
}

async function planOf(args: SweepArguments, seed: number | undefined, replications: number): Promise<SweepPlan> {
  const { planSweep } = await import("../planner/sweep/plan.ts");
  const { formatIssues } = await import("../scenarios/issue.ts");
  const { axes, points } = await pointsOf(args);
  const { plan, invalid } = await planSweep({
    file: args.scenario,
    overlays: args.overlay ?? [],
    settings: args.set ?? [],
    duration: args.duration,
    axes,
    points,
    seed,
    replications,
  });
  if (invalid.length > 0 && (!args["skip-invalid"] || plan.jobs.length === 0)) {
    const told = invalid
      .slice(0, 5)
      .map(({ settings, issues }) => `point ${describe(settings)}\n${formatIssues(issues)}`);
    const more = invalid.length > 5 ? [`… and ${invalid.length - 5} more points`] : [];
    const remedy = plan.jobs.length > 0 ? "--skip-invalid leaves them out" : "no point is left";
    throw new CliError(
      [...told, ...more, `${invalid.length} of ${points.length} points are no valid scenario; ${remedy}`].join("\n"),
      EXIT.invalid,
    );
  }
  if (invalid.length > 0) say(`${invalid.length} points left out: they are no valid scenario`);
  return plan;
}

async function pointsOf(args: SweepArguments): Promise<{ axes: string[]; points: Record<string, string>[] }> {
  const { AxisError, gridOf, listOf, parseAxis } = await import("../planner/sweep/axes.ts");
  const { parseYaml, readText } = await import("../scenarios/yaml-file.ts");
  if ((args.matrix === undefined) === (args.list === undefined)) {
    throw new CliError("a sweep needs either -m path=a,b,c or --list FILE", EXIT.usage);
  }
  try {
    if (args.list !== undefined) return listOf(parseYaml(args.list, readText(args.list)).value, args.list);
    const axes = args.matrix!.map(parseAxis);
    return { axes: axes.map(axis => axis.path), points: gridOf(axes) };
  } catch (error) {
    if (!(error instanceof AxisError)) throw error;
    throw new CliError(error.message, args.list === undefined ? EXIT.usage : EXIT.invalid);
  }
}

function describe(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([path, value]) => `${path}=${value}`)
    .join(" ");
}

async function partOf({ jobs }: SweepPlan, shard: string | undefined): Promise<readonly SweepJob[]> {
  if (shard === undefined) return jobs;
  const { isIn, parseShard } = await import("../planner/sweep/shard.ts");
  const part = parseShard(shard, process.env);
  if (typeof part === "string") throw new CliError(part, EXIT.usage);
  return jobs.filter(job => isIn(part, job.index));
}

interface Collecting {
  readonly args: SweepArguments;
  readonly threads: number;
  interrupted(): boolean;
}

/** Rows as they come go into a file beside the result, so that an interrupted sweep can go on. */
async function collect(plan: SweepPlan, jobs: readonly SweepJob[], how: Collecting): Promise<SweepRow[]> {
  const { args, interrupted } = how;
  const { sweepText } = await import("../result/sweep.ts");
  const partial = args.out === undefined ? null : `${args.out}.partial`;
  const rows = args.resume ? await earlierRows(plan, args.out!, partial!) : [];
  if (partial !== null) writeFileSync(partial, sweepText({ header: plan.header, rows }));
  const known = new Set(rows.map(row => row.index));
  const left = jobs.filter(job => !known.has(job.index));
  const startedMs = performance.now();
  let saidMs = startedMs;
  const onRow = (row: SweepRow) => {
    rows.push(row);
    if (partial !== null) appendFileSync(partial, `${JSON.stringify(row)}\n`);
    const now = performance.now();
    if (args.quiet || now - saidMs < (process.stderr.isTTY === true ? 1_000 : 30_000)) return;
    saidMs = now;
    const done = rows.length - known.size;
    const secondsLeft = Math.round((((now - startedMs) / done) * (left.length - done)) / 1_000);
    say(`${rows.length} of ${jobs.length} points, about ${secondsLeft} s left`);
  };
  if (args.distributed !== undefined) {
    const { coordinate } = await import("../planner/sweep/distributed.ts");
    const url = args.distributed;
    const onNoWorkers = () => say(`nobody works on the queue: start «cachecast worker --distributed ${url}»`);
    await coordinate(left, { url, plan: plan.header.plan, onRow, interrupted, onNoWorkers });
  } else {
    const { runJobs } = await import("../planner/sweep/pool.ts");
    const { provideLua } = await import("../lua/index.ts");
    provideLua();
    await runJobs(left, {
      threads: how.threads,
      script: how.threads === 1 ? null : workerScript(),
      onRow,
      interrupted,
    });
  }
  return rows;
}

/** What an earlier call left of the same plan. */
async function earlierRows(plan: SweepPlan, out: string, partial: string): Promise<SweepRow[]> {
  const { parseSweep } = await import("../result/sweep.ts");
  const file = existsSync(partial) ? partial : out;
  // A whole Parquet file has nothing left to go on with.
  if (!existsSync(file) || file.endsWith(".parquet")) {
    throw new CliError(`--resume: there is no ${partial} to go on with`, EXIT.invalid);
  }
  const found = parseSweep(readFileSync(file, "utf8"), true);
  if (typeof found === "string") throw new CliError(`${file}: ${found}`, EXIT.invalid);
  if (found.header.plan !== plan.header.plan) {
    throw new CliError(
      `${file}: is of another plan: the scenario, the points or the version have changed`,
      EXIT.invalid,
    );
  }
  return [...found.rows];
}

/** The worker beside the built command line. */
function workerScript(): URL {
  let at = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 3; up++, at = dirname(at)) {
    const file = join(at, "sweep-worker.js");
    if (existsSync(file)) return pathToFileURL(file);
  }
  throw new CliError("the worker of this build is missing: run «npm run build»", EXIT.internal);
}

async function write(sweep: Sweep, complete: boolean, args: SweepArguments): Promise<void> {
  const { sweepText } = await import("../result/sweep.ts");
  const { renderSweepText } = await import("../report/sweep-text.ts");
  if (args.out !== undefined && complete) {
    if (args.out.endsWith(".parquet")) {
      const { sweepParquet } = await import("../planner/sweep/parquet.ts");
      writeOutput(args.out, sweepParquet(sweep));
    } else writeOutput(args.out, sweepText(sweep));
    rmSync(`${args.out}.partial`, { force: true });
  }
  if (args.report !== undefined) {
    const { renderSweepPage } = await import("../report/sweep-page.ts");
    writeOutput(args.report, renderSweepPage(sweep));
  }
  if (args.report !== "-") process.stdout.write(renderSweepText(sweep));
  if (args.out !== undefined)
    say(complete ? `result: ${args.out}` : `what there is: ${args.out}.partial; --resume goes on`);
}
