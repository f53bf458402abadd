// cachecast plan: the cheapest cluster that holds what `slo:` asks for.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, oneToStdout, say, writeOutput } from "./output.ts";
import { scenarioOptions } from "./simulate.ts";

interface PlanArguments {
  scenario: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  worlds: number;
  confirm: number;
  json: string | undefined;
  report: string | undefined;
}

export const planVerb: CommandModule<object, PlanArguments> = {
  command: "plan <scenario>",
  describe: "The cheapest cluster that holds slo:, and why not the others",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" })
      .option("worlds", { type: "number", default: 64, describe: "Worlds drawn where demand: is uncertain" })
      .option("confirm", { type: "number", default: 3, describe: "How many of the best are simulated; 0: none" })
      .option("json", { type: "string", requiresArg: true, describe: "Write the plan as JSON (- for stdout)" })
      .option("report", { type: "string", requiresArg: true, describe: "Write an HTML page (- for stdout)" })
      .example("$0 plan scenarios/plan.yaml", "what to buy") as unknown as Argv<PlanArguments>,
  handler: plan,
};

async function plan(args: PlanArguments): Promise<void> {
  const within = (option: "worlds" | "confirm", least: number, most: number) => {
    const value = args[option];
    if (!Number.isInteger(value) || value < least || value > most)
      throw new CliError(`--${option} needs a whole number from ${least} to ${most}`, EXIT.usage);
  };
  within("worlds", 1, 10_000);
  within("confirm", 0, 20);
  oneToStdout({ json: args.json, report: args.report });
  checkWritable(args.json);
  checkWritable(args.report);
  const { loadScenario } = await import("../scenarios/load.ts");
  const { cannotPlan } = await import("../planner/plan/worlds.ts");
  const { planDocument } = await import("../planner/plan/document.ts");
  const { provideLua } = await import("../lua/index.ts");
  const source = { file: args.scenario, overlays: args.overlay ?? [], settings: args.set ?? [] };
  const { built } = await loadScenario(source);
  const problem = cannotPlan(built);
  if (problem !== null) throw new CliError(problem, EXIT.invalid);
  if (args.confirm > 0) provideLua();
  const document = await planDocument(built, source, args.worlds, args.confirm);
  if (args.json !== undefined) writeOutput(args.json, `${JSON.stringify(document, null, 2)}\n`);
  if (args.report !== undefined) {
    const { renderPlanPage } = await import("../report/plan-page.ts");
    writeOutput(args.report, renderPlanPage(document));
  }
  if (args.json !== "-" && args.report !== "-") {
    const { renderPlanText } = await import("../report/plan-text.ts");
    process.stdout.write(renderPlanText(document));
  }
  if (document.recommendation !== null) return;
  say(document.candidates.length === 0 ? "no cluster holds the objectives" : "no candidate held in its simulation");
  process.exitCode = EXIT.infeasible;
}
