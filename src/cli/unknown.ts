import type { Argv } from "yargs";
import { didYouMean } from "../scenarios/suggest.ts";

/** Adds "did you mean" to yargs's complaint about unknown arguments. */
export function unknownFlags(message: string, parser: Argv): string {
  const match = /^Unknown arguments?: (.+)$/u.exec(message);
  if (match === null) return message;
  const options = (parser as unknown as { getOptions(): { key: Record<string, unknown> } }).getOptions().key;
  const known = Object.keys(options).filter(name => name.length > 1);
  // yargs lists camel-case twins of hyphenated flags too.
  const flags = match[1].split(", ").filter(flag => !/[A-Z]/u.test(flag));
  return flags.map(flag => `unknown option or argument «${flag}»${didYouMean(flag, known)}`).join("\n");
}
