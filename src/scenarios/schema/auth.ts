// Scenario keys of `cluster.auth`: who may use the cluster, and what he has to show.

import { z } from "zod";
import { duration } from "../fields.ts";

const user = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/u)
      .meta({ description: "Name of the user: letters, digits and hyphens." }),
    access: z
      .string()
      .default("on ~* +@all")
      .meta({
        description: "Access string, as RBAC takes it: rules of ACL SETUSER.",
        examples: ["on ~product:* -@all +@read +@connection"],
      }),
    proof: z.enum(["password", "iam"]).default("password").meta({
      description: "Whether it logs in by a password or by tokens that IAM signs.",
    }),
  })
  .meta({ description: "A user of RBAC." });

export const authSchema = z
  .strictObject({
    token: z.boolean().default(false).meta({ description: "AUTH: one token for everybody. Needs TLS." }),
    users: z.array(user).default([]).meta({ description: "RBAC: who may do what." }),
    iam: z
      .strictObject({
        tokenLifetime: duration("How long a signed token opens connections.", ["15m"]).optional(),
        connectionLifetime: duration("The service closes a connection so long after its last AUTH.", [
          "12h",
        ]).optional(),
      })
      .optional()
      .meta({ description: "Limits of IAM authentication: 15m and 12h on ElastiCache, which are fixed there." }),
  })
  .meta({ description: "Who may use the cluster; without it everybody may." });

export const clientIamSchema = z
  .strictObject({
    tokens: z.enum(["per-connection", "at-start"]).optional().meta({
      description:
        "per-connection (when left out): a new token is signed for each login; at-start: one when the instance starts, and never again.",
    }),
    reauth: z
      .union([z.literal("never"), duration("How often an open connection sends AUTH with a new token.", ["6h"])])
      .optional()
      .meta({
        description:
          "How often an open connection sends AUTH with a new token, so that it is not closed; never when left out.",
      }),
  })
  .meta({ description: "With a user of «proof: iam»: where its tokens come from." });
