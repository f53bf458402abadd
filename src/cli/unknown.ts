import type { Argv } from "yargs";
import { didYouMean } from "../scenarios/suggest.ts";

/** What the verbs with files take. */
const TAKES: Readonly<Record<string, string>> = {
  run: "takes one scenario file, or - for standard input",
  validate: "takes one scenario file or more",
  report: "takes one result file",
  init: "takes one file to write",
  drill: "takes the name of a drill or a file, and a scenario",
  compare: "takes two scenario files or more, or one and a --variant",
  sweep: "takes one scenario file",
  merge: "takes the parts of a sweep",
  mrc: "takes one trace or scenario file",
  plan: "takes one scenario file",
  crossover: "takes one scenario file",
  import: "takes «cloudwatch» or «info», and one file or more",
  explain: "takes one path of a scenario, a drill or a metric",
  prices: "takes «list», or «import» and an offer file",
};

/** yargs's complaints in our words, with "did you mean". */
export function explainUsage(
  message: string,
  parser: Argv,
  given: readonly string[],
  verbs: readonly string[],
): string {
  const unknown = /^Unknown arguments?: (.+)$/u.exec(message);
  if (unknown !== null) {
    const options = (parser as unknown as { getOptions(): { key: Record<string, unknown> } }).getOptions().key;
    const known = Object.keys(options).filter(name => name.length > 1);
    // yargs lists camel-case twins of hyphenated flags too.
    const flags = unknown[1].split(", ").filter(flag => !/[A-Z]/u.test(flag));
    return flags.map(flag => `unknown option or argument «${flag}»${didYouMean(flag, known)}`).join("\n");
  }
  const plain = given.filter(word => !word.startsWith("-"));
  const verb = plain.find(word => verbs.includes(word)) ?? plain[0] ?? "";
  if (/^(?:Did you mean|Unknown command)/u.test(message)) {
    if (verbs.includes(verb)) return `«${verb}» ${TAKES[verb] ?? "takes no file"}; too many: ${plain.at(-1)}`;
    return `unknown verb «${verb}»; there are ${verbs.join(", ")}${didYouMean(verb, verbs)}`;
  }
  if (message.startsWith("Not enough non-option arguments")) return `«${verb}» ${TAKES[verb] ?? "needs a file"}`;
  const needs = /^Not enough arguments following: (.+)$/u.exec(message);
  if (needs !== null) return `${needs[1].length === 1 ? "-" : "--"}${needs[1]} needs a value`;
  const choice = /Argument: ([\w-]+), Given: (.*), Choices: (.*)$/u.exec(message);
  if (choice !== null)
    return `--${choice[1]} takes ${choice[3].replaceAll('"', "")}, not ${choice[2].replaceAll('"', "")}`;
  return message;
}

/** An option that takes one value and was given several; null when there is none. */
export function givenTwice(args: Readonly<Record<string, unknown>>, lists: readonly string[]): string | null {
  const name = Object.keys(args).find(key => key !== "_" && Array.isArray(args[key]) && !lists.includes(key));
  return name === undefined ? null : `--${name} is given more than once`;
}
