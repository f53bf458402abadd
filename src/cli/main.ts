// The command line. Verbs are loaded when they are called, so that help is quick; each stands in a file of its own.

import yargs, { type Argv, type CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import { BugError } from "../assert.ts";
import { VERSION } from "../version.ts";
import { commandsVerb } from "./commands.ts";
import { compareVerb } from "./compare.ts";
import { crossoverVerb } from "./crossover.ts";
import { drillVerb } from "./drill.ts";
import { CliError, EXIT, EXIT_TABLE } from "./exit.ts";
import { explainVerb } from "./explain.ts";
import { fuzzVerb } from "./fuzz.ts";
import { importVerb } from "./import.ts";
import { initVerb } from "./init.ts";
import { mergeVerb } from "./merge.ts";
import { mrcVerb } from "./mrc.ts";
import { nodesVerb } from "./nodes.ts";
import { planVerb } from "./plan.ts";
import { pricesVerb } from "./prices.ts";
import { reportVerb } from "./report.ts";
import { runVerb } from "./run.ts";
import { schemaVerb } from "./schema.ts";
import { serve, serveVerb } from "./serve.ts";
import { sweepVerb } from "./sweep.ts";
import { explainUsage, givenTwice } from "./unknown.ts";
import { validateVerb } from "./validate.ts";
import { workerVerb } from "./worker.ts";

/** Turns whatever went wrong into a message and an exit code. Stack traces are for bugs, and only on request. */
function end(error: unknown): never {
  if (error instanceof CliError) {
    process.stderr.write(`cachecast: ${error.message}\n`);
    process.exit(error.code);
  }
  if (error instanceof Error && error.name === "ScenarioError") {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT.invalid);
  }
  const text = error instanceof Error ? error.message : String(error);
  const kind = error instanceof BugError ? "a check of its own failed" : "internal error";
  process.stderr.write(`cachecast ${VERSION}: ${kind}: ${text}\n`);
  process.stderr.write("This is a bug of cachecast. CACHECAST_DEBUG=1 shows where.\n");
  if (process.env.CACHECAST_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(EXIT.internal);
}

process.on("uncaughtException", end);
process.on("unhandledRejection", end);
process.stdout.on("error", error => {
  // A reader such as `head` has had enough.
  if ((error as NodeJS.ErrnoException).code === "EPIPE") process.exit(EXIT.pass);
});

/** In the order of the help. */
const VERBS = [
  runVerb,
  drillVerb,
  compareVerb,
  fuzzVerb,
  sweepVerb,
  mergeVerb,
  workerVerb,
  validateVerb,
  reportVerb,
  initVerb,
  serveVerb,
  explainVerb,
  schemaVerb,
  nodesVerb,
  commandsVerb,
  mrcVerb,
  planVerb,
  importVerb,
  pricesVerb,
  crossoverVerb,
];
const COMPLETION = "completion";

const words = hideBin(process.argv);
const parser: Argv = yargs(words)
  .scriptName("cachecast")
  .usage("$0 <verb>\n\nForecasts caches: simulates ElastiCache style clusters and says what they will do and cost.")
  .example("$0 init", "write a first scenario to start from")
  .example("$0 run scenarios/quickstart.yaml --report reports/quickstart.html", "simulate, print, write an HTML report")
  .example("$0 run cache.yaml --set cluster.shards=5", "what if there were five shards")
  .command(VERBS as CommandModule[])
  .completion(COMPLETION, "Print a script that completes verbs and options in the shell")
  .option("color", {
    choices: ["auto", "always", "never"] as const,
    default: "auto",
    describe: "Colour in the output",
    global: true,
  })
  .demandCommand(1, 1, "Which verb?", "One verb at a time.")
  .strictCommands()
  .strictOptions()
  .recommendCommands()
  .check(args => {
    const problem = givenTwice(args, [
      "set",
      "overlay",
      "f",
      "matrix",
      "m",
      "parts",
      "variant",
      "v",
      "scenarios",
      "files",
    ]);
    if (problem !== null) throw new CliError(`${problem}\nTry: cachecast --help`, EXIT.usage);
    return true;
  })
  .version(VERSION)
  .alias("h", "help")
  .wrap(Math.min(100, process.stdout.columns ?? 100))
  .epilogue(`Exit codes: ${EXIT_TABLE}`)
  .exitProcess(false)
  .fail((message, error) => {
    // Some of yargs's complaints come as a message, some as an error of its own kind; the rest is ours.
    if (error && error.name !== "YError") throw error;
    const verbs = [...VERBS.map(({ command }) => String(command).split(" ")[0]), COMPLETION];
    throw new CliError(
      `${explainUsage(message || error.message, parser, words, verbs)}\nTry: cachecast --help`,
      EXIT.usage,
    );
  });

if (words.length === 0) {
  parser.showHelp(text => process.stdout.write(`${text}\n`));
} else {
  try {
    // The words behind serve are the server's own: a name like --save may come with none or several.
    if (words[0] === "serve" && !words.some(word => word === "--help" || word === "-h")) await serve(words.slice(1));
    else await parser.parseAsync();
  } catch (error) {
    end(error);
  }
}
