// cachecast run: simulate, print the summary, write result and report.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { type ColorMode, checkWritable, say, useColor, writeOutput } from "./output.ts";

interface RunArguments {
  scenario: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  seed: string | undefined;
  duration: string | undefined;
  replications: string;
  json: string | undefined;
  report: string | undefined;
  quiet: boolean;
  plain: boolean;
  fail: boolean;
  color: ColorMode;
}

/** The flags that choose and change a scenario: the same for every verb that reads one. */
export function scenarioOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("set", {
      type: "string",
      array: true,
      nargs: 1,
      requiresArg: true,
      describe: "Change one value: path=value (repeatable; ~path removes)",
    })
    .option("overlay", {
      alias: "f",
      type: "string",
      array: true,
      nargs: 1,
      requiresArg: true,
      describe: "Merge another YAML file over it (repeatable)",
    });
}

export const runVerb: CommandModule<object, RunArguments> = {
  command: "run <scenario>",
  describe: "Simulate a scenario and print what it did",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML), or - for stdin" })
      .nargs("scenario", 1) // without it yargs takes a lone - for an option without a value
      .option("seed", { type: "string", requiresArg: true, describe: "Seed of every random stream" })
      .option("duration", { type: "string", requiresArg: true, describe: "Simulated time, such as 10m" })
      .option("replications", {
        type: "string",
        default: "1",
        requiresArg: true,
        describe: "Independent runs; they give confidence intervals",
      })
      .option("json", { type: "string", requiresArg: true, describe: "Write the result file (- for stdout)" })
      .option("report", { type: "string", requiresArg: true, describe: "Write an HTML report (- for stdout)" })
      .option("quiet", {
        alias: "q",
        type: "boolean",
        default: false,
        describe: "No progress; only checks and verdict",
      })
      .option("plain", { type: "boolean", default: false, describe: "One «key: value» per line" })
      .option("fail", { type: "boolean", default: true, describe: "Exit with 4 when a check fails (--no-fail: 0)" })
      .example("$0 run cache.yaml --replications 10", "means with intervals")
      .example("$0 run cache.yaml --json result.json", "keep everything that was measured") as Argv<RunArguments>,
  handler: run,
};

async function run(args: RunArguments): Promise<void> {
  const replications = wholeNumber("replications", args.replications, 1);
  const seed = args.seed === undefined ? undefined : wholeNumber("seed", args.seed, 0);
  const { loadScenario } = await import("../scenarios/load.ts");
  if (args.json === "-" && args.report === "-") {
    throw new CliError("--json and --report cannot both go to standard output", EXIT.usage);
  }
  const loaded = await loadScenario({
    file: args.scenario,
    overlays: args.overlay ?? [],
    settings: args.set ?? [],
    duration: args.duration,
  });
  const interruption = catchInterrupts();
  checkWritable(args.json);
  checkWritable(args.report);

  const { runScenario } = await import("../scenarios/run.ts");
  const { provideLua } = await import("../lua/index.ts");
  provideLua();
  const { showProgress } = await import("./progress.ts");
  const display = showProgress(args.quiet);
  const startedMs = performance.now();
  const result = await runScenario(loaded, {
    seed,
    replications,
    progress: progress => display.update(progress),
    interrupted: () => interruption.asked,
  });
  display.stop();
  interruption.release();
  const wallSeconds = (performance.now() - startedMs) / 1_000;

  const { resultText } = await import("../report/json.ts");
  if (args.json !== undefined) writeOutput(args.json, resultText(result));
  if (args.report !== undefined) {
    const { renderHtml } = await import("../report/html.ts");
    writeOutput(args.report, renderHtml(result));
  }
  if (args.json !== "-" && args.report !== "-") {
    const { renderText } = await import("../report/text.ts");
    const color = useColor(args.color, process.stdout);
    const style = args.plain ? "plain" : args.quiet ? "verdict" : "full";
    const columns = process.stdout.columns ?? 80;
    process.stdout.write(renderText(result, { color, style, columns, reportFile: args.report }));
  }
  if (!args.quiet) {
    const requests = result.totals.arrived * result.replications;
    say(`${requests.toLocaleString("en-US")} requests simulated in ${wallSeconds.toFixed(1)} s`);
  }
  if (result.partial) process.exitCode = EXIT.interrupted;
  else if (result.verdict === "fail" && args.fail) process.exitCode = EXIT.checkFailed;
}

/** The first Ctrl-C asks for an orderly end, the second one ends at once. */
function catchInterrupts(): { readonly asked: boolean; release(): void } {
  let asked = false;
  const onSignal = () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    say("\ninterrupted: writing what there is, marked partial (again to stop at once)");
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    get asked() {
      return asked;
    },
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new CliError(`--${name} needs a whole number of at least ${least}, got «${text}»`, EXIT.usage);
}
