// cachecast explain: what a key of a scenario, a drill or a metric means, with its default, its examples and its parts.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";

interface ExplainArguments {
  path: string;
}

export const explainVerb: CommandModule<object, ExplainArguments> = {
  command: "explain [path]",
  describe: "What a key of a scenario, a drill or a metric means; alone, the keys to start from",
  builder: yargs =>
    yargs.positional("path", {
      type: "string",
      default: "",
      describe: "Such as cluster.replication, workload.rate, crash-node or p99",
    }) as Argv<ExplainArguments>,
  handler: async ({ path }) => {
    const { explain, explainable } = await import("../scenarios/explain.ts");
    const { didYouMean } = await import("../scenarios/suggest.ts");
    const { table } = await import("../report/table.ts");
    const found = explain(path);
    if (found === null) {
      throw new CliError(
        `nothing is named «${path}»${didYouMean(path, explainable())}\n` +
          "Try: cachecast explain, which lists the keys to start from",
        EXIT.usage,
      );
    }
    const { keys, parts, metric } = found;
    const out: string[] = [];
    const width = Math.min(process.stdout.columns ?? 100, 120);
    for (const { path: full, kind, initial, meaning } of keys) {
      const usual = initial === "" || initial === "required" ? initial : `default ${initial}`;
      out.push(`${full}  ${[kind, usual].filter(part => part !== "").join(", ")}`, ...wrapped(meaning, width, "  "));
    }
    if (metric !== null) out.push(`${metric.name}  metric, ${metric.unit}`, ...wrapped(metric.summary, width, "  "));
    let text = out.length === 0 ? "" : `${out.join("\n")}\n`;
    if (parts.length > 0) {
      const names = parts.map(part => part.path.slice(keys[0]?.path.length ?? 0).replace(/^(\[\])?\./u, ""));
      const room = Math.max(30, width - longest(names) - longest(parts.map(part => part.initial)) - 4);
      const rows = parts.map((part, i) => [names[i], part.initial, firstSentence(part.meaning, room)]);
      text += `${text === "" ? "" : "\n"}${table(["key", "default", "meaning"], rows, [0, 1, 2])}`;
    }
    process.stdout.write(text.replaceAll("`", ""));
  },
};

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map(text => text.length));
}

function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.length + word.length + 1 > width && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

function firstSentence(text: string, room: number): string {
  const sentence = /^.*?[.:;](?= |$)/u.exec(text)?.[0] ?? text;
  return sentence.length <= room ? sentence : `${sentence.slice(0, room - 1).trimEnd()}…`;
}
