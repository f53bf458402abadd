// Whether an address and a port can be listened on, known at once: CONFIG SET must answer before the event loop turns, and
// Node's listening is asynchronous. So a thread of its own tries it while this one stands still.

import { Worker } from "node:worker_threads";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The words of the parameter `bind`; one with a leading minus may be missing. */
export function addressesOf(bind: string): { readonly host: string; readonly optional: boolean }[] {
  return bind
    .split(" ")
    .filter(word => word !== "")
    .map(word => {
      const optional = word.startsWith("-");
      const address = optional ? word.slice(1) : word;
      return { host: address === "*" ? "0.0.0.0" : address === "::*" ? "::" : address, optional };
    });
}

interface Question {
  readonly places: readonly Place[];
  /** Number of the place that cannot be had, from 0; FREE, or UNDER_WAY until it is known. */
  readonly answer: Int32Array;
}

const UNDER_WAY = -2;
const FREE = -1;
/** Somebody who has no answer by then has none. */
const WAIT_MS = 5_000;

/** The first place that cannot be listened on; null when all can. */
export function firstUnavailable(places: readonly Place[]): Place | null {
  const answer = new Int32Array(new SharedArrayBuffer(4)).fill(UNDER_WAY);
  const worker = new Worker(`(${listenEverywhere})()`, { eval: true, workerData: { places, answer } });
  worker.unref();
  Atomics.wait(answer, 0, UNDER_WAY, WAIT_MS);
  const found = Atomics.load(answer, 0);
  return found === FREE ? null : (places[found] ?? places[0] ?? null);
}

/** Runs in the thread, of which it sees nothing but what is in here. */
function listenEverywhere(): void {
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const { createServer } = process.getBuiltinModule("node:net");
  const { places, answer } = workerData as Question;
  const say = (found: number) => {
    Atomics.store(answer, 0, found);
    Atomics.notify(answer, 0);
  };
  const attempt = (i: number): void => {
    if (i === places.length) return say(-1);
    const server = createServer();
    server.once("error", () => say(i));
    server.listen({ ...places[i], exclusive: true }, () => server.close(() => attempt(i + 1)));
  };
  attempt(0);
}
