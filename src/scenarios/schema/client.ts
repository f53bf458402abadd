// Scenario keys of `clients`. What is left out is as the named library has it (catalog/clients/).

import { z } from "zod";
import { parsed } from "../../drills/fields.ts";
import { UnitError } from "../../units.ts";
import { duration, durationOrNever, nameOf, share } from "../fields.ts";
import { clientIamSchema } from "./auth.ts";
import { LIBRARY_NAMES } from "./names.ts";

const jitter = (description: string) => z.enum(["none", "equal", "full"]).optional().meta({ description });

const pool = z
  .strictObject({
    size: z.int().min(1).max(10_000).optional().meta({ description: "Connections per instance and node, at most." }),
    initial: z.int().min(0).max(10_000).optional().meta({
      description: "Those of them that are open when the run begins; all, for pools that are filled at the start.",
    }),
    minIdle: z.int().min(0).max(10_000).optional().meta({
      description: "Connections that are kept however long nobody uses them.",
    }),
    maxWait: durationOrNever(
      "How long a request waits while all connections are lent; the timeout when left out.",
    ).optional(),
    multiplex: z
      .boolean()
      .optional()
      .meta({ description: "Many requests in flight per connection, as pipelining clients do." }),
    order: z.enum(["lifo", "fifo"]).optional().meta({
      description: "Which free connection is lent: the one used last, or the one that has been idle longest.",
    }),
    validation: z.enum(["none", "local", "ping"]).optional().meta({
      description:
        "Before lending. none: a dead connection fails the request; local: a look whether the other end has closed it; ping: it must answer a PING, which costs every command a round trip.",
    }),
    idleTimeout: durationOrNever("The client closes connections that nobody has used for so long.", [
      "60s",
      "never",
    ]).optional(),
    lifetime: durationOrNever("Connections that are older are not lent any more.", ["1h", "never"]).optional(),
    reuse: z.boolean().optional().meta({ description: "false: a connection is opened and closed for every command." }),
  })
  .meta({ description: "The connections." });

const tcp = z
  .strictObject({
    userTimeout: durationOrNever(
      "TCP_USER_TIMEOUT: how long data may be under way without an acknowledgement; never: the kernel's retransmissions decide.",
      ["5s", "never"],
    ).optional(),
    retransmissions: z.int().min(1).max(30).optional().meta({
      description: "tcp_retries2 of the clients' hosts: 15 give up after 924.6 s, 8 after 102.2 s, 5 after 12.6 s.",
    }),
    keepAlive: z
      .strictObject({
        idle: durationOrNever("Silence before the first probe; never: keep-alive is off.", ["30s", "never"]).optional(),
        interval: duration("Between two probes.", ["5s"]).optional(),
        probes: z.int().min(1).max(127).optional().meta({ description: "Probes without an answer that end it." }),
      })
      .optional()
      .meta({ description: "Keep-alive of idle connections; it does not watch commands under way." }),
  })
  .meta({ description: "What the client's kernel does about a host that has vanished in silence." });

const retry = z
  .strictObject({
    attempts: z.int().min(1).max(50).optional().meta({ description: "Tries in all, the first included." }),
    backoff: z
      .string()
      .optional()
      .meta({ description: "Least and greatest wait before the next try; doubled each time.", examples: ["10ms..1s"] }),
    jitter: jitter("How much of the wait is random."),
    on: z
      .array(z.enum(["connection", "timeout", "error", "pool", "login"]))
      .optional()
      .meta({
        description:
          "What is tried again: lost or refused connections, timeouts, errors that may pass (LOADING, CLUSTERDOWN …), waits for the pool in vain, logins that were refused.",
        examples: [["connection", "timeout"]],
      }),
    budget: z
      .strictObject({
        share: share("Retries that a command earns, as a share of one.", ["20%"]).prefault("20%"),
        reserve: z.int().min(1).max(1_000_000).default(10).meta({
          description: "Retries that an instance can save up; it begins with so many.",
        }),
      })
      .optional()
      .meta({ description: "Bounds what retries add to the load; without it only the attempts do." }),
  })
  .meta({ description: "What a client does when a command fails." });

const circuitBreaker = z
  .strictObject({
    failures: share("Share of failed commands at which it opens.", ["50%"]).prefault("50%"),
    calls: z.int().min(1).max(100_000).default(100).meta({ description: "The last so many commands are looked at." }),
    minimum: z.int().min(1).max(100_000).default(100).meta({ description: "Commands before it may open." }),
    open: duration("How long it stays open.", ["60s"]).prefault("60s"),
    probes: z.int().min(1).max(1_000).default(10).meta({
      description: "Commands that are then let through, to see whether it can close.",
    }),
  })
  .meta({ description: "Per instance: commands fail at once while most of the last ones have failed." });

