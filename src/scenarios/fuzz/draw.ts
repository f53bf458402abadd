// From a seed to a scenario: topology, workload, faults and their times, all drawn. Faults come in the first part of the run
// and are over before its second part, in which the load goes on and the cluster has to recover.

import { giveUpNs } from "../../models/clients/tcp-timers.ts";
import { DEFAULT_HARDWARE } from "../../models/config/hardware.ts";
import type { Random } from "../../sim/random.ts";
import { randomFrom, streamSeed } from "../../sim/random.ts";
import { NS_PER_SECOND } from "../../units.ts";

/** Seconds before the faults; and after them, beside what the clients' patience with silent hosts takes. */
const CALM = 3;
const LOAD_ENDS_AFTER = 45;
const LOAD_AFTER_PATIENCE = 30;
const RTO_NS = DEFAULT_HARDWARE.network.retransmitNs;

export interface FuzzCase {
  readonly seed: number;
  /** A scenario as it would be written. */
  readonly scenario: Readonly<Record<string, unknown>>;
  /** When the last fault is over, in s. */
  readonly healedSeconds: number;
}

export function drawCase(seed: number, faultSeconds: number): FuzzCase {
  const random = randomFrom(streamSeed(seed, 0, "fuzz"));
  const whole = (low: number, high: number) => low + random.below(high - low + 1);
  const oneOf = <T>(...values: readonly T[]): T => values[random.below(values.length)];
  const isSingle = random.below(5) === 0;
  const isUpstream = !isSingle && random.below(2) === 0;
  const zones = whole(1, 3);
  const shards = isSingle ? 1 : whole(1, 4);
  const replicas = whole(0, 2);
  const healedSeconds = CALM + faultSeconds;
  const shape: Shape = { zones, shards, replicas, isSingle, isUpstream };
  const failover = isUpstream
    ? { nodeTimeout: `${oneOf(1, 2, 3)}s`, restart: `${whole(1, 6)}s`, requireFullCoverage: oneOf(true, false) }
    : {
        detection: `${whole(1, 4)}s`,
        promotion: `${oneOf(200, 1_000)}ms`,
        dns: `${oneOf(100, 1_000)}ms`,
        replacement: `${whole(4, 12)}s`,
      };
  const keys = oneOf(20, 200, 1_000);
  const scenario = {
    name: `fuzz ${seed}`,
    seed,
    warmup: "1s",
    period: "1s",
    zones,
    network: { spikes: oneOf("0%", "0.1%") },
    cluster: {
      engine: oneOf("valkey-7.2", "valkey-8.0"),
      management: isUpstream ? "self-managed" : "elasticache",
      mode: isSingle ? "single" : "cluster",
      node: "cache.r7g.large",
      shards,
      replicas,
      parameters: { "repl-backlog-size": oneOf(16_384, 262_144, 1_048_576) },
      failover,
    },
    clients: [
      {
        name: "app",
        instances: whole(1, 6),
        pool: { size: whole(1, 8), multiplex: oneOf(true, false) },
        timeout: `${oneOf(100, 200, 1_000)}ms`,
        retry: { attempts: whole(1, 4), backoff: "10ms..500ms" },
        dns: { ttl: "1s" },
        readFrom: oneOf("primary", "replica", "nearest"),
      },
    ],
    workload: [
      {
        name: "values",
        commands: { "SET {key} {random}": whole(2, 6), "GET {key}": whole(1, 6), "DEL {key}": oneOf(0.2, 1) },
        rate: oneOf(40, 150, 300),
        keys: { count: keys, popularity: oneOf("uniform", "zipf(0.99)"), prefix: "v:" },
        preload: oneOf("0%", "100%"),
        values: "100B",
      },
      {
        name: "counters",
        commands: { "INCR {key}": 1 },
        rate: 30,
        keys: { count: 20, popularity: "uniform", prefix: "n:" },
      },
    ],
    drills: Array.from({ length: whole(1, 5) }, () => drawFault(random, shape, CALM, healedSeconds)),
  };
  const [app] = scenario.clients;
  const patience = drawPatience(seed, app.pool.multiplex);
  const client = { ...app, ...patience.keys };
  const loadSeconds = Math.max(LOAD_ENDS_AFTER, Math.ceil(patience.seconds) + LOAD_AFTER_PATIENCE);
  return {
    seed,
    scenario: { ...scenario, duration: `${healedSeconds + loadSeconds}s`, clients: [client] },
    healedSeconds,
  };
}

