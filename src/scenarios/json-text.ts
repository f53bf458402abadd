// JSON files from outside: what is wrong with their text, with line and column. A file that stops in the middle is told
// from one that is wrong there, since the remedy differs.

import { readFileSync } from "node:fs";
import { fileIssue, type Issue, ScenarioError } from "./issue.ts";
import { describeSystemError } from "./yaml-file.ts";

export interface JsonFile {
  readonly text: string;
  readonly data: unknown;
}

/** The text of a file of any kind. Throws ScenarioError. */
export function textOfFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ScenarioError([fileIssue(file, describeSystemError(error))]);
  }
}

/** Reads and parses a file. Throws ScenarioError. */
export function readJsonFile(file: string): JsonFile {
  const text = textOfFile(file);
  try {
    return { text, data: JSON.parse(text) as unknown };
  } catch (error) {
    throw new ScenarioError([syntaxIssue(file, text, (error as Error).message)]);
  }
}

function syntaxIssue(file: string, text: string, complaint: string): Issue {
  const whole = text.trimEnd();
  if (whole === "") return fileIssue(file, "is empty");
  const what = complaint.replace(/(?: in JSON at position|, "| "\.\.\.).*$/u, "");
  const place = / at position (\d+)/u.exec(complaint)?.[1];
  const endsEarly = complaint.startsWith("Unexpected end");
  if (place === undefined && !endsEarly) return fileIssue(file, `is no JSON: ${what}`);
  const at = Number(place ?? whole.length);
  const lines = text.slice(0, at).split("\n");
  const position = {
    file,
    line: lines.length,
    column: lines[lines.length - 1].length + 1,
    text: text.split("\n", lines.length)[lines.length - 1],
    length: 1,
  };
  if (at >= whole.length) {
    const message = `is cut off: the JSON ends in the middle, after ${whole.length.toLocaleString("en-US")} characters`;
    return { position, origin: file, path: "", message };
  }
  return { position, origin: file, path: "", message: `is no JSON: ${what}` };
}
