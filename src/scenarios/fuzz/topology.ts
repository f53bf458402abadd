// The cluster of a case: how it is managed, its shape, its engine, and what it does about durability.

import type { Dice } from "./dice.ts";

export interface Shape {
  readonly zones: number;
  readonly shards: number;
  readonly replicas: number;
  readonly isSingle: boolean;
  readonly isUpstream: boolean;
  /** Slots move as a whole. */
  readonly isAtomic: boolean;
  /** Every write waits for a disk. */
  readonly waitsForDisk: boolean;
}

export interface Topology {
  readonly shape: Shape;
  /** `cluster:` as it would be written. */
  readonly cluster: object;
}

export function drawTopology(dice: Dice): Topology {
  const isSingle = dice.rarely(5);
  const isUpstream = !isSingle && dice.rarely(2);
  const zones = dice.whole(1, 3);
  const shards = isSingle ? 1 : dice.whole(1, 4);
  const replicas = dice.whole(0, 2);
  // What ElastiCache wants of a durable cluster.
  const isDurable = !isSingle && !isUpstream && zones > 1 && replicas > 0 && dice.rarely(2);
  const engine = isDurable ? "valkey-9.0" : dice.oneOf("valkey-7.2", "valkey-8.0", "valkey-9.0");
  const isAtomic = engine === "valkey-9.0" && !dice.rarely(3);
  const backlog = dice.oneOf(16_384, 262_144, 1_048_576);
  const minReplicas = replicas > 0 && dice.rarely(4) ? { "min-replicas-to-write": 1 } : {};
  const file = isUpstream && dice.rarely(2) ? drawFile(dice) : {};
  const waitsForDisk = "appendfsync" in file && file.appendfsync === "always";
  const shape: Shape = { zones, shards, replicas, isSingle, isUpstream, isAtomic, waitsForDisk };
  const cluster = {
    engine,
    management: isUpstream ? "self-managed" : "elasticache",
    mode: isSingle ? "single" : "cluster",
    node: "cache.r7g.large",
    shards,
    replicas,
    ...(isDurable ? { tls: true, durability: { mode: dice.oneOf("sync", "async") } } : {}),
    parameters: { "repl-backlog-size": backlog, ...minReplicas, ...file },
    scaling: {
      provisioning: `${dice.whole(1, 4)}s`,
      drain: `${dice.whole(0, 3)}s`,
      migration: isAtomic ? "atomic" : "slot-by-slot",
      parallel: dice.whole(1, 2),
      ...(isAtomic ? {} : { batch: dice.oneOf(1, 10, 100) }),
    },
    failover: isUpstream
      ? { nodeTimeout: `${dice.whole(1, 3)}s`, restart: `${dice.whole(1, 6)}s`, requireFullCoverage: dice.rarely(2) }
      : {
          detection: `${dice.whole(1, 4)}s`,
          promotion: dice.oneOf("200ms", "1s"),
          dns: dice.oneOf("100ms", "1s"),
          replacement: `${dice.whole(4, 12)}s`,
        },
  };
  return { shape, cluster };
}

/** Parameters of the append-only file. */
function drawFile(dice: Dice) {
  const rewrites = { "auto-aof-rewrite-percentage": 100, "auto-aof-rewrite-min-size": dice.oneOf("10kb", "64mb") };
  return { appendonly: "yes", appendfsync: dice.oneOf("always", "everysec", "no"), ...rewrites };
}