/** What ends a connection to a host that has vanished, and after how long, in s. */
function drawPatience(seed: number, multiplex: boolean): { readonly keys: object; readonly seconds: number } {
  const random = randomFrom(streamSeed(seed, 0, "fuzz/patience"));
  const oneOf = <T>(...values: readonly T[]): T => values[random.below(values.length)];
  const seconds = oneOf(1, 2, 5, 20);
  const retransmissions = oneOf(4, 5, 7);
  const keepAlive = oneOf(undefined, { idle: "2s", interval: "1s", probes: 3 });
  const means = multiplex ? oneOf("user timeout", "retransmissions", "socket timeout") : "user timeout";
  const tcp = means === "user timeout" ? { userTimeout: `${seconds}s`, keepAlive } : { retransmissions, keepAlive };
  const socketTimeout = means === "socket timeout" ? { socketTimeout: `${seconds}s` } : {};
  const limits = { userTimeoutNs: means === "user timeout" ? seconds * NS_PER_SECOND : Infinity, retransmissions };
  return {
    keys: { tcp, ...socketTimeout },
    seconds: means === "socket timeout" ? seconds : giveUpNs({ ...limits, keepAlive: null }, RTO_NS) / NS_PER_SECOND,
  };
}

interface Shape {
  readonly zones: number;
  readonly shards: number;
  readonly replicas: number;
  readonly isSingle: boolean;
  readonly isUpstream: boolean;
}

/** One fault, which begins and ends within the given seconds. */
function drawFault(random: Random, shape: Shape, from: number, to: number): Record<string, unknown> {
  const below = (n: number) => random.below(n);
  const atMs = from * 1_000 + below((to - from) * 1_000 - 500);
  const length = { for: `${100 + below(Math.max(1, to * 1_000 - atMs - 100))}ms` };
  const shard = 1 + below(shape.shards);
  const node =
    shape.replicas > 0 && below(2) === 0
      ? { role: "replica", shard, replica: 1 + below(shape.replicas) }
      : { role: "primary", shard };
  const zone = 1 + below(shape.zones);
  const side = () =>
    [`zone ${zone}`, `shard ${shard}`, `primary of shard ${shard}`, "nodes", "clients", `clients of zone ${zone}`][
      below(6)
    ];
  const between = { from: side(), to: "rest", direction: below(2) === 0 ? "both" : "one-way", ...length };
  const faults: (readonly [string, Record<string, unknown>])[] = [
    ["crash-node", node],
    ["lose-host", node],
    ["freeze-node", { ...node, ...length }],
    ["slow-node", { ...node, factor: 2 + below(200), ...length }],
    ["partition", between],
    ["partition", between],
    ["packet-loss", { ...between, loss: `${1 + below(30)}%` }],
    ["inject-latency", { ...between, delay: `${1 + below(80)}ms`, jitter: `${below(20)}ms` }],
    ["snapshot", {}],
  ];
  if (shape.zones > 1) faults.push(["isolate-zone", { zone, ...length }]);
  if (shape.zones > 1) faults.push(["zone-outage", { zone, clients: "stay", ...length }]);
  if (!shape.isUpstream && shape.replicas > 0 && (!shape.isSingle || shape.zones > 1)) {
    faults.push(["test-failover", { shard }]);
  }
  if (shape.isSingle) faults.push(["reboot-node", { ...node, ...length }]);
  const [name, options] = faults[below(faults.length)];
  return { at: `${atMs}ms`, [name]: options };
}
