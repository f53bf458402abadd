// Configuration as valkey-server takes it: a file of «name value…» lines, and --name value… behind it on the command line,
// which overrides. A name may stand several times where the server adds up (save, user, client-output-buffer-limit).

import { readFileSync } from "node:fs";
import { splitWords } from "../engine/words.ts";

export interface Directive {
  readonly name: string;
  readonly values: readonly string[];
  /** Where it stands, for messages. */
  readonly origin: string;
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The directives of a file's text. */
export function parseConfig(text: string, file: string): Directive[] {
  const directives: Directive[] = [];
  const problems: string[] = [];
  text.split(/\r?\n/u).forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const origin = `${file}:${i + 1}`;
    const words = splitWords(trimmed);
    if (words === null) problems.push(`${origin}: unbalanced quotes: ${trimmed.slice(0, 80)}`);
    else if (words.length > 0) directives.push({ name: words[0].toLowerCase(), values: words.slice(1), origin });
  });
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return directives;
}

/** The directives of command-line words: [file] --name value value --name value. */
export function directivesOf(words: readonly string[], readFile = (file: string) => readFileSync(file, "latin1")) {
  const directives: Directive[] = [];
  let file: string | null = null;
  let rest = words;
  if (words.length > 0 && !words[0].startsWith("--")) {
    file = words[0];
    rest = words.slice(1);
    directives.push(...parseConfig(file === "-" ? "" : readFile(file), file));
  }
  let current: { name: string; values: string[]; origin: string } | null = null;
  for (const word of rest) {
    if (word.startsWith("--") && word.length > 2) {
      const equals = word.indexOf("=");
      const name = (equals === -1 ? word.slice(2) : word.slice(2, equals)).toLowerCase();
      current = { name, values: equals === -1 ? [] : [word.slice(equals + 1)], origin: `--${name}` };
      directives.push(current);
    } else if (current === null) {
      throw new ConfigError(`«${word}» stands before any --name; a configuration file comes first, then --name value`);
    } else current.values.push(word);
  }
  return { file, directives };
}
