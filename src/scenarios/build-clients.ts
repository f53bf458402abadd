// From the scenario's clients to their configuration, and what of it does not fit together.

import type { BackoffConfig, ClientConfig, LoginConfig, RetryConfig } from "../models/config.ts";
import { loginConfig } from "./build-auth.ts";
import { type Report, readRange } from "./build-report.ts";
import { type WholeClient, wholeClient } from "./client-defaults.ts";
import type { ClientInput } from "./schema/client.ts";
import type { Scenario } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

type PathOf = (...rest: Path) => Path;

export function buildClients(scenario: Scenario, report: Report): ClientConfig[] {
  const { cluster, zones } = scenario;
  const staysSingle = cluster.mode === "single" && !enablesClusterMode(scenario);
  return scenario.clients.map((given, i) => {
    const path: PathOf = (...rest) => ["clients", i, ...rest];
    const client = wholeClient(given, cluster.mode);
    checkClient(given, client, cluster.tls || cluster.deployment === "serverless", path, report);
    if (given.multiKey !== undefined && staysSingle) {
      report(path("multiKey"), "has no effect: with «mode: single» one shard has all slots");
    }
    return clientConfig(client, loginConfig(scenario, i, report), zones, path, report);
  });
}

function enablesClusterMode({ drills }: Scenario): boolean {
  return drills.some(drill => "enable-cluster-mode" in drill && drill["enable-cluster-mode"] !== undefined);
}

function clientConfig(
  client: WholeClient,
  login: LoginConfig | null,
  zones: number,
  path: PathOf,
  report: Report,
): ClientConfig {
  const { pool, topology } = client;
  return {
    name: client.name,
    library: client.library,
    instances: client.instances,
    zones: Array.from({ length: client.instances }, (_, instance) => instance % zones),
    pool: {
      size: pool.size,
      initial: pool.initial ?? pool.size,
      minIdle: pool.minIdle,
      maxWaitNs: pool.maxWait ?? client.timeout,
      multiplex: pool.multiplex,
      order: pool.order,
      validation: pool.validation,
      idleNs: pool.idleTimeout,
      lifetimeNs: pool.lifetime,
      reuse: pool.reuse,
    },
    connect: {
      timeoutNs: client.connectTimeout,
      workNs: client.connectWork,
      loginTrips: client.loginTrips,
      tls: { version: client.tls.version, resume: client.tls.resume },
      again: reconnect(client, path, report),
    },
    login,
    tcp: tcpConfig(client),
    socketTimeoutNs: client.socketTimeout,
    timeoutNs: client.timeout,
    retry: retryConfig(client, path, report),
    breaker: breakerConfig(client),
    hedge: hedgeConfig(client),
    dnsTtlNs: client.dns.ttl,
    splitsKeys: client.multiKey === "split",
    refresh: {
      spacingNs: topology.spacing,
      everyNs: topology.every,
      onMoved: topology.on.includes("moved"),
      onDisconnect: topology.on.includes("disconnect"),
      onTimeout: topology.on.includes("timeout"),
    },
    readFrom: client.readFrom,
    overheadNs: client.overhead,
  };
}

function reconnect({ reconnect: given }: WholeClient, path: PathOf, report: Report): BackoffConfig | null {
  if (given.backoff === "never") return null;
  const [low, high] = readRange(given.backoff, path("reconnect", "backoff"), report);
  return { backoffLowNs: low, backoffHighNs: high, jitter: given.jitter };
}

function retryConfig({ retry }: WholeClient, path: PathOf, report: Report): RetryConfig {
  const [low, high] = readRange(retry.backoff, path("retry", "backoff"), report);
  const on = (failure: (typeof retry.on)[number]) => retry.on.includes(failure);
  return {
    attempts: retry.attempts,
    backoffLowNs: low,
    backoffHighNs: high,
    jitter: retry.jitter,
    on: {
      connection: on("connection"),
      timeout: on("timeout"),
      error: on("error"),
      pool: on("pool"),
      login: on("login"),
    },
    budget: retry.budget ?? null,
  };
}

