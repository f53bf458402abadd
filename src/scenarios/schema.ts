// The scenario's grammar. Strict everywhere: an unknown key is an error. Names come from the tables of the layers below,
// so that a new drill, engine or node type is known here by itself. The JSON Schema for editors is generated from this
// file (input side), the documentation from its descriptions.

import { z } from "zod";
import { engineOfProfile, engineProfileNames } from "../catalog/engines.ts";
import { nodeTypes } from "../catalog/nodes.ts";
import { priceBookNames } from "../catalog/prices.ts";
import { PURCHASES } from "../cost/purchase.ts";
import { DRILLS } from "../drills/index.ts";
import { PROFILE_NAMES } from "../engine/profile.ts";
import { count, duration, durations, nameOf, share, sizes } from "./fields.ts";

type Names = readonly [string, ...string[]];

/** Engines that this version can run: those with a command engine behind them. */
export const ENGINE_NAMES = engineProfileNames().filter(
  name => engineOfProfile(name) !== "memcached" && PROFILE_NAMES.includes(name),
) as unknown as Names;
export const NODE_NAMES = nodeTypes().map(node => node.type) as unknown as Names;

const failover = z
  .strictObject({
    profile: z.enum(["managed", "upstream"]).optional().meta({
      description: "Who fails over: a managed control plane (the default for ElastiCache) or the nodes themselves.",
    }),
    detection: durations("Managed: until the control plane knows that a primary is gone.", [
      "uniform(20s, 40s)",
    ]).optional(),
    promotion: durations("Managed: until the chosen replica accepts writes.", ["uniform(2s, 6s)"]).optional(),
    dns: durations("Managed: until the primary endpoint's record has changed.", ["uniform(1s, 4s)"]).optional(),
    replacement: durations("Managed: until a new node stands in the lost one's place.", ["uniform(2m, 5m)"]).optional(),
    nodeTimeout: duration("Upstream: cluster-node-timeout.", ["15s", "5s"]).optional(),
    requireFullCoverage: z
      .boolean()
      .optional()
      .meta({ description: "Upstream: all slots are refused while a shard is marked as failed." }),
    restart: durations("Upstream: until a crashed process runs again, empty.", ["30s"]).optional(),
  })
  .meta({ description: "What happens when a node dies, and how long it takes." });

const cluster = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/u, {
        message: "needs lower-case letters, digits and hyphens, at most 40, a letter first",
      })
      .default("cache")
      .meta({ description: "Name of the cluster; its nodes are called after it." }),
    engine: nameOf(ENGINE_NAMES, "Engine and version."),
    deployment: z.enum(["nodes"]).default("nodes").meta({ description: "How the capacity is bought." }),
    management: z
      .enum(["elasticache", "self-managed"])
      .default("elasticache")
      .meta({ description: "Whose parameter defaults and failover hold: ElastiCache's or upstream's." }),
    mode: z.enum(["cluster", "single"]).default("cluster").meta({
      description: "cluster: slots over shards. single: cluster mode disabled, one shard behind an endpoint.",
    }),
    node: nameOf(NODE_NAMES, "Node type, as ElastiCache calls it."),
    shards: z.int().min(1).max(500).default(1).meta({ description: "Number of shards." }),
    replicas: z.int().min(0).max(5).default(1).meta({ description: "Replicas per shard." }),
    multiAz: z
      .boolean()
      .optional()
      .meta({ description: "Replicas in other zones, and automatic failover. On when there are replicas and zones." }),
    tls: z.boolean().default(false).meta({ description: "Encryption in transit." }),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .meta({
        description: "Engine parameters that differ from the defaults.",
        examples: [{ "maxmemory-policy": "allkeys-lfu" }],
      }),
    purchase: nameOf(PURCHASES as unknown as Names, "How the nodes are paid for.").default("on-demand"),
    backups: z.int().min(0).max(35).default(0).meta({ description: "Daily backups that are kept; they are billed." }),
    ioThreads: z.int().min(0).max(64).optional().meta({
      description: "I/O threads beside the engine thread. By node type when left out (an assumption: not published).",
    }),
    allocatorQuantum: z
      .union([z.literal(8), z.literal(16)])
      .default(8)
      .meta({ description: "Smallest step of the allocator's size classes: 8 as shipped, 16 in Debian's build." }),
    fork: z
      .strictObject({
        base: duration("Pause of a fork before any memory.", ["1ms"]).prefault("1ms"),
        perGib: duration("Pause per GiB of resident memory.", ["12ms", "230ms"]).prefault("12ms"),
      })
      .prefault({})
      .meta({ description: "How long a fork blocks the engine." }),
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
    failover: failover.prefault({}),
  })
  .meta({ description: "The cache cluster." });

