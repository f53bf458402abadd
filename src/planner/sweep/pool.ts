// Worker threads for the points of a sweep. Each takes the next point when it is done with one; who did which cannot be
// seen in the rows. A point that breaks its worker is a bug and ends the sweep, with the point's settings in the message.

import { Worker } from "node:worker_threads";
import type { SweepRow } from "../../result/sweep.ts";
import type { SweepJob } from "./plan.ts";
import { runPoint } from "./point.ts";

export interface PoolOptions {
  readonly threads: number;
  /** The built worker; null runs the points in this thread, one after the other. */
  readonly script: URL | null;
  onRow(row: SweepRow): void;
  interrupted(): boolean;
}

/** What a worker answers. */
export type WorkerAnswer = { readonly row: SweepRow } | { readonly failure: string };

/** Runs all jobs, or as many as there are until an interruption. */
export async function runJobs(jobs: readonly SweepJob[], options: PoolOptions): Promise<void> {
  const { script, threads } = options;
  if (script === null) {
    for (const job of jobs) {
      if (options.interrupted()) return;
      options.onRow(await runPoint(job));
    }
    return;
  }
  const queue = [...jobs].reverse();
  const workers = Array.from({ length: Math.min(threads, jobs.length) }, () => new Worker(script));
  try {
    await Promise.all(workers.map(worker => work(worker, queue, options)));
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

/** Gives a worker one point after the other until there is none left. */
function work(worker: Worker, queue: SweepJob[], options: PoolOptions): Promise<void> {
  return new Promise((done, broken) => {
    let current: SweepJob | undefined;
    const next = () => {
      current = options.interrupted() ? undefined : queue.pop();
      if (current === undefined) done();
      else worker.postMessage(current);
    };
    const fail = (why: string) => broken(new Error(`point ${JSON.stringify(current?.settings ?? {})}: ${why}`));
    worker.on("message", (answer: WorkerAnswer) => {
      if ("failure" in answer) return fail(answer.failure);
      options.onRow(answer.row);
      next();
    });
    worker.on("error", error => fail(String((error as Error).message ?? error)));
    worker.on("exit", code => {
      if (code !== 0) fail(`its worker ended with code ${code}`);
    });
    next();
  });
}
