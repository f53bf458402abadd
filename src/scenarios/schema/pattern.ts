// Scenario keys of `pattern`: how an application uses cache and origin. One mapping with one key, the pattern's name.

import { z } from "zod";
import { bytes, count, duration, durations, share } from "../fields.ts";
import { stampedeSchema } from "./stampede.ts";

const ttl = z
  .union([z.literal("none"), durations("Time to live of what is stored.", ["1h +-10%", "mix(80%: 1h, 20%: 5m)"])])
  .default("none")
  .meta({ description: "Time to live of what is stored; «none» keeps it for ever." });

const fallback = (initial: boolean) =>
  z
    .boolean()
    .default(initial)
    .meta({ description: "Ask the origin when the cache cannot be reached; else the request fails." });

const slidingTtl = z.boolean().default(false).meta({ description: "Every read begins the time to live anew (GETEX)." });

const absentTtl = durations("How long the cache remembers that the origin has nothing under a key.", [
  "30s",
]).optional();

const copies = ["invalidate", "invalidate-first", "update", "around"] as const;
const onWrite = (initial: (typeof copies)[number]) =>
  z.enum(copies).default(initial).meta({
    description:
      "The cache's copy when the origin is written: deleted after it or before it, replaced, or left to its time.",
  });

const cacheAside = z
  .strictObject({
    ttl,
    slidingTtl,
    absentTtl,
    fallback: fallback(true),
    stampede: stampedeSchema.default("none"),
    onWrite: onWrite("invalidate"),
  })
  .meta({ description: "Ask the cache; on a miss ask the origin, store the answer, return it." });

const readThrough = z
  .strictObject({
    ttl,
    slidingTtl,
    absentTtl,
    fallback: fallback(false),
    stampede: stampedeSchema.prefault("single-flight"),
    onWrite: onWrite("around"),
  })
  .meta({ description: "A library loads what the cache lacks: as cache-aside, one load per key and instance." });

const writeThrough = z
  .strictObject({
    ttl,
    slidingTtl,
    absentTtl,
    fallback: fallback(true),
    stampede: stampedeSchema.default("none"),
  })
  .meta({ description: "A write goes to the origin and then to the cache, and fails with either." });

const writeBehind = z
  .strictObject({
    ttl,
    slidingTtl,
    absentTtl,
    fallback: fallback(true),
    stampede: stampedeSchema.default("none"),
    every: duration("How long a written key waits at most before it is written to the origin.", ["1s"]).prefault("1s"),
    batch: z.int().min(1).max(10_000).default(100).meta({ description: "Keys written to the origin in one go." }),
    furtherWork: share("Work of each further key of a batch, as a part of the first one's.", ["10%"]).prefault("10%"),
    merge: z.boolean().default(true).meta({ description: "Several writes of a key become one write of the origin." }),
    queue: count("Dirty keys of an instance beyond which a write goes to the origin at once.", ["10k"]).prefault("10k"),
  })
  .meta({ description: "A write is done when the cache has it; the origin gets it later, in batches." });

const refreshAhead = z
  .strictObject({
    ttl,
    absentTtl,
    fallback: fallback(true),
    factor: share("Part of its life after which a value that is read is made anew in the background.", [
      "80%",
    ]).prefault("80%"),
    onWrite: onWrite("invalidate"),
  })
  .meta({ description: "What is read late in its life is made anew in the background: read often, it never ends." });

const readModifyWrite = z
  .strictObject({
    by: z.enum(["get-set", "compare-and-set"]).default("get-set").meta({
      description:
        "GET and SET, where one change may overwrite another unseen; or a script that writes only if nothing changed.",
    }),
    think: durations("The application's work between the two.", ["2ms"]).prefault("1ms"),
    attempts: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .meta({ description: "compare-and-set: reads in all of one that comes too late." }),
  })
  .meta({ description: "A value is read, changed and written back." });

const iterate = z
  .strictObject({
    command: z.enum(["scan", "hscan", "sscan", "zscan"]).meta({ description: "SCAN of a node, or of one collection." }),
    key: z.string().min(1).optional().meta({ description: "The collection; the workload's key when left out." }),
    count: z.int().min(1).max(1_000_000).default(100).meta({ description: "COUNT of each step." }),
  })
  .meta({ description: "One request is a walk from cursor 0 to cursor 0, in small steps." });

const jobStream = z
  .strictObject({
    group: z.string().min(1).default("workers").meta({ description: "The consumer group." }),
    consumers: z.int().min(1).max(10_000).meta({ description: "Consumers, over the instances and the keys in turn." }),
    count: z.int().min(1).max(10_000).default(10).meta({ description: "Entries that one read may bring." }),
    work: durations("Work on one entry.", ["exponential(5ms)"]).prefault("1ms"),
    poll: duration("How long a consumer rests that found nothing.", ["100ms"]).prefault("100ms"),
    maxLength: count("Entries that a stream keeps, about (MAXLEN ~).", ["100k"]).prefault("100k"),
  })
  .meta({ description: "Requests add jobs to streams; consumers of a group work them off and acknowledge them." });

const publish = z
  .strictObject({
    subscribers: z
      .int()
      .min(1)
      .max(100_000)
      .meta({ description: "Connections that listen, over the channels in turn." }),
    sharded: z.boolean().default(false).meta({
      description:
        "SPUBLISH: a channel lives on its shard. Else every node of a cluster gets every message over the bus.",
    }),
    keepalive: duration("How long a subscriber believes in a node that has gone silent.", ["15s"]).prefault("15s"),
    slow: z
      .strictObject({
        subscribers: z.int().min(1).max(100_000).meta({ description: "How many of the subscribers." }),
        reads: bytes("How much each of them reads a second.", ["100KiB", "2MiB"]),
      })
      .optional()
      .meta({
        description:
          "Subscribers that read slowly: what waits for them is memory of the node, until client-output-buffer-limit closes the connection.",
      }),
  })
  .meta({ description: "Requests publish messages to channels; subscribers get copies." });

export const patternSchema = z
  .strictObject({
    "cache-aside": cacheAside.optional(),
    "read-through": readThrough.optional(),
    "write-through": writeThrough.optional(),
    "write-behind": writeBehind.optional(),
    "refresh-ahead": refreshAhead.optional(),
    "read-modify-write": readModifyWrite.optional(),
    iterate: iterate.optional(),
    "job-stream": jobStream.optional(),
    publish: publish.optional(),
  })
  .meta({ description: "How the application uses cache and origin: one of the patterns." });

export type PatternInput = z.output<typeof patternSchema>;
