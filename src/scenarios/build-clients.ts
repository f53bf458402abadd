// From the scenario's clients to their configuration.

import type { ClientConfig } from "../models/config.ts";
import { type Report, readRange } from "./build-report.ts";
import type { Scenario } from "./schema.ts";

export function buildClients(scenario: Scenario, report: Report): ClientConfig[] {
  return scenario.clients.map((client, i) => {
    const [low, high] = readRange(client.retry.backoff, ["clients", i, "retry", "backoff"], report);
    return {
      name: client.name,
      instances: client.instances,
      zones: Array.from({ length: client.instances }, (_, instance) => instance % scenario.zones),
      pool: {
        size: client.pool.size,
        maxWaitNs: client.pool.maxWait ?? client.timeout,
        multiplex: client.pool.multiplex,
      },
      timeoutNs: client.timeout,
      connectTimeoutNs: client.connectTimeout,
      retry: { attempts: client.retry.attempts, backoffLowNs: low, backoffHighNs: high, jitter: client.retry.jitter },
      dnsTtlNs: client.dns.ttl === "forever" ? Number.POSITIVE_INFINITY : client.dns.ttl,
      refreshNs: client.topologyRefresh,
      readFrom: client.readFrom,
      overheadNs: client.overhead,
    };
  });
}
