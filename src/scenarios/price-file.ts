// The price book of a scenario: by name from the catalogue, or a file of the user's (`prices: ./book.json`), which
// `cachecast prices import` writes.

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { nodeTypes } from "../catalog/nodes.ts";
import { type PriceBook, priceBook, priceBookNames, readPriceBook } from "../catalog/prices.ts";
import { bookFile } from "../catalog/prices-file.ts";
import { type BookProblem, bookProblems } from "../catalog/prices-outside.ts";
import { type Explained, explainIssues } from "./explain-zod.ts";
import { type Issue, ScenarioError } from "./issue.ts";
import { readJsonFile } from "./json-text.ts";
import { didYouMean } from "./suggest.ts";
import { formatPath, parseYaml } from "./yaml-file.ts";

export interface FoundBook {
  readonly book: PriceBook;
  /** SHA-256 of the user's file; null for the catalogue's books. */
  readonly fileDigest: string | null;
}

/** Whether a name means a file: it ends in .json or leads somewhere. */
export function isBookFile(name: string): boolean {
  return name.endsWith(".json") || name.includes("/");
}

/** A user's book. Throws ScenarioError with every problem, at its place in the file. */
export function readBookFile(file: string): FoundBook {
  const { text, data } = readJsonFile(file);
  const parsed = bookFile.safeParse(data);
  const problems = parsed.success
    ? bookProblems(parsed.data).map(hinted)
    : explainIssues(bookFile, parsed.error.issues, data);
  if (problems.length === 0) {
    return { book: readPriceBook({ file, data }), fileDigest: createHash("sha256").update(text).digest("hex") };
  }
  // JSON is YAML too: its parser knows where everything stands.
  const { locate } = parseYaml(file, text);
  throw new ScenarioError(
    problems.map(
      ({ path, at, message }): Issue => ({ position: locate(path, at), origin: file, path: formatPath(path), message }),
    ),
  );
}

function hinted({ path, message, unknownNode }: BookProblem): Explained {
  const names = nodeTypes().map(node => node.type);
  const hint = unknownNode === undefined ? "" : didYouMean(unknownNode, names);
  return { path, at: "value", message: `${message}${hint}` };
}

/** The book that a scenario names, or what is wrong with it, in words for the place where it is named. */
export function findBook(name: string, directory: string): FoundBook | readonly string[] {
  if (priceBookNames().includes(name)) return { book: priceBook(name), fileDigest: null };
  if (!isBookFile(name)) {
    const known = priceBookNames();
    return [
      `there is no price book «${name}»; there are ${known.join(", ")}${didYouMean(name, known)}, and files (./book.json)`,
    ];
  }
  try {
    return readBookFile(resolve(directory, name));
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.issues.map(({ position, path, message }) => {
      const place = position === null ? name : `${name}:${position.line}:${position.column}`;
      return `${place}: ${path === "" ? "" : `${path} `}${message}`;
    });
  }
}
