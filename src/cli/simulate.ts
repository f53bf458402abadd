// What the verbs that simulate share: seed, replications, progress, Ctrl-C, the files that are written, the exit code.

import type { Argv } from "yargs";
import type { TextOptions } from "../report/text.ts";
import type { Result } from "../result.ts";
import type { Loaded } from "../scenarios/load.ts";
import { CliError, EXIT } from "./exit.ts";
import { type ColorMode, checkWritable, oneToStdout, say, useColor, writeOutput } from "./output.ts";

export interface SimulationArguments {
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
  observe: boolean | undefined;
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

/** The flags of a simulation, beside those of its scenario. */
export function simulationOptions<T>(yargs: Argv<T>) {
  return scenarioOptions(yargs)
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
    .option("observe", {
      type: "boolean",
      describe: "Watch for broken laws of the simulated world (as in runs with drills; --no-observe: never)",
    })
    .option("fail", { type: "boolean", default: true, describe: "Exit with 4 when a check fails (--no-fail: 0)" });
}

/** Simulates, prints, writes. `render` makes the terminal's text. */
export async function simulate(
  load: () => Promise<Loaded>,
  args: SimulationArguments,
  render: (result: Result, shown: TextOptions) => string,
): Promise<void> {
  const replications = wholeNumber("replications", args.replications, 1);
  const seed = args.seed === undefined ? undefined : wholeNumber("seed", args.seed, 0);
  oneToStdout({ json: args.json, report: args.report });
  const loaded = await load();
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
    observe: args.observe,
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
    const color = useColor(args.color, process.stdout);
    const style = args.plain ? "plain" : args.quiet ? "verdict" : "full";
    const columns = process.stdout.columns ?? 80;
    process.stdout.write(render(result, { color, style, columns, reportFile: args.report }));
  }
  if (!args.quiet) {
    const requests = result.totals.arrived * result.replications;
    const how = result.fidelity === undefined ? "simulated" : "stood for by a simulation";
    say(`${requests.toLocaleString("en-US")} requests ${how} in ${wallSeconds.toFixed(1)} s`);
  }
  if (result.partial) process.exitCode = EXIT.interrupted;
  else if (result.verdict === "fail" && args.fail) process.exitCode = EXIT.checkFailed;
}

/** The first Ctrl-C asks for an orderly end, the second one ends at once. */
export function catchInterrupts(): { readonly asked: boolean; release(): void } {
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

export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new CliError(`--${name} needs a whole number of at least ${least}, got «${text}»`, EXIT.usage);
}