const hedge = z
  .strictObject({
    after: z
      .union([
        parsed(text => ({ quantile: quantileOf(text) })),
        duration("A fixed time.", ["2ms"]).transform(afterNs => ({ afterNs })),
      ])
      .meta({
        description:
          "How long the first copy is waited for: a time, or a percentile of the time that answers took lately, such as p95.",
        examples: ["p95", "2ms"],
      }),
    budget: z
      .strictObject({
        share: share("Second copies that a read earns, as a share of one.", ["10%"]).prefault("10%"),
        reserve: z.int().min(1).max(1_000_000).default(10).meta({
          description: "Second copies that an instance can save up; it begins with so many.",
        }),
      })
      .prefault({})
      .meta({ description: "Bounds what second copies add to the load." }),
  })
  .meta({
    description:
      "Hedged reads: one that is slow to be answered is sent again, to another node if the client may read from one; the first answer counts.",
  });

/** Of `p95` and the like. */
function quantileOf(text: string): number {
  const percent = /^p(\d{1,2}(?:\.\d+)?)$/u.exec(text)?.[1];
  if (percent === undefined || Number(percent) === 0)
    throw new UnitError(text, "a percentile such as p95, or a duration");
  return Number(percent) / 100;
}

const topology = z
  .strictObject({
    every: durationOrNever("How often an instance asks for the topology of its own accord.", [
      "60s",
      "never",
    ]).optional(),
    spacing: duration("Least time between two of its questions after something went wrong.", ["1s", "30s"]).optional(),
    on: z
      .array(z.enum(["moved", "disconnect", "timeout"]))
      .optional()
      .meta({
        description:
          "What makes it ask: a MOVED, a lost or refused connection, a timeout. Without moved it never learns from one.",
      }),
  })
  .meta({ description: "How an instance follows the cluster; matters in mode cluster." });

export const clientSchema = z
  .strictObject({
    name: z.string().min(1).meta({ description: "Name of the group." }),
    library: nameOf(LIBRARY_NAMES, "Client library: its defaults hold for the keys that are left out.").default(
      "generic",
    ),
    instances: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ description: "Application instances, spread over the zones." }),
    user: z.string().optional().meta({ description: "With «cluster.auth.users»: as whom it logs in." }),
    iam: clientIamSchema.optional(),
    pool: pool.optional(),
    timeout: durationOrNever("Until a command's reply must be there.", ["200ms", "never"]).optional(),
    connectTimeout: durationOrNever("Until a connection must be open.", ["1s", "never"]).optional(),
    connectWork: duration("The client's own work for a new connection.", ["50us", "2ms"]).optional(),
    loginTrips: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .meta({ description: "Round trips of a new connection before its first command: HELLO, AUTH, CLIENT SETINFO." }),
    reconnect: z
      .strictObject({
        backoff: z
          .string()
          .optional()
          .meta({
            description:
              "Waits before a lost connection is opened again in the background; never: when a request needs one.",
            examples: ["50ms..2s", "never"],
          }),
        jitter: jitter("How much of the wait is random."),
      })
      .optional()
      .meta({ description: "Connections that are opened again by themselves." }),
    tcp: tcp.optional(),
    socketTimeout: durationOrNever(
      "The library closes a shared connection on which nothing has come for so long while answers are missing.",
      ["10s", "never"],
    ).optional(),
    retry: retry.optional(),
    circuitBreaker: circuitBreaker.optional(),
    hedge: hedge.optional(),
    dns: z
      .strictObject({
        ttl: z
          .union([
            z.literal("forever").transform(() => Number.POSITIVE_INFINITY),
            duration("How long an answer is used.", ["5s"]),
          ])
          .optional()
          .meta({ description: "How long a resolved endpoint is used; «forever» never asks again." }),
      })
      .optional()
      .meta({ description: "The client's DNS cache; matters in mode single." }),
    topology: topology.optional(),
    multiKey: z.enum(["split", "whole"]).optional().meta({
      description:
        "Commands with keys of several slots (MGET, MSET, DEL, UNLINK, EXISTS, TOUCH): sent as one command per slot, side by side; or whole, which the server refuses with CROSSSLOT.",
    }),
    readFrom: z.enum(["primary", "replica", "nearest", "zone-replica", "any"]).optional().meta({
      description:
        "Who answers reads: the primary; a replica; the primary or a replica of the own zone, else a replica; a replica of the own zone, else another; all in turn.",
    }),
    tls: z
      .strictObject({
        version: z.enum(["1.2", "1.3"]).optional().meta({ description: "Version of TLS." }),
        resume: z
          .boolean()
          .optional()
          .meta({ description: "Sessions are resumed: no signature, with 1.2 a trip less." }),
      })
      .optional()
      .meta({ description: "How it opens connections with «cluster.tls»." }),
    overhead: duration("Time of library and kernel on the client's side, per command.", ["50us"]).optional(),
  })
  .meta({ description: "A group of application instances." });

export type ClientInput = z.output<typeof clientSchema>;
