// Scenario keys of `clients`.

import { z } from "zod";
import { duration } from "../fields.ts";

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

export const clientSchema = z
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
