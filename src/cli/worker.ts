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
  const { takePoints } = await import("../planner/sweep/distributed.ts");
  const { provideLua } = await import("../lua/index.ts");
  let idleMs = Number.POSITIVE_INFINITY;
  try {
    if (args.idle !== undefined) idleMs = parseDurationNs(args.idle) / 1e6;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new CliError(`--idle ${error.message}`, EXIT.usage);
  }
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
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    if (!(await points.idle())) busyMs = performance.now();
  }
  await points.close();
}
