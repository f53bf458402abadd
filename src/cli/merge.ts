// cachecast merge: put the parts of a sweep together.

import { readFileSync } from "node:fs";
import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { say, writeOutput } from "./output.ts";

interface MergeArguments {
  parts: string[];
  out: string | undefined;
  report: string | undefined;
}

export const mergeVerb: CommandModule<object, MergeArguments> = {
  command: "merge <parts..>",
  describe: "Put the parts of a sweep together, as --shard left them",
  builder: yargs =>
    yargs
      .positional("parts", { type: "string", array: true, demandOption: true, describe: "Parts (.ndjson)" })
      .option("out", { alias: "o", type: "string", requiresArg: true, describe: "Result: .ndjson or .parquet" })
      .option("report", {
        type: "string",
        requiresArg: true,
        describe: "Write an HTML page",
      }) as unknown as Argv<MergeArguments>,
  handler: merge,
};

async function merge(args: MergeArguments): Promise<void> {
  const { parseSweep, sweepText } = await import("../result/sweep.ts");
  const { mergeSweeps } = await import("../planner/sweep/merge.ts");
  const { describeSystemError } = await import("../scenarios/yaml-file.ts");
  const { renderSweepText } = await import("../report/sweep-text.ts");
  const problems: string[] = [];
  const parts = args.parts.flatMap(file => {
    try {
      const sweep = parseSweep(readFileSync(file, "utf8"));
      if (typeof sweep !== "string") return [{ file, sweep }];
      problems.push(`${file}: ${sweep}`);
    } catch (error) {
      problems.push(`${file}: ${describeSystemError(error)}`);
    }
    return [];
  });
  const merged = parts.length === 0 ? [] : mergeSweeps(parts);
  if (Array.isArray(merged)) problems.push(...merged);
  if (problems.length > 0 || Array.isArray(merged)) throw new CliError(problems.join("\n"), EXIT.invalid);
  if (args.out !== undefined) {
    if (args.out.endsWith(".parquet")) {
      const { sweepParquet } = await import("../planner/sweep/parquet.ts");
      writeOutput(args.out, sweepParquet(merged));
    } else writeOutput(args.out, sweepText(merged));
    say(`result: ${args.out}`);
  }
  if (args.report !== undefined) {
    const { renderSweepPage } = await import("../report/sweep-page.ts");
    writeOutput(args.report, renderSweepPage(merged));
  }
  if (args.report !== "-") process.stdout.write(renderSweepText(merged));
}
