// From the scenario's origin to its configuration.

import type { OriginConfig } from "../models/config.ts";
import { constant } from "../sim/distributions/constant.ts";
import { NS_PER_SECOND } from "../units.ts";
import { type Report, readRange } from "./build-report.ts";
import type { Scenario } from "./schema.ts";

export function buildOrigin({ origin }: Scenario, report: Report): OriginConfig {
  // Nobody asks an origin that is not there.
  if (origin === undefined) return { latencyNs: constant(NS_PER_SECOND), concurrency: 1 };
  const { retry, queue, slowdown } = origin;
  const [low, high] = readRange(retry.backoff, ["origin", "retry", "backoff"], report);
  if (retry.budget !== undefined && retry.attempts === 1) {
    report(["origin", "retry", "budget"], "has no effect with one attempt: nothing is tried again");
  }
  if (retry.budget === 0 && retry.attempts > 1) {
    report(["origin", "retry", "budget"], "of nothing forbids what «attempts» asks for; say «attempts: 1»");
  }
  const mayFail = origin.timeout !== undefined || queue.limit !== undefined || queue.timeout !== undefined;
  if (retry.attempts > 1 && !mayFail && origin.errorRate === 0) {
    const why = "has no effect: an origin without «timeout:», «queue:» and «errorRate:» answers every request";
    report(["origin", "retry", "attempts"], why);
  }
  return {
    latencyNs: origin.latency,
    concurrency: origin.concurrency,
    contention: slowdown.contention,
    coherency: slowdown.coherency,
    errorRate: origin.errorRate,
    retry: { attempts: retry.attempts, backoffLowNs: low, backoffHighNs: high, jitter: retry.jitter },
    retryBudget: retry.budget ?? null,
    ...(queue.limit !== undefined && { queueLimit: queue.limit }),
    ...(queue.timeout !== undefined && { queueTimeoutNs: queue.timeout }),
    ...(origin.timeout !== undefined && { timeoutNs: origin.timeout }),
  };
}
