// Scenario keys of `workload`.

import { z } from "zod";
import { READY_WORKLOADS } from "../../workload/ready/index.ts";
import { TRACE_FORMATS } from "../../workload/traces/index.ts";
import { count, duration, durations, nameOf, rate, share, sizes } from "../fields.ts";
import { patternSchema } from "./pattern.ts";
import { storedSchema } from "./stored.ts";

const trace = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .meta({ description: "The trace, packed with gzip or zstd or not at all; relative to the scenario." }),
    format: nameOf(
      ["auto", ...TRACE_FORMATS.map(format => format.name)] as unknown as readonly [string, ...string[]],
      "Its format; «auto» looks at the first bytes.",
    ).default("auto"),
    columns: z
      .string()
      .optional()
      .meta({
        description: "libcachesim-csv: which column is which, counted from 1, as libCacheSim takes it.",
        examples: ["time-col=2, obj-id-col=5, obj-size-col=4, has-header=true"],
      }),
    gap: duration("From one request to the next where the file has no times; 1ms when left out.", ["1ms"]).optional(),
    amplify: z
      .int()
      .min(1)
      .max(100_000)
      .default(1)
      .meta({
        description: "Each key is asked for under so many names: brings a sample of the keys back to size.",
        examples: [100],
      }),
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

const wait = z
  .strictObject({
    replicas: z.int().min(1).max(5).default(1).meta({ description: "So many replicas must have acknowledged it." }),
    timeout: duration("How long it waits for them at most.", ["50ms"]).prefault("50ms"),
    tooFew: z.enum(["fail", "accept"]).default("fail").meta({
      description: "What a write is when the time is up and too few have it: failed, or done all the same.",
    }),
  })
  .meta({ description: "WAIT after every write to the cache: it is answered when so many replicas have it." });

export const workloadSchema = z
  .strictObject({
    name: z.string().min(1).meta({ description: "Name of the workload; left out, that of what it uses." }),
    use: nameOf(
      READY_WORKLOADS.map(one => one.name) as unknown as readonly [string, ...string[]],
      "A ready workload: what is left out here, it says.",
    ).optional(),
    client: z.string().optional().meta({ description: "Which client group; the first when left out." }),
    pattern: patternSchema.optional(),
    writes: share("Requests that write to the origin, as the pattern does it.", ["10%"]).prefault("0%"),
    wait: wait.optional(),
    commands: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .meta({
        description: "A mix of command templates with weights, instead of a pattern.",
        examples: [{ "GET {key}": "90%", "SET {key} {value} EX {ttl}": "10%" }],
      }),
    scripts: z
      .record(z.string().regex(/^[A-Za-z0-9_-]+$/u, "needs a name of letters, digits, - and _"), z.string().min(1))
      .optional()
      .meta({
        description: "Lua scripts by name, for «EVALSHA {script:name} 1 {key}»; a node that lacks one gets it by EVAL.",
        examples: [{ bump: "return redis.call('INCRBY', KEYS[1], ARGV[1])" }],
      }),
    rate: z
      .union([z.number(), z.string()])
      .optional()
      .meta({
        description: "Open loop: requests per second, or an expression of t; with «pipeline:», so many batches.",
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
        drift: rate("New keys that come in at the top; every other falls a rank for each.", [
          "2/s",
          "10/min",
        ]).optional(),
        once: share("Requests for keys that nobody asks for again (one-hit wonders).", ["20%"]).prefault("0%"),
        absent: share("Keys that the origin does not have.", ["5%"]).prefault("0%"),
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
    holds: storedSchema.optional(),
    preload: z
      .union([z.literal("steady"), share("Keys, the most popular first, that are cached.", ["100%"])])
      .prefault("0%")
      .meta({
        description:
          "Keys that are cached before the run begins: a share of them, the most popular first; «steady»: each as likely as in a cache that has run for long at the first second's rate and evicts nothing.",
        examples: ["100%", "steady"],
      }),
  })
  .meta({ description: "Requests: how many, for what, in which pattern." });
