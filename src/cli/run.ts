// cachecast run: simulate, print the summary, write result and report.

import type { Argv, CommandModule } from "yargs";
import { type SimulationArguments, simulate, simulationOptions } from "./simulate.ts";

interface RunArguments extends SimulationArguments {
  scenario: string;
}

export const runVerb: CommandModule<object, RunArguments> = {
  command: "run <scenario>",
  describe: "Simulate a scenario and print what it did",
  builder: yargs =>
    simulationOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML), or - for stdin" })
      .nargs("scenario", 1) // without it yargs takes a lone - for an option without a value
      .example("$0 run cache.yaml --replications 10", "means with intervals")
      .example("$0 run cache.yaml --json result.json", "keep everything that was measured") as Argv<RunArguments>,
  handler: run,
};

async function run(args: RunArguments): Promise<void> {
  const { loadScenario } = await import("../scenarios/load.ts");
  const { renderText } = await import("../report/text.ts");
  await simulate(
    () =>
      loadScenario({
        file: args.scenario,
        overlays: args.overlay ?? [],
        settings: args.set ?? [],
        duration: args.duration,
      }),
    args,
    renderText,
  );
}
