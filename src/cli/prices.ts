// cachecast prices: which price books there are, and a book from the AWS Price List.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { say, writeOutput } from "./output.ts";

interface PricesArguments {
  action: "list" | "import";
  file: string | undefined;
  output: string | undefined;
  region: string | undefined;
  name: string | undefined;
  "complete-from": string | undefined;
  json: boolean;
}

export const pricesVerb: CommandModule<object, PricesArguments> = {
  command: "prices <action> [file]",
  describe: "List price books, or import one from the AWS Price List",
  builder: yargs =>
    yargs
      .positional("action", { choices: ["list", "import"] as const, demandOption: true, describe: "What to do" })
      .positional("file", {
        type: "string",
        describe: "list: a book to look into; import: offer file of AmazonElastiCache (JSON)",
      })
      .option("output", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Where the book goes (./NAME.json)",
      })
      .option("region", { type: "string", requiresArg: true, describe: "Which region of a file that has several" })
      .option("name", { type: "string", requiresArg: true, describe: "Name of the book (aws-REGION-DATE)" })
      .option("complete-from", {
        type: "string",
        requiresArg: true,
        describe: "Take what offer files never hold (transfer, support, …) from this book",
      })
      .option("json", { type: "boolean", default: false, describe: "As JSON" })
      .example(
        "$0 prices import index.json -o prices/frankfurt.json",
        "then «prices: ./prices/frankfurt.json» in a scenario",
      )
      .example("$0 prices list ./prices/frankfurt.json", "what a book has and lacks") as Argv<PricesArguments>,
  handler: prices,
};

const IMPORT_ONLY = ["output", "region", "name", "complete-from"] as const;

async function prices(args: PricesArguments): Promise<void> {
  if (args.action === "import") return importBook(args);
  const given = IMPORT_ONLY.find(option => args[option] !== undefined);
  if (given !== undefined) throw new CliError(`--${given} belongs to «prices import»`, EXIT.usage);
  return args.file === undefined ? listBooks(args.json) : showBook(args.file, args.json);
}

async function listBooks(json: boolean): Promise<void> {
  const { priceBook, priceBookNames } = await import("../catalog/prices.ts");
  const { table } = await import("../report/table.ts");
  const books = priceBookNames().map(name => priceBook(name));
  const rows = books.map(book => ({
    name: book.name,
    region: book.region,
    asOf: book.asOf,
    nodes: book.onDemand.size,
    reserved: book.reservedOffers.size + book.reservedDiscounts.size,
    serverless: [...book.serverless.keys()],
    title: book.title,
  }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, books: rows }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${rows.length} price books; a scenario names one with «prices:», or a file of your own\n\n`);
  process.stdout.write(
    table(
      ["book", "region", "as of", "nodes", "reserved", "serverless", "what"],
      rows.map(row => [
        row.name,
        row.region,
        row.asOf,
        String(row.nodes),
        String(row.reserved),
        row.serverless.length === 0 ? "-" : row.serverless.join(", "),
        row.title,
      ]),
      [0, 1, 2, 5, 6],
    ),
  );
}

async function showBook(name: string, json: boolean): Promise<void> {
  const { coverageOf } = await import("../catalog/prices-complete.ts");
  const { findBook } = await import("../scenarios/price-file.ts");
  const found = findBook(name, process.cwd());
  if (!("book" in found)) throw new CliError(found.join("\n"), EXIT.invalid);
  const { book, fileDigest } = found;
  const { priced, missing } = coverageOf(book);
  if (json) {
    const { title, region, asOf } = book;
    const shown = { schemaVersion: 1, name: book.name, title, region, asOf, fileDigest, priced, missing };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${book.name}: ${book.title}, as of ${book.asOf}: ${priced}\n`);
  process.stdout.write(groupsText("missing", missing));
}

async function importBook(args: PricesArguments): Promise<void> {
  const { completeFrom, missingFrom } = await import("../catalog/prices-complete.ts");
  const { importOffer, OfferError } = await import("../catalog/prices-import.ts");
  const { readJsonFile } = await import("../scenarios/json-text.ts");
  if (args.file === undefined) throw new CliError("«prices import» needs the offer file", EXIT.usage);
  const donor = args["complete-from"] === undefined ? null : await donorBook(args["complete-from"]);
  const { data } = readJsonFile(args.file);
  try {
    const imported = importOffer(data, { region: args.region, name: args.name });
    const book = donor === null ? imported.book : completeFrom(imported.book, donor);
    const missing = missingFrom(book);
    const output = args.output ?? `./${book.book}.json`;
    writeOutput(output, `${JSON.stringify(book, null, 2)}\n`);
    const { read, left } = imported;
    if (args.json && output !== "-") {
      const shown = {
        schemaVersion: 1,
        book: book.book,
        region: book.region,
        asOf: book.asOf,
        output,
        read,
        left,
        missing,
      };
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      return;
    }
    const text =
      `${book.book}: ${read.onDemand} on-demand, ${read.reserved} reserved and ${read.serverless} serverless prices ` +
      `of ${book.region} as of ${book.asOf}\n` +
      `${groupsText("not understood, left out", left)}${groupsText("missing", missing)}` +
      `written to ${output}\n`;
    if (output === "-") say(text.trimEnd());
    else process.stdout.write(text);
  } catch (error) {
    if (!(error instanceof OfferError)) throw error;
    throw new CliError(`${args.file}: ${error.message}`, EXIT.invalid);
  }
}

async function donorBook(name: string) {
  const { findBook } = await import("../scenarios/price-file.ts");
  const found = findBook(name, process.cwd());
  if ("book" in found) return found.book;
  throw new CliError(found.map(message => `--complete-from: ${message}`).join("\n"), EXIT.usage);
}

type Group = { readonly what: string; readonly rows: readonly string[] };

/** Every row of every group, by reason. */
function groupsText(heading: string, groups: readonly Group[]): string {
  const text = groups.map(({ what, rows }) => {
    const lines = [...merged(rows)].map(
      ([first, rest]) => `  ${first}${rest.length > 0 ? `: ${rest.join(", ")}` : ""}\n`,
    );
    return `\n${heading}: ${what} (${rows.length})\n${lines.join("")}`;
  });
  return groups.length > 0 ? `${text.join("")}\n` : "";
}

/** Rows that begin alike on one line: the node and its engines, the node with its engine and the terms. */
function merged(rows: readonly string[]): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const row of rows) {
    const words = row.startsWith("cache.") ? row.split(" ") : [row];
    const kept = Math.min(2, words.length - 1) || 1;
    const first = words.slice(0, kept).join(" ");
    const rest = words.slice(kept).join(" ");
    lines.set(first, [...(lines.get(first) ?? []), ...(rest === "" ? [] : [rest])]);
  }
  return lines;
}
