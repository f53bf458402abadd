// The clients' side of the origin: how long they wait for an answer, and what they do when none comes. An attempt ends by an
// answer, an error, a refusal or the clients' timeout; failed attempts are made again after a backoff, up to `attempts`,
// and only while the retry budget lasts (each call earns `budget` of a retry, up to ten retries are saved: the token bucket
// of Finagle and of Amazon's SDKs). A timeout ends the waiting, not the work: see origin.ts.

import { fail } from "../assert.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { TimerLane } from "../sim/timer-lane.ts";
import type { OriginConfig } from "./config.ts";
import { ANSWERED, type Origin, type OriginEnd, REFUSED } from "./origin.ts";
import type { Requests } from "./requests.ts";
import { backoffNs } from "./retry.ts";

const RETRY = 0;

/** Retries that a budget can save up. */
const BUDGET_ROOM = 10;

export interface OriginHandler {
  fetched(request: number): void;
  /** No attempt was answered. */
  fetchFailed(request: number): void;
  /** Which version of a key the origin has, where the handler follows versions. */
  readonly atOrigin: { current(key: number): number } | null;
}

export class OriginCalls {
  /** Calls of patterns, and attempts beyond the first. */
  calls = 0;
  retries = 0;
  timeouts = 0;
  errors = 0;
  refusals = 0;
  /** Calls none of whose attempts was answered, and retries that the budget did not allow. */
  failed = 0;
  unaffordable = 0;
  /** Answers that came after the client had given up. */
  late = 0;
  /** By workload number. */
  readonly handlers: OriginHandler[] = [];

  private readonly target: number;
  private readonly timers: TimerLane | null;
  private readonly config: Required<Pick<OriginConfig, "timeoutNs" | "retry" | "retryBudget">>;
  private saved = BUDGET_ROOM;

  constructor(
    config: OriginConfig,
    private readonly origin: Origin,
    private readonly random: Random,
    private readonly sim: Simulation,
    private readonly requests: Requests,
  ) {
    const { timeoutNs = Number.POSITIVE_INFINITY, retry = ONCE, retryBudget = null } = config;
    this.config = { timeoutNs, retry, retryBudget };
    origin.listener = {
      begun: (request, generation) => this.begun(request, generation),
      ended: (request, generation, end) => this.ended(request, generation, end),
    };
    this.target = sim.register((kind, request, generation) => {
      if (kind !== RETRY) fail(`origin calls got an event of kind ${kind}`);
      if (requests.generation[request] === generation) this.attempt(request);
    });
    const alive = (request: number, generation: number) => requests.generation[request] === generation;
    this.timers = Number.isFinite(timeoutNs)
      ? new TimerLane(sim, timeoutNs, alive, request => this.timedOut(request))
      : null;
  }

  /** Asks the origin for a request of a pattern; `work` is how many times the work of one read it is. */
  call(request: number, work: number): void {
    const { requests, config } = this;
    this.calls++;
    if (config.retryBudget !== null) this.saved = Math.min(BUDGET_ROOM, this.saved + config.retryBudget);
    requests.originAttempt[request] = 0;
    requests.originWork[request] = work;
    requests.askedNs[request] = this.sim.now;
    this.attempt(request);
  }

  private attempt(request: number): void {
    const { requests } = this;
    requests.originAttempt[request]++;
    const generation = ++requests.generation[request];
    this.origin.submit(request, generation, requests.originWork[request]);
    this.timers?.start(request, generation);
  }

  private begun(request: number, generation: number): void {
    const { requests } = this;
    if (requests.generation[request] !== generation) return;
    const { atOrigin } = this.handlers[requests.workload[request]];
    if (atOrigin !== null) requests.version[request] = atOrigin.current(requests.key[request]);
  }

  private ended(request: number, generation: number, end: OriginEnd): void {
    const { requests } = this;
    if (requests.generation[request] !== generation) {
      this.late++;
      return;
    }
    if (end === ANSWERED) {
      requests.generation[request]++;
      return this.handlers[requests.workload[request]].fetched(request);
    }
    if (end === REFUSED) this.refusals++;
    else this.errors++;
    this.tryAgainOrFail(request);
  }

  private timedOut(request: number): void {
    this.timeouts++;
    this.tryAgainOrFail(request);
  }

  private tryAgainOrFail(request: number): void {
    const { requests, config, sim } = this;
    const generation = ++requests.generation[request];
    const attempt = requests.originAttempt[request];
    let again = attempt < config.retry.attempts;
    if (again && config.retryBudget !== null) {
      if (this.saved >= 1) this.saved--;
      else {
        again = false;
        this.unaffordable++;
      }
    }
    if (!again) {
      this.failed++;
      return this.handlers[requests.workload[request]].fetchFailed(request);
    }
    this.retries++;
    sim.send(backoffNs(config.retry, attempt, this.random), this.target, RETRY, request, generation);
  }
}

const ONCE: NonNullable<OriginConfig["retry"]> = { attempts: 1, backoffLowNs: 0, backoffHighNs: 0, jitter: "none" };
