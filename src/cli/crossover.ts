// cachecast crossover: from which load on nodes are cheaper than serverless, and which commitment pays.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, oneToStdout, writeOutput } from "./output.ts";
import { scenarioOptions } from "./simulate.ts";

interface CrossoverArguments {
  scenario: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  "peak-to-mean": number | undefined;
  worlds: number;
  offer: string | undefined;
  json: string | undefined;
  report: string | undefined;
}

export const crossoverVerb: CommandModule<object, CrossoverArguments> = {
  command: "crossover <scenario>",
  describe: "Serverless, on-demand and reservations over the load: where they cross",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" })
      .option("peak-to-mean", {
        type: "number",
        requiresArg: true,
        describe: "Peak of a day over its mean (the scenario's)",
      })
      .option("worlds", { type: "number", default: 16, describe: "Worlds drawn where demand: is uncertain" })
      .option("offer", {
        type: "string",
        requiresArg: true,
        describe: "Whose crossing is shown by value size and peak",
      })
      .option("json", { type: "string", requiresArg: true, describe: "Write it as JSON (- for stdout)" })
      .option("report", { type: "string", requiresArg: true, describe: "Write an HTML page (- for stdout)" })
      .example("$0 crossover scenarios/crossover.yaml", "serverless or nodes") as unknown as Argv<CrossoverArguments>,
  handler: run,
};

async function run(args: CrossoverArguments): Promise<void> {
  const peakToMean = args["peak-to-mean"] ?? null;
  if (peakToMean !== null && !(peakToMean >= 1 && peakToMean <= 1_000))
    throw new CliError("--peak-to-mean needs a number from 1 to 1000", EXIT.usage);
  if (!(Number.isInteger(args.worlds) && args.worlds >= 1 && args.worlds <= 1_000))
    throw new CliError("--worlds needs a whole number from 1 to 1000", EXIT.usage);
  oneToStdout({ json: args.json, report: args.report });
  checkWritable(args.json);
  checkWritable(args.report);
  const { loadScenario } = await import("../scenarios/load.ts");
  const { baseParts, cannotPlan, rateOf } = await import("../planner/plan/worlds.ts");
  const { crossoverDocument } = await import("../planner/crossover/document.ts");
  const { Ladder } = await import("../planner/crossover/ladder.ts");
  const { built } = await loadScenario({ file: args.scenario, overlays: args.overlay ?? [], settings: args.set ?? [] });
  const problem = cannotPlan(built);
  if (problem !== null) throw new CliError(problem, EXIT.invalid);
  if (baseParts(built).every(part => rateOf(part) === 0))
    throw new CliError("the workloads ask for nothing: crossover needs a rate", EXIT.invalid);
  const ladder = new Ladder(built);
  const names = ladder.offers.filter(one => one.kind !== "serverless").map(one => one.name);
  if (names.length === 0)
    throw new CliError("plan: offers no nodes that the price book prices: there is nothing to cross", EXIT.invalid);
  if (args.offer !== undefined && !names.includes(args.offer)) {
    const { didYouMean } = await import("../scenarios/suggest.ts");
    throw new CliError(
      `--offer: there is no «${args.offer}»${didYouMean(args.offer, names)}; plan.purchase gives ${names.join(", ")}`,
      EXIT.usage,
    );
  }
  const document = crossoverDocument(built, { peakToMean, worlds: args.worlds, heatOffer: args.offer ?? null }, ladder);
  if (args.json !== undefined) writeOutput(args.json, `${JSON.stringify(document, null, 2)}\n`);
  if (args.report !== undefined) {
    const { renderCrossoverPage } = await import("../report/crossover-page.ts");
    writeOutput(args.report, renderCrossoverPage(document));
  }
  if (args.json === "-" || args.report === "-") return;
  const { renderCrossoverText } = await import("../report/crossover-text.ts");
  process.stdout.write(renderCrossoverText(document));
}