const retry = z
  .strictObject({
    attempts: z.int().min(1).max(20).default(3).meta({ description: "Tries in all, the first included." }),
    backoff: z
      .string()
      .default("10ms..1s")
      .meta({ description: "Least and greatest wait before the next try; doubled each time.", examples: ["10ms..1s"] }),
    jitter: z.enum(["none", "equal", "full"]).default("full").meta({ description: "How much of the wait is random." }),
  })
  .meta({ description: "What a client does when a command fails." });

const client = z
  .strictObject({
    name: z.string().min(1).meta({ description: "Name of the group." }),
    instances: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ description: "Application instances, spread over the zones." }),
    pool: z
      .strictObject({
        size: z.int().min(1).max(10_000).default(16).meta({ description: "Connections per instance and node." }),
        maxWait: duration("How long a request waits for a connection; the timeout when left out.").optional(),
        multiplex: z
          .boolean()
          .default(false)
          .meta({ description: "Many requests in flight per connection, as pipelining clients do." }),
      })
      .prefault({})
      .meta({ description: "The connection pool." }),
    timeout: duration("Until a command's reply must be there.", ["200ms"]).prefault("200ms"),
    connectTimeout: duration("Until a connection must be open.", ["1s"]).prefault("1s"),
    retry: retry.prefault({}),
    dns: z
      .strictObject({
        ttl: z
          .union([z.literal("forever"), duration("How long an answer is used.", ["5s"])])
          .prefault("5s")
          .meta({ description: "How long a resolved endpoint is used; «forever» never asks again." }),
      })
      .prefault({})
      .meta({ description: "The client's DNS cache; matters in mode single." }),
    topologyRefresh: duration("Least time between two topology refreshes of an instance.", ["1s", "30s"]).prefault(
      "1s",
    ),
    readFrom: z
      .enum(["primary", "replica", "nearest"])
      .default("primary")
      .meta({ description: "Who answers reads: the primary, the replicas, or whoever is in the own zone." }),
    overhead: duration("Time of library and kernel on the client's side, per command.", ["50us"]).prefault("50us"),
  })
  .meta({ description: "A group of application instances." });

const origin = z
  .strictObject({
    latency: durations("Time to answer one request."),
    concurrency: z.int().min(1).max(100_000).default(100).meta({ description: "Requests that it answers at a time." }),
  })
  .meta({ description: "What is behind the cache: a database, a service." });

const cacheAside = z
  .strictObject({
    ttl: z
      .union([z.literal("none"), durations("Time to live of what is stored.", ["1h +-10%", "mix(80%: 1h, 20%: 5m)"])])
      .default("none")
      .meta({ description: "Time to live of what is stored; «none» keeps it for ever." }),
    fallback: z
      .boolean()
      .default(true)
      .meta({ description: "Ask the origin when the cache cannot be reached; else the request fails." }),
  })
  .meta({ description: "Ask the cache; on a miss ask the origin, store the answer, return it." });

const trace = z
  .strictObject({
    file: z.string().min(1).meta({ description: "CSV, gzip if it ends in .gz; relative to the scenario." }),
    speed: z
      .number()
      .positive()
      .max(1e6)
      .default(1)
      .meta({ description: "Time runs so many times faster; TTLs do not." }),
    sizes: sizes("Value sizes where the file has none.").optional(),
    ttl: durations("Time to live where the file has none.").optional(),
    fill: z.boolean().default(true).meta({ description: "Store a value after a miss." }),
  })
  .meta({ description: "Replay of recorded requests, at their own times." });