function tcpConfig({ tcp }: WholeClient): ClientConfig["tcp"] {
  const { idle, interval, probes } = tcp.keepAlive;
  return {
    userTimeoutNs: tcp.userTimeout,
    retransmissions: tcp.retransmissions,
    keepAlive: Number.isFinite(idle) ? { idleNs: idle, intervalNs: interval, probes } : null,
  };
}

function breakerConfig({ circuitBreaker }: WholeClient): ClientConfig["breaker"] {
  if (circuitBreaker === undefined) return null;
  const { failures, calls, minimum, open, probes } = circuitBreaker;
  return { failures, calls, minimum, openNs: open, probes };
}

function hedgeConfig({ hedge }: WholeClient): ClientConfig["hedge"] {
  if (hedge === undefined) return null;
  const { after, budget } = hedge;
  return "afterNs" in after
    ? { afterNs: after.afterNs, quantile: 0, budget }
    : { afterNs: null, quantile: after.quantile, budget };
}

function checkHedge({ hedge, readFrom, pool, timeout }: WholeClient, path: PathOf, report: Report): void {
  if (hedge === undefined) return;
  if (readFrom === "primary" && pool.multiplex && pool.size === 1) {
    report(path("hedge"), "has no effect: all reads go to the primary over one connection («readFrom», «pool.size»)");
  }
  if ("afterNs" in hedge.after && hedge.after.afterNs >= timeout) {
    report(path("hedge", "after"), "has no effect: commands end before it («timeout»)");
  }
  if (hedge.budget.share === 0) report(path("hedge", "budget", "share"), "of nothing allows no second copies");
}

/** Of the pool, what means nothing to a client that shares its connections. */
const EXCLUSIVE_ONLY = ["order", "validation", "idleTimeout", "lifetime", "minIdle", "reuse"] as const;
/** What means nothing when connections are not kept. */
const KEPT_ONLY = ["initial", "minIdle", "order", "validation", "idleTimeout", "lifetime"] as const;

function checkClient(given: ClientInput, client: WholeClient, tls: boolean, path: PathOf, report: Report): void {
  const { pool, retry, circuitBreaker } = client;
  const without = (keys: readonly (keyof NonNullable<ClientInput["pool"]>)[], why: string) => {
    for (const key of keys) if (given.pool?.[key] !== undefined) report(path("pool", key), why);
  };
  if (pool.multiplex) without(EXCLUSIVE_ONLY, "has no effect: connections are shared («pool.multiplex»), not lent");
  else if (!pool.reuse) without(KEPT_ONLY, "has no effect with «reuse: false»: no connection is kept");
  if (!pool.multiplex && given.socketTimeout !== undefined) {
    report(
      path("socketTimeout"),
      "has no effect: connections that are not shared are closed when a reply does not come in time",
    );
  }
  if (!Number.isFinite(client.tcp.keepAlive.idle)) {
    for (const key of ["interval", "probes"] as const) {
      if (given.tcp?.keepAlive?.[key] === undefined) continue;
      report(path("tcp", "keepAlive", key), "has no effect: keep-alive is off («tcp.keepAlive.idle»)");
    }
  }
  if (Number.isFinite(client.tcp.userTimeout) && given.tcp?.retransmissions !== undefined) {
    report(path("tcp", "retransmissions"), "has no effect: «tcp.userTimeout» decides when data are given up");
  }
  for (const key of ["initial", "minIdle"] as const) {
    const value = given.pool?.[key] ?? 0;
    if (value > pool.size) report(path("pool", key), `of ${value} is more than the pool's size, which is ${pool.size}`);
  }
  if (given.tls !== undefined && !tls) report(path("tls"), "has no effect without «cluster.tls: true»");
  if (retry.attempts === 1) {
    for (const key of ["backoff", "jitter", "on", "budget"] as const) {
      if (given.retry?.[key] !== undefined)
        report(path("retry", key), "has no effect: with «attempts: 1» there are no retries");
    }
  }
  checkHedge(client, path, report);
  if (circuitBreaker !== undefined && circuitBreaker.minimum > circuitBreaker.calls) {
    const { minimum, calls } = circuitBreaker;
    report(path("circuitBreaker", "minimum"), `of ${minimum} is never reached: only the last ${calls} are looked at`);
  }
}
