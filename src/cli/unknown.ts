import type { Argv } from "yargs";
import { didYouMean } from "../scenarios/suggest.ts";

const VERBS = ["run", "validate", "report", "init", "schema", "nodes"];

/** yargs's complaints in our words, with "did you mean". */
export function explainUsage(message: string, parser: Argv, given: readonly string[]): string {
  const unknown = /^Unknown arguments?: (.+)$/u.exec(message);
  if (unknown !== null) {
    const options = (parser as unknown as { getOptions(): { key: Record<string, unknown> } }).getOptions().key;
    const known = Object.keys(options).filter(name => name.length > 1);
    // yargs lists camel-case twins of hyphenated flags too.
    const flags = unknown[1].split(", ").filter(flag => !/[A-Z]/u.test(flag));
    return flags.map(flag => `unknown option or argument «${flag}»${didYouMean(flag, known)}`).join("\n");
  }
  const verb = given.find(word => !word.startsWith("-")) ?? "";
  if (/^(Did you mean|Unknown command)/u.test(message)) {
    return `unknown verb «${verb}»; there are ${VERBS.join(", ")}${didYouMean(verb, VERBS)}`;
  }
  if (message.startsWith("Not enough non-option arguments")) return `«${verb}» needs a file`;
  return message;
}
