// Scenario keys of `billing`.

import { z } from "zod";
import { ENGINE_PRODUCTS } from "../../catalog/product.ts";
import { PURCHASES } from "../../cost/purchase.ts";
import { nameOf, share } from "../fields.ts";
import { type Names, NODE_NAMES } from "./names.ts";

const RESERVED = PURCHASES.filter(name => name.startsWith("reserved-")) as unknown as Names;

const reservation = z
  .strictObject({
    node: nameOf(NODE_NAMES, "Node type that was reserved; it covers other sizes of its family."),
    nodes: z.int().min(1).max(1_000).default(1).meta({ description: "How many." }),
    engine: nameOf(ENGINE_PRODUCTS, "Engine it was bought for; the cluster's when left out.").optional(),
    purchase: nameOf(RESERVED, "Term and payment."),
  })
  .meta({ description: "Reserved nodes that are already paid for." });

export const billingSchema = z
  .strictObject({
    freeBackups: z
      .int()
      .min(0)
      .max(35)
      .optional()
      .meta({ description: "Backups that cost nothing. The sources disagree; the book's lower figure when left out." }),
    savingsPlan: share("Discount of a Database Savings Plan; the highest that is known when left out.", [
      "20%",
    ]).optional(),
    reservations: z
      .array(reservation)
      .default([])
      .meta({ description: "Reservations already held. They cover what they can, the rest is on demand." }),
    extendedSupport: z
      .strictObject({
        version: z
          .enum(["redis-4", "redis-5", "redis-6"])
          .meta({ description: "The version that really runs; the simulated engine stands for it." }),
        year: z
          .union([z.literal(1), z.literal(2), z.literal(3)])
          .meta({ description: "Year of the extended support: the third is dearer." }),
      })
      .optional()
      .meta({ description: "Surcharge for an old Redis OSS version." }),
    replicationTransfer: z
      .boolean()
      .default(false)
      .meta({ description: "Whether replication across zones is billed. The sources disagree." }),
  })
  .meta({ description: "What decides the bill beside prices and purchase." });
