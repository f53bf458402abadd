// A price book from outside the catalogue: a file of the user. What is wrong with it is the user's to mend, so everything
// is told at once, with the path of the value.
// The grammar is checked by who reads the file.

import { isNodeType } from "./nodes.ts";
import { reservedKey } from "./prices.ts";
import type { BookFile } from "./prices-file.ts";

export interface BookProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The name that nobody knows, for whoever wants to guess what was meant. */
  readonly unknownNode?: string;
}

/** What keeps a book that follows the grammar from being used. */
export function bookProblems(book: BookFile): BookProblem[] {
  return [...unknownNodes(book), ...twice(book), ...undeclared(book)];
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