const workload = z
  .strictObject({
    name: z.string().min(1).meta({ description: "Name of the workload." }),
    client: z.string().optional().meta({ description: "Which client group; the first when left out." }),
    pattern: z.strictObject({ "cache-aside": cacheAside.prefault({}) }).optional(),
    commands: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .meta({
        description: "A mix of command templates with weights, instead of a pattern.",
        examples: [{ "GET {key}": "90%", "SET {key} {value} EX {ttl}": "10%" }],
      }),
    rate: z
      .union([z.number(), z.string()])
      .optional()
      .meta({
        description: "Open loop: requests per second, or an expression of t.",
        examples: ["20k/s", "20k/s * (1 + 0.6*sin(2*pi*t/1d))"],
      }),
    arrivals: z.enum(["poisson", "paced"]).default("poisson").meta({ description: "Spacing of an open loop." }),
    pipeline: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ description: "Open loop: requests that one instance sends together; needs a multiplexing pool." }),
    users: z
      .strictObject({
        count: z.int().min(1).max(1_000_000).meta({ description: "Users; each waits for its answer." }),
        think: durations("Pause between an answer and the next request; none when left out.", [
          "exponential(1s)",
        ]).optional(),
      })
      .optional()
      .meta({ description: "Closed loop, instead of a rate." }),
    trace: trace.optional(),
    keys: z
      .strictObject({
        count: count("Different keys.", ["2M"]),
        popularity: z
          .string()
          .default("zipf(0.99)")
          .meta({ description: "Which keys are asked for.", examples: ["zipf(0.99)", "uniform", "hotspot(20%, 80%)"] }),
        prefix: z.string().default("key:").meta({ description: "What a key's number is appended to." }),
      })
      .optional()
      .meta({ description: "The keys." }),
    values: sizes("Size of a key's value.").optional(),
    valueSize: z
      .enum(["per-key", "per-write"])
      .default("per-key")
      .meta({ description: "Whether a key keeps its size or each write draws one." }),
    ttl: durations("{ttl} of command templates.").optional(),
    preload: share("Keys, the most popular first, that are cached before the run begins.", ["100%"]).prefault("0%"),
  })
  .meta({ description: "Requests: how many, for what, in which pattern." });

/** `{ at: 10m, crash-node: {…} }`: one key names the drill. */
const drill = z
  .strictObject({
    at: duration("When it happens, from the start of the run."),
    ...Object.fromEntries(
      DRILLS.map(one => [one.name, (one.options as z.ZodType).optional().meta({ description: one.summary })]),
    ),
  })
  .meta({ description: "A fault or manoeuvre at an instant." });

export const scenarioSchema = z
  .strictObject({
    name: z.string().min(1).max(80).meta({ description: "Name of the scenario; reports carry it." }),
    description: z.string().optional().meta({ description: "What it is about." }),
    seed: z.int().min(0).default(42).meta({ description: "Seed of every random stream." }),
    duration: duration("Length of the run in simulated time.").prefault("10m"),
    warmup: z
      .union([z.literal("auto"), duration("Time at the start that summaries leave out.", ["5m"])])
      .default("auto")
      .meta({ description: "Time at the start that summaries leave out; «auto» finds it (MSER-5)." }),
    period: duration("Length of one row of the series; about 600 rows when left out.", ["1s"]).optional(),
    region: z.string().default("us-east-1").meta({ description: "AWS region: names the zones and the price book." }),
    zones: z.int().min(1).max(6).default(3).meta({ description: "Availability Zones in use." }),
    prices: nameOf(priceBookNames() as unknown as Names, "Price book; the region's when left out.").optional(),
    network: z
      .strictObject({
        inZone: duration("Round trip within a zone.", ["150us"]).prefault("150us"),
        crossZone: duration("Round trip between zones.", ["700us"]).prefault("700us"),
        sigma: z.number().min(0).max(3).default(0.25).meta({ description: "Spread of the logarithm of a delay." }),
        spikes: share("Messages that meet a spike.", [0.0001]).prefault("0.01%"),
        spikeLength: z
          .string()
          .default("5ms..12ms")
          .meta({ description: "How long a spike is.", examples: ["5ms..12ms"] }),
      })
      .prefault({})
      .meta({ description: "Delays between zones." }),
    cluster,
    clients: z.array(client).min(1).meta({ description: "Groups of application instances." }),
    origin: origin.optional(),
    workload: z.array(workload).min(1).meta({ description: "What is asked of the cache." }),
    drills: z.array(drill).default([]).meta({ description: "What happens during the run." }),
    expect: z
      .array(z.string())
      .default([])
      .meta({
        description: "Checks that decide pass or fail.",
        examples: [["p99 < 2ms outside drills", "hitRate > 0.9 after warmup"]],
      }),
  })
  .meta({ title: "cachecast scenario", description: "A cluster, its clients and load, and what happens to them." });

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Scenario = z.output<typeof scenarioSchema>;
export type WorkloadInput = Scenario["workload"][number];
