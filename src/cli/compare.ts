// cachecast compare: variants side by side, with paired differences.

import type { Argv, CommandModule } from "yargs";
import type { Compared } from "../planner/compare/compare.ts";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, oneToStdout, say, writeOutput } from "./output.ts";
import { catchInterrupts, scenarioOptions, wholeNumber } from "./simulate.ts";

interface CompareArguments {
  scenarios: string[];
  variant: string[] | undefined;
  set: string[] | undefined;
  overlay: string[] | undefined;
  seed: string | undefined;
  duration: string | undefined;
  replications: string;
  json: string | undefined;
  report: string | undefined;
  quiet: boolean;
}

export const compareVerb: CommandModule<object, CompareArguments> = {
  command: "compare <scenarios..>",
  describe: "Variants side by side: paired differences with intervals, settings and cost",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenarios", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "The first is the baseline",
      })
      .option("variant", {
        alias: "v",
        type: "string",
        array: true,
        nargs: 1,
        requiresArg: true,
        describe: "A variant of the first scenario: «path=value; path=value» (repeatable)",
      })
      .option("seed", { type: "string", requiresArg: true, describe: "Seed of every random stream" })
      .option("duration", { type: "string", requiresArg: true, describe: "Simulated time, such as 10m" })
      .option("replications", {
        type: "string",
        default: "5",
        requiresArg: true,
        describe: "Pairs of runs; at least 2",
      })
      .option("json", { type: "string", requiresArg: true, describe: "Write the comparison (- for stdout)" })
      .option("report", { type: "string", requiresArg: true, describe: "Write an HTML page" })
      .option("quiet", { alias: "q", type: "boolean", default: false, describe: "No progress" })
      .example("$0 compare a.yaml b.yaml", "two scenarios")
      .example(
        '$0 compare a.yaml -v "cluster.node=cache.r7g.xlarge; cluster.shards=2"',
        "a scenario and a variant of it",
      ) as unknown as Argv<CompareArguments>,
  handler: run,
};

async function run(args: CompareArguments): Promise<void> {
  const replications = wholeNumber("replications", args.replications, 2);
  oneToStdout({ json: args.json, report: args.report });
  const variants = await variantsOf(args);
  if (variants.length < 2) {
    throw new CliError("compare needs two scenarios, or one and a --variant", EXIT.usage);
  }
  checkWritable(args.json);
  checkWritable(args.report);
  const seed = args.seed === undefined ? variants[0].loaded.built.scenario.seed : wholeNumber("seed", args.seed, 0);
  const { compare } = await import("../planner/compare/compare.ts");
  const { provideLua } = await import("../lua/index.ts");
  provideLua();
  const interruption = catchInterrupts();
  const onRun = (done: number, of: number) => {
    if (!args.quiet && process.stderr.isTTY === true) say(`${done} of ${of} runs`);
  };
  const comparison = await compare(variants, { seed, replications, onRun, interrupted: () => interruption.asked });
  interruption.release();
  if (interruption.asked) process.exitCode = EXIT.interrupted;
  if (comparison === null) return say("interrupted before one replication of each variant was done");
  if (args.json !== undefined) writeOutput(args.json, `${JSON.stringify(comparison, null, 2)}\n`);
  if (args.report !== undefined) {
    const { renderComparisonPage } = await import("../report/comparison-page.ts");
    writeOutput(args.report, renderComparisonPage(comparison));
  }
  if (args.json !== "-" && args.report !== "-") {
    const { renderComparisonText } = await import("../report/comparison-text.ts");
    process.stdout.write(renderComparisonText(comparison));
  }
}

/** All scenarios, then the variants of the first; problems of all of them together. */
async function variantsOf(args: CompareArguments): Promise<Compared[]> {
  const { loadScenario } = await import("../scenarios/load.ts");
  const { ScenarioError } = await import("../scenarios/issue.ts");
  const given = [
    ...args.scenarios.map(file => ({ name: file, file, settings: [] as string[] })),
    ...(args.variant ?? []).map(text => ({
      name: text,
      file: args.scenarios[0],
      settings: text
        .split(";")
        .map(one => one.trim())
        .filter(one => one !== ""),
    })),
  ];
  const issues: InstanceType<typeof ScenarioError>["issues"][number][] = [];
  const variants: Compared[] = [];
  for (const { name, file, settings } of given) {
    try {
      const loaded = await loadScenario({
        file,
        overlays: args.overlay ?? [],
        settings: [...(args.set ?? []), ...settings],
        duration: args.duration,
      });
      variants.push({ name, loaded });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      issues.push(...error.issues);
    }
  }
  if (issues.length > 0) throw new ScenarioError(issues);
  return variants;
}
