// Scenario keys of `cluster`.

import { z } from "zod";
import { DURABILITIES } from "../../cost/nodes.ts";
import { PURCHASES } from "../../cost/purchase.ts";
import { bytes, duration, durations, nameOf, share } from "../fields.ts";
import { authSchema } from "./auth.ts";
import { autoScalingSchema } from "./auto-scaling.ts";
import { failoverSchema } from "./failover.ts";
import { hardwareSchema } from "./hardware.ts";
import { memcachedSchema } from "./memcached.ts";
import { CLUSTER_ENGINE_NAMES, type Names, NODE_NAMES } from "./names.ts";
import { placementSchema, scalingSchema } from "./scaling.ts";
import { serverlessSchema } from "./serverless.ts";

export const clusterSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/u, {
        message: "needs lower-case letters, digits and hyphens, at most 40, a letter first",
      })
      .default("cache")
      .meta({ description: "Name of the cluster; its nodes are called after it." }),
    engine: nameOf(CLUSTER_ENGINE_NAMES, "Engine and version."),
    deployment: z
      .enum(["nodes", "serverless"])
      .default("nodes")
      .meta({ description: "How the capacity is bought: by nodes, or by what is stored and asked." }),
    management: z
      .enum(["elasticache", "self-managed"])
      .default("elasticache")
      .meta({ description: "Whose parameter defaults and failover hold: ElastiCache's or upstream's." }),
    mode: z.enum(["cluster", "single"]).default("cluster").meta({
      description: "cluster: slots over shards. single: cluster mode disabled, one shard behind an endpoint.",
    }),
    node: nameOf(NODE_NAMES, "Node type, as ElastiCache calls it. Required with «deployment: nodes».").optional(),
    shards: z.int().min(1).max(500).default(1).meta({ description: "Number of shards." }),
    replicas: z.int().min(0).max(5).default(1).meta({ description: "Replicas per shard." }),
    multiAz: z
      .boolean()
      .optional()
      .meta({ description: "Replicas in other zones, and automatic failover. On when there are replicas and zones." }),
    tls: z.boolean().default(false).meta({ description: "Encryption in transit." }),
    certificate: z.enum(["rsa-2048", "ecdsa-p256"]).optional().meta({
      description: "Key of the servers' certificate, which decides what a handshake costs; rsa-2048 when left out.",
    }),
    auth: authSchema.optional(),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .meta({
        description: "Engine parameters that differ from the defaults.",
        examples: [{ "maxmemory-policy": "allkeys-lfu" }],
      }),
    purchase: nameOf(PURCHASES as unknown as Names, "How the nodes are paid for.").default("on-demand"),
    backups: z.int().min(0).max(35).default(0).meta({ description: "Daily backups that are kept; they are billed." }),
    backupWindow: duration(
      "When the daily backup is taken, from the start of the run and every 24 hours after; none when left out.",
      ["5h"],
    ).optional(),
    quotas: z
      .strictObject({
        nodesPerCluster: z
          .int()
          .min(1)
          .max(500)
          .default(90)
          .meta({ description: "Nodes that the account may have in a cluster." }),
        nodesPerRegion: z.int().min(1).max(100_000).default(300).meta({ description: "The same in a Region." }),
      })
      .prefault({})
      .meta({ description: "Quotas of the account; AWS's defaults, which it raises on request." }),
    ioThreads: z.int().min(0).max(64).optional().meta({
      description: "I/O threads beside the engine thread. By node type when left out (an assumption: not published).",
    }),
    hardware: hardwareSchema.prefault({}),
    allocatorQuantum: z
      .union([z.literal(8), z.literal(16)])
      .default(8)
      .meta({ description: "Smallest step of the allocator's size classes: 8 as shipped, 16 in Debian's build." }),
    fork: z
      .strictObject({
        base: duration("Pause of a fork before any memory.", ["1ms"]).prefault("1ms"),
        perGib: duration("Pause per GiB of resident memory.", ["12ms", "230ms"]).prefault("12ms"),
        countCopies: z.boolean().default(false).meta({
          description:
            "Pages that a save copies count towards maxmemory, as the seed article supposes; engines do not.",
        }),
      })
      .prefault({})
      .meta({ description: "How long a fork blocks the engine." }),
    save: z
      .strictObject({
        method: z.enum(["auto", "fork", "forkless"]).optional().meta({
          description:
            "auto: forkless when memory is short, as ElastiCache chooses (its default); fork: always a fork, as self-managed servers.",
        }),
        headroom: share("auto: a fork needs so much free memory, as a share of what is in use. Assumed.", [
          "100%",
        ]).prefault("100%"),
        share: share("Part of the engine thread's time that a forkless save takes. Assumed.", ["25%"]).prefault("25%"),
      })
      .prefault({})
      .meta({ description: "How snapshots and full syncs are made." }),
    replication: z
      .strictObject({
        batch: duration("Delay of the event loop between a write and its way to the replicas.", ["200us"]).prefault(
          "200us",
        ),
        syncBandwidth: share("Part of the primary's baseline bandwidth that a full sync may take.", ["50%"]).prefault(
          "50%",
        ),
      })
      .prefault({})
      .meta({ description: "How changes travel to replicas." }),
    durability: z
      .strictObject({
        mode: z.enum(DURABILITIES).default("none").meta({
          description:
            "sync: a write is answered when a log across zones has it; async: the log may lack the last 10 s.",
        }),
        latency: durations("Until the log has a change. AWS says single-digit milliseconds and no more.", [
          "lognormal(p50=3ms, p99=8ms)",
        ]).optional(),
        bandwidth: bytes("Changes of a primary that the log takes, per second; 100MiB when left out.", [
          "100MiB",
        ]).optional(),
      })
      .prefault({})
      .meta({ description: "Durable writes (ElastiCache for Valkey 9)." }),
    failover: failoverSchema.prefault({}),
    scaling: scalingSchema.prefault({}),
    placement: placementSchema.optional(),
    autoScaling: autoScalingSchema.optional(),
    memcached: memcachedSchema.optional(),
    serverless: serverlessSchema.prefault({}),
  })
  .meta({ description: "The cache cluster." });
