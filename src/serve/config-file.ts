// Configuration as valkey-server takes it: a file of «name value…» lines, and --name value… behind it on the command line,
// which overrides. A name may stand several times where the server adds up (save, user, client-output-buffer-limit).

import { readFileSync } from "node:fs";
import { quoteWord, splitWords } from "../engine/words.ts";

export interface Directive {
  readonly name: string;
  readonly values: readonly string[];
  /** Where it stands, and the line itself, for messages. */
  readonly origin: string;
  readonly line: string;
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export type ReadFile = (file: string) => string;

/** "-" is the standard input. */
const readLatin1: ReadFile = file => readFileSync(file === "-" ? 0 : file, "latin1");
/** Files in files: more than that and one includes itself. */
const DEEPEST = 16;

/** The directives of a file's text, with those of the files that it includes. Throws ConfigError with every problem. */
export function parseConfig(text: string, file: string, readFile = readLatin1, depth = 0): Directive[] {
  const directives: Directive[] = [];
  const problems: string[] = [];
  text.split(/\r?\n/u).forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const origin = `${file}:${i + 1}`;
    const words = splitWords(trimmed);
    if (words === null) problems.push(`${origin}: unbalanced quotes: ${trimmed.slice(0, 80)}`);
    else if (words[0]?.toLowerCase() === "include") {
      try {
        directives.push(...included(words.slice(1), origin, readFile, depth));
      } catch (error) {
        problems.push((error as Error).message);
      }
    } else if (words.length > 0) directives.push(directive(words, origin, trimmed));
  });
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return directives;
}

function included(files: readonly string[], origin: string, readFile: ReadFile, depth: number): Directive[] {
  if (files.length !== 1) throw new ConfigError(`${origin}: include wants one file`);
  if (depth === DEEPEST) throw new ConfigError(`${origin}: files include each other without end`);
  let text: string;
  try {
    text = readFile(files[0]);
  } catch (error) {
    throw new ConfigError(`${origin}: include ${files[0]}: ${(error as Error).message}`);
  }
  return parseConfig(text, files[0], readFile, depth + 1);
}

function directive([name, ...values]: readonly string[], origin: string, line: string): Directive {
  return { name: name.toLowerCase(), values, origin, line };
}

/**
 * The directives of command-line words: [file] --name value value --name value. The word behind a name is its value even
 * when it begins with dashes; only --save may stand without one. Name and value may stand in one word, with a space or an
 * equals sign between.
 */
export function directivesOf(words: readonly string[], readFile = readLatin1) {
  const directives: Directive[] = [];
  let file: string | null = null;
  let rest = words;
  if (words.length > 0 && !words[0].startsWith("-")) {
    file = words[0];
    rest = words.slice(1);
    directives.push(...parseConfig(readFile(file), file, readFile));
  }
  // A dash in the first or the last place: more directives come on the standard input.
  if (rest[0] === "-" || rest.at(-1) === "-") {
    rest = rest[0] === "-" ? rest.slice(1) : rest.slice(0, -1);
    directives.push(...parseConfig(readFile("-"), "standard input", readFile));
  }
  const lines: string[] = [];
  let wantsValue = false;
  rest.forEach((word, i) => {
    if (!wantsValue && word.startsWith("--")) {
      const text = word.slice(2).replace(/^([^\s=]+)=(.*)$/su, (_, name, value) => `${name} ${quoteWord(value)}`);
      lines.push(text);
      wantsValue = splitWords(text)?.length === 1;
      const last = rest[i + 1] === undefined || rest[i + 1].startsWith("--");
      if (!wantsValue || text.toLowerCase() !== "save" || !last) return;
      lines[lines.length - 1] += ' ""';
      wantsValue = false;
      return;
    }
    if (lines.length === 0) lines.push("");
    lines[lines.length - 1] = `${lines.at(-1)} ${quoteWord(word)}`.trimStart();
    wantsValue = false;
  });
  for (const line of lines) {
    const parsed = splitWords(line);
    if (parsed === null) throw new ConfigError(`command line: unbalanced quotes: ${line.slice(0, 80)}`);
    directives.push(directive(parsed, `--${parsed[0]}`, line));
  }
  return { file, directives };
}
