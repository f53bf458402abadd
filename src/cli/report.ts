// cachecast report: an HTML report, or the terminal summary, from a stored result.

import { readFileSync } from "node:fs";
import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { type ColorMode, useColor, writeOutput } from "./output.ts";

interface ReportArguments {
  result: string;
  output: string | undefined;
  color: ColorMode;
}

export const reportVerb: CommandModule<object, ReportArguments> = {
  command: "report <result>",
  describe: "Make an HTML report from a stored result",
  builder: yargs =>
    yargs
      .positional("result", { type: "string", demandOption: true, describe: "Result file, as written by run --json" })
      .option("output", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "HTML file; the summary goes to the terminal when left out",
      }) as Argv<ReportArguments>,
  handler: report,
};

async function report(args: ReportArguments): Promise<void> {
  const { parseResult } = await import("../report/json.ts");
  const { describeSystemError } = await import("../scenarios/yaml-file.ts");
  let text: string;
  try {
    text = readFileSync(args.result, "utf8");
  } catch (error) {
    throw new CliError(`${args.result}: ${describeSystemError(error)}`, EXIT.invalid);
  }
  const result = parseResult(text);
  if (typeof result === "string") throw new CliError(`${args.result}: ${result}`, EXIT.invalid);
  if (args.output === undefined) {
    const { renderText } = await import("../report/text.ts");
    const color = useColor(args.color, process.stdout);
    process.stdout.write(
      renderText(result, { color, style: "full", columns: process.stdout.columns ?? 80, reportFile: undefined }),
    );
    return;
  }
  const { renderHtml } = await import("../report/html.ts");
  writeOutput(args.output, renderHtml(result));
  if (args.output !== "-") process.stderr.write(`report: ${args.output}\n`);
}
