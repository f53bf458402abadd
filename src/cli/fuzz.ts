// cachecast fuzz: random clusters under random faults and manoeuvres, with observers who know the laws that must hold.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { say } from "./output.ts";
import { wholeNumber } from "./simulate.ts";

interface FuzzArguments {
  seeds: string;
  from: string;
  duration: string;
  faults: string | undefined;
  quiet: boolean;
}

export const fuzzVerb: CommandModule<object, FuzzArguments> = {
  command: "fuzz",
  describe: "Random clusters under random faults; stops at the first law that is broken",
  builder: yargs =>
    yargs
      .option("seeds", { type: "string", default: "100", requiresArg: true, describe: "How many seeds" })
      .option("from", { type: "string", default: "1", requiresArg: true, describe: "The first seed" })
      .option("duration", { type: "string", default: "20s", requiresArg: true, describe: "Length of the faults' part" })
      .option("faults", {
        type: "string",
        requiresArg: true,
        describe: "Only these faults and manoeuvres of each case: 0,2",
      })
      .option("quiet", { alias: "q", type: "boolean", default: false, describe: "Only the verdict" })
      .example("$0 fuzz --seeds 1 --from 17", "replay one") as unknown as Argv<FuzzArguments>,
  handler: fuzz,
};

async function fuzz(args: FuzzArguments): Promise<void> {
  const { drawCase } = await import("../scenarios/fuzz/draw.ts");
  const { runCase } = await import("../scenarios/fuzz/run.ts");
  const { keepFaults, shrinkCase } = await import("../scenarios/fuzz/shrink.ts");
  const { parseDurationNs, UnitError } = await import("../units.ts");
  const seeds = wholeNumber("seeds", args.seeds, 1);
  const from = wholeNumber("from", args.from, 0);
  const only = args.faults === undefined ? undefined : indices(args.faults);
  let seconds = 0;
  try {
    seconds = parseDurationNs(args.duration) / 1e9;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new CliError(`--duration ${error.message}`, EXIT.usage);
  }
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new CliError(`--duration needs whole seconds, at least one, got «${args.duration}»`, EXIT.usage);
  }
  let requests = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const drawn = drawCase(seed, seconds);
    const count = (drawn.scenario.drills as readonly unknown[]).length;
    const beyond = only?.find(index => index >= count);
    if (beyond !== undefined) {
      const there = count === 0 ? "no faults" : `${count} faults, 0 to ${count - 1}`;
      throw new CliError(`--faults: seed ${seed} has ${there}; there is no ${beyond}`, EXIT.usage);
    }
    const one = only === undefined ? drawn : keepFaults(drawn, only);
    const verdict = runCase(one);
    requests += verdict.requests;
    if (verdict.broken !== null) {
      const { smallest, broken, faults } = shrinkCase(one, verdict.broken);
      const own = only === undefined ? faults : faults.map(index => only[index]);
      process.stdout.write(`seed ${seed}: ${broken}\n`);
      process.stdout.write(`needs ${own.length} of its faults and manoeuvres:\n`);
      for (const fault of smallest.scenario.drills as readonly unknown[]) {
        process.stdout.write(`  - ${JSON.stringify(fault)}\n`);
      }
      const list = own.length === 0 ? "" : ` --faults ${own.join(",")}`;
      process.stdout.write(`replay: cachecast fuzz --seeds 1 --from ${seed} --duration ${args.duration}${list}\n`);
      process.exitCode = EXIT.checkFailed;
      return;
    }
    if (!args.quiet && (seed - from + 1) % 50 === 0) say(`${seed - from + 1} of ${seeds} seeds`);
  }
  process.stdout.write(
    `${seeds} seeds from ${from}, ${requests.toLocaleString("en-US")} requests: no law was broken\n`,
  );
}

/** In the order in which a case has them, whatever the order in which they are given; each once. */
function indices(list: string): number[] {
  const given = list.split(",").map(text => wholeNumber("faults", text.trim(), 0));
  return [...new Set(given)].sort((a, b) => a - b);
}
