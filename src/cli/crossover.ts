// cachecast crossover: from which load on nodes are cheaper than serverless, and which commitment pays.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { writeOutput } from "./output.ts";
import { scenarioOptions } from "./simulate.ts";

interface CrossoverArguments {
  scenario: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  "peak-to-mean": number;
  json: string | undefined;
}

export const crossoverVerb: CommandModule<object, CrossoverArguments> = {
  command: "crossover <scenario>",
  describe: "Serverless, on-demand and reservations over the load: where they cross",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" })
      .option("peak-to-mean", {
        type: "number",
        default: 2,
        requiresArg: true,
        describe: "Peak of a day over its mean",
      })
      .option("json", {
        type: "string",
        requiresArg: true,
        describe: "Write it as JSON (- for stdout)",
      }) as Argv<CrossoverArguments>,
  handler: run,
};

async function run(args: CrossoverArguments): Promise<void> {
  const peakToMean = args["peak-to-mean"];
  if (!(peakToMean >= 1)) throw new CliError("--peak-to-mean needs a number of at least 1", EXIT.usage);
  const { loadScenario } = await import("../scenarios/load.ts");
  const { crossover } = await import("../planner/crossover.ts");
  const { formatRate, formatUsd } = await import("../units.ts");
  const { table } = await import("../report/table.ts");
  const { built } = await loadScenario({ file: args.scenario, overlays: args.overlay ?? [], settings: args.set ?? [] });
  let [rate, keys, bytes] = [0, 0, 0];
  for (const plan of built.workloads) {
    const { load, keyCount, valueBytes } = plan.config();
    if (load.kind !== "open")
      throw new CliError(`workload ${plan.name} has no rate: crossover needs one`, EXIT.invalid);
    rate += load.rate.mean(built.scenario.duration);
    keys += keyCount;
    bytes += keyCount * valueBytes.mean;
  }
  if (rate === 0) throw new CliError("the workloads ask for nothing: crossover needs a rate", EXIT.invalid);
  const { cluster } = built.scenario;
  const shape = {
    engine: built.product,
    valueBytes: bytes / keys,
    keysPerRate: keys / rate,
    peakToMean,
    replicas: cluster.deployment === "serverless" ? 1 : cluster.replicas,
  };
  const found = crossover(rate, shape, built.book);
  if (args.json !== undefined) {
    const { name, asOf } = built.book;
    writeOutput(args.json, `${JSON.stringify({ schemaVersion: 1, prices: name, asOf, shape, ...found }, null, 2)}\n`);
    if (args.json === "-") return;
  }
  const usd = (value: number | null) => (value === null ? "unknown" : formatUsd(value));
  const priced = found.offers.filter(one => one.monthlyUsd !== null);
  const cheapest = [...priced].sort((a, b) => (a.monthlyUsd ?? 0) - (b.monthlyUsd ?? 0))[0];
  const serverless = found.serverlessMonthlyUsd;
  const best =
    serverless !== null && (cheapest === undefined || serverless <= (cheapest.monthlyUsd ?? 0))
      ? `serverless, ${usd(serverless)} a month`
      : `${cheapest?.offer ?? "nothing priced"}, ${usd(cheapest?.monthlyUsd ?? null)} a month; serverless ${usd(serverless)}`;
  process.stdout.write(`At ${formatRate(rate)} the cheapest is ${best}\n\n`);
  process.stdout.write(
    table(
      ["offer", "$/month", "upfront", "cheaper than serverless from", "for good from", "stay months"],
      found.offers.map(one => [
        one.offer,
        usd(one.monthlyUsd),
        usd(one.upfrontUsd),
        one.crossing === null ? "-" : formatRate(one.crossing.first),
        one.crossing === null ? "-" : formatRate(one.crossing.last),
        one.breakEvenMonths === null ? "-" : one.breakEvenMonths.toFixed(1),
      ]),
    ),
  );
  const { sized } = found;
  const nodes = sized === null ? "no node type is priced" : `${sized.nodes} x ${sized.node}, bound by ${sized.boundBy}`;
  process.stdout.write(
    `${nodes}; keys grow with the load; prices of ${built.book.name} as of ${built.book.asOf}; stay months: until leaving is not dearer than on demand\n`,
  );
}
