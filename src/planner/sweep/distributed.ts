// A sweep over machines: the points stand in a BullMQ queue on a Valkey or Redis server, workers take one at a time, the
// coordinator collects the rows. A worker that dies lets its lock run out; another one takes the point again, and since a
// point's row is a function of the point, nobody can tell. Rows of points that were done before are found in the queue.

import { Queue, QueueEvents, UnrecoverableError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { type SweepRow, sweepRowSchema } from "../../result/sweep.ts";
import { VERSION } from "../../version.ts";
import type { SweepJob } from "./plan.ts";
import { runPoint } from "./point.ts";

const QUEUE = "cachecast-sweep";
/** A point is tried again after an error that may pass; one of the simulation itself would come again. */
const ATTEMPTS = 3;
const RETRY_MS = 500;
/** How long a silent worker keeps its point, and how often that is looked at. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 3_000;
const STALLED_MAX = 10;
/** Events can be missed while a connection is down: the queue itself is asked now and then. */
const POLL_MS = 2_000;

interface QueuedPoint {
  readonly version: string;
  readonly job: SweepJob;
}

function connectionTo(url: string) {
  return { url, maxRetriesPerRequest: null };
}

/** Why nobody can work over this server, in a sentence; null when it answers. */
export async function whyUnreachable(url: string): Promise<string | null> {
  if (!/^rediss?:\/\/[^\s]+$/u.test(url)) return `«${url}» is no address such as redis://host:6379`;
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 });
  let why: string | null = null;
  client.on("error", (error: Error) => {
    why = error.message;
  });
  try {
    await client.connect();
    await client.ping();
    return null;
  } catch (error) {
    return `${url} does not answer: ${why ?? (error as Error).message}`;
  } finally {
    client.disconnect();
  }
}

export interface CoordinatorOptions {
  readonly url: string;
  /** Hash of the plan: points of other plans in the same queue are none of ours. */
  readonly plan: string;
  onRow(row: SweepRow): void;
  interrupted(): boolean;
  /** Nobody has taken a point for a while. */
  onNoWorkers(): void;
}

/** Queues the points and waits for their rows. Throws when a point fails for good. */
export async function coordinate(jobs: readonly SweepJob[], options: CoordinatorOptions): Promise<void> {
  const connection = connectionTo(options.url);
  const queue = new Queue<QueuedPoint, SweepRow>(QUEUE, { connection });
  const events = new QueueEvents(QUEUE, { connection });
  // Without a listener an error of the connection would be printed; both connect again by themselves.
  queue.on("error", () => undefined);
  events.on("error", () => undefined);
  const waiting = new Map(jobs.map(job => [idOf(options.plan, job.index), job]));
  try {
    await events.waitUntilReady();
    await queue.addBulk(
      jobs.map(job => ({
        name: "point",
        data: { version: VERSION, job },
        opts: {
          jobId: idOf(options.plan, job.index),
          attempts: ATTEMPTS,
          backoff: { type: "fixed", delay: RETRY_MS },
        },
      })),
    );
    await collect(queue, events, waiting, options);
  } finally {
    await Promise.all(jobs.map(job => queue.remove(idOf(options.plan, job.index)).catch(() => 0)));
    await events.close();
    await queue.close();
  }
}

function idOf(plan: string, index: number): string {
  return `${plan.slice(0, 24)}-${index}`;
}

function collect(
  queue: Queue<QueuedPoint, SweepRow>,
  events: QueueEvents,
  waiting: Map<string, SweepJob>,
  options: CoordinatorOptions,
): Promise<void> {
  return new Promise((done, broken) => {
    let quietPolls = 0;
    const end = (error?: Error) => {
      clearInterval(timer);
      if (error === undefined) done();
      else broken(error);
    };
    const take = (id: string, value: unknown) => {
      if (!waiting.delete(id)) return;
      quietPolls = 0;
      options.onRow(sweepRowSchema.parse(typeof value === "string" ? JSON.parse(value) : value));
      if (waiting.size === 0) end();
    };
    const fail = (id: string, why: string) => {
      const job = waiting.get(id);
      if (job !== undefined) end(new Error(`point ${JSON.stringify(job.settings)}: ${why}`));
    };
    events.on("completed", ({ jobId, returnvalue }) => take(jobId, returnvalue));
    const poll = async () => {
      if (options.interrupted()) return end();
      for (const id of [...waiting.keys()]) {
        const job = await queue.getJob(id);
        if (job === undefined) continue;
        const state = await job.getState();
        if (state === "completed") take(id, job.returnvalue);
        else if (state === "failed") fail(id, job.failedReason);
      }
      if (waiting.size > 0 && ++quietPolls === 5 && (await queue.getWorkersCount()) === 0) options.onNoWorkers();
    };
    const timer = setInterval(() => void poll().catch(end), POLL_MS);
    if (waiting.size === 0) end();
  });
}

export interface WorkerOptions {
  readonly url: string;
  onPoint(job: SweepJob): void;
}

/** Takes points until it is closed. */
export function takePoints({ url, onPoint }: WorkerOptions): { close(): Promise<void>; idle(): Promise<boolean> } {
  const connection = connectionTo(url);
  const queue = new Queue<QueuedPoint, SweepRow>(QUEUE, { connection });
  const worker = new Worker<QueuedPoint, SweepRow>(
    QUEUE,
    async ({ data: { version, job } }) => {
      if (version !== VERSION) {
        throw new UnrecoverableError(`the worker is cachecast ${VERSION}, the sweep was planned by ${version}`);
      }
      onPoint(job);
      return runPoint(job);
    },
    {
      connection,
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: STALLED_MAX,
    },
  );
  // Without a listener an error of the connection would end the process; both connect again by themselves.
  worker.on("error", () => undefined);
  queue.on("error", () => undefined);
  return {
    close: async () => {
      await worker.close();
      await queue.close();
    },
    idle: async () => {
      const counts = await queue.getJobCounts("waiting", "active", "delayed");
      return Object.values(counts).every(count => count === 0);
    },
  };
}
