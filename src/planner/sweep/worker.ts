// Entry of a worker thread: simulates the points it is sent.

import { parentPort } from "node:worker_threads";
import { provideLua } from "../../lua/index.ts";
import type { SweepJob } from "./plan.ts";
import { runPoint } from "./point.ts";
import type { WorkerAnswer } from "./pool.ts";

provideLua();

parentPort?.on("message", (job: SweepJob) => {
  runPoint(job)
    .then((row): WorkerAnswer => ({ row }))
    .catch((error: unknown): WorkerAnswer => ({ failure: error instanceof Error ? error.message : String(error) }))
    .then(answer => parentPort?.postMessage(answer));
});
