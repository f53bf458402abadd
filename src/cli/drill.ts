// cachecast drill: replay a failure or a manoeuvre, on its own cluster or on a scenario of one's own.

import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { type SimulationArguments, simulate, simulationOptions } from "./simulate.ts";

interface DrillArguments extends SimulationArguments {
  drill: string | undefined;
  scenario: string | undefined;
  list: boolean;
}

export const drillVerb: CommandModule<object, DrillArguments> = {
  command: "drill [drill] [scenario]",
  describe: "Replay a drill and print its phases; alone on its own cluster, or on yours",
  builder: yargs =>
    simulationOptions(yargs)
      .positional("drill", {
        type: "string",
        describe: "Name of a drill (--list), or a YAML file with «drills:» and «expect:»",
      })
      .positional("scenario", { type: "string", describe: "Your scenario; the drill's own when left out" })
      .option("list", { type: "boolean", default: false, describe: "List the drills that come with cachecast" })
      .example("$0 drill --list", "what there is")
      .example("$0 drill primary-crash", "on the cluster that the drill brings")
      .example(
        "$0 drill primary-crash mine.yaml --report drill.html",
        "on yours, with a page",
      ) as unknown as Argv<DrillArguments>,
  handler: drill,
};

async function drill(args: DrillArguments): Promise<void> {
  if (args.list) return list();
  if (args.drill === undefined)
    throw new CliError("drill needs the name of a drill or a file; --list shows them", EXIT.usage);
  const file = await fileOf(args.drill);
  const { loadScenario } = await import("../scenarios/load.ts");
  const { renderDrillText } = await import("../report/drill-text.ts");
  await simulate(
    () =>
      loadScenario({
        file: args.scenario ?? file,
        drill: args.scenario === undefined ? undefined : file,
        overlays: args.overlay ?? [],
        settings: args.set ?? [],
        duration: args.duration,
      }),
    args,
    renderDrillText,
  );
}

/** The folder of drills of this package: the code may be bundled or not, so it is looked for upwards. */
function folder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "scenarios/drills"))) {
    const above = dirname(at);
    if (above === at) throw new CliError("the folder scenarios/drills of this package is missing", EXIT.internal);
    at = above;
  }
  return join(at, "scenarios/drills");
}

function names(): string[] {
  return readdirSync(folder())
    .filter(name => name.endsWith(".yaml"))
    .map(name => name.slice(0, -".yaml".length))
    .sort();
}

/** A file's own path wins; else it is a name. */
async function fileOf(given: string): Promise<string> {
  if (given === "-" || (existsSync(given) && statSync(given).isFile())) return given;
  const known = names();
  if (known.includes(given)) return join(folder(), `${given}.yaml`);
  const { didYouMean } = await import("../scenarios/suggest.ts");
  throw new CliError(
    `no drill and no file is called «${given}»${didYouMean(given, known)}\nThere are: ${known.join(", ")}`,
    EXIT.usage,
  );
}

async function list(): Promise<void> {
  const { parseYaml, readText } = await import("../scenarios/yaml-file.ts");
  const { table } = await import("../report/table.ts");
  const rows = names().map(name => {
    const file = join(folder(), `${name}.yaml`);
    const { description } = parseYaml(file, readText(file)).value as { description?: string };
    return [name, (description ?? "").trim().split(/(?<=[.!?])\s/u)[0]];
  });
  process.stdout.write(table(["drill", "what happens"], rows, [0, 1]));
}
