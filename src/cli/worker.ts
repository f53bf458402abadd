// cachecast worker: take points of a distributed sweep from a queue and simulate them.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { say } from "./output.ts";

interface WorkerArguments {
  distributed: string;
  idle: string | undefined;
  quiet: boolean;
}

const LOOK_MS = 500;
/** How long the queue's server may take to answer before it counts as gone. */
const ANSWER_MS = 5_000;

export const workerVerb: CommandModule<object, WorkerArguments> = {
  command: "worker",
  describe: "Work on a distributed sweep: take points from a queue",
  builder: yargs =>
    yargs
      .option("distributed", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "Valkey or Redis that holds the queue: redis://host:port",
      })
      .option("idle", { type: "string", requiresArg: true, describe: "End after so long without work, such as 30s" })
      .option("quiet", {
        alias: "q",
        type: "boolean",
        default: false,
        describe: "Say nothing",
      }) as Argv<WorkerArguments>,
  handler: work,
};

async function work(args: WorkerArguments): Promise<void> {
  const { parseDurationNs, UnitError } = await import("../units.ts");
  const { takePoints, whyUnreachable } = await import("../planner/sweep/distributed.ts");
  const { provideLua } = await import("../lua/index.ts");
  let idleMs = Number.POSITIVE_INFINITY;
  try {
    if (args.idle !== undefined) idleMs = parseDurationNs(args.idle) / 1e6;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new CliError(`--idle ${error.message}`, EXIT.usage);
  }
  const unreachable = await whyUnreachable(args.distributed);
  if (unreachable !== null) throw new CliError(`--distributed: ${unreachable}`, EXIT.invalid);
  provideLua();
  const points = takePoints({
    url: args.distributed,
    onPoint: job => {
      if (!args.quiet) say(`point ${job.index}: ${JSON.stringify(job.settings)}`);
    },
  });
  let stopped = false;
  const stop = () => {
    if (stopped) process.exit(EXIT.interrupted);
    stopped = true;
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  let busyMs = performance.now();
  while (!stopped && performance.now() - busyMs < idleMs) {
    await pause(LOOK_MS);
    // A server that has gone answers nothing: that is no work either.
    if ((await Promise.race([points.idle(), pause(ANSWER_MS)])) === false) busyMs = performance.now();
  }
  // The same server may have to be told goodbye.
  await Promise.race([points.close(), pause(ANSWER_MS)]);
  process.exit();
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
