// A price book from outside the catalogue: a file of the user. What is wrong with it is the user's to mend, so everything
// is told at once, with the path of the value.

import type { z } from "zod";
import { isNodeType } from "./nodes.ts";
import { type PriceBook, readPriceBook, reservedKey } from "./prices.ts";
import { type BookFile, bookFile } from "./prices-file.ts";

export interface BookProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The name that nobody knows, for whoever wants to guess what was meant. */
  readonly unknownNode?: string;
}

/** The book, or what keeps it from being one. */
export function readOutsideBook(file: string, data: unknown): PriceBook | readonly BookProblem[] {
  const parsed = bookFile.safeParse(data);
  if (!parsed.success) return parsed.error.issues.flatMap(issue => grammarProblems(issue, data));
  const problems = [...unknownNodes(parsed.data), ...twice(parsed.data), ...undeclared(parsed.data)];
  return problems.length > 0 ? problems : readPriceBook({ file, data });
}

function grammarProblems(issue: z.core.$ZodIssue, data: unknown): BookProblem[] {
  const path = issue.path.map(step => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(key => ({ path: [...path, key], message: "is no key of a price book" }));
  }
  const value = path.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], data);
  const message = value === undefined ? "is missing" : issue.message;
  return [{ path, message }];
}

function unknownNodes({ onDemand, reserved }: BookFile): BookProblem[] {
  const rows = [
    ...onDemand.map(({ node }, i) => ({ node, path: ["onDemand", i, "node"] })),
    ...reserved.offers.map(({ node }, i) => ({ node, path: ["reserved", "offers", i, "node"] })),
  ];
  return rows
    .filter(({ node }) => !isNodeType(node))
    .map(({ node, path }) => ({ path, message: `prices «${node}», which is no known node type`, unknownNode: node }));
}

function twice({ onDemand, reserved, serverless }: BookFile): BookProblem[] {
  const found: BookProblem[] = [];
  const check = <R>(path: readonly string[], rows: readonly R[], key: (row: R) => string) => {
    const seen = new Set<string>();
    rows.forEach((row, i) => {
      const name = key(row);
      if (seen.has(name)) found.push({ path: [...path, i], message: `prices «${name}» a second time` });
      seen.add(name);
    });
  };
  check(["onDemand"], onDemand, row => row.node);
  check(["reserved", "discounts"], reserved.discounts, row => reservedKey(row.term, row.payment));
  check(["reserved", "offers"], reserved.offers, row => reservedKey(row.term, row.payment, row.node, row.engine));
  check(["serverless"], serverless, row => row.engine);
  return found;
}

/** Rows that cite a source which the head does not declare. */
function undeclared(book: BookFile): BookProblem[] {
  const found: BookProblem[] = [];
  const look = (value: unknown, path: readonly (string | number)[]) => {
    if (Array.isArray(value)) {
      for (const [i, inner] of value.entries()) look(inner, [...path, i]);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== "sources" || !Array.isArray(inner)) {
        look(inner, [...path, key]);
        continue;
      }
      inner.forEach((id, i) => {
        if (Object.hasOwn(book.sources, id)) return;
        found.push({ path: [...path, key, i], message: `cites source «${id}», which «sources» does not declare` });
      });
    }
  };
  look(book, []);
  return found;
}
