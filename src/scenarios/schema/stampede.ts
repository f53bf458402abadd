// Scenario keys of `stampede` in a pattern: a name, or a name with its settings.

import { z } from "zod";
import { duration } from "../fields.ts";

const lock = z
  .strictObject({
    ttl: duration("After this the lock is free again, whatever its holder does.", ["10s"]).prefault("10s"),
    poll: duration("How often those look again who did not get it.", ["50ms"]).prefault("50ms"),
    patience: duration("After so long of waiting one asks the origin oneself.", ["2s"]).prefault("2s"),
    others: z
      .enum(["wait", "stale"])
      .default("wait")
      .meta({ description: "What those do who did not get it: wait, or answer with the value whose time is over." }),
    grace: duration("With «others: stale»: how long a value stays beyond its time.", ["1m"]).optional(),
  })
  .meta({ description: "A lock in the cache (SET NX PX): its holder asks the origin, the others wait." });

const early = z
  .strictObject({
    beta: z
      .number()
      .positive()
      .max(100)
      .default(1)
      .meta({ description: "How eager: 1 recomputes about once before the end, more is earlier." }),
  })
  .meta({ description: "Recomputation before the end, by chance (XFetch)." });

const staleWhileRevalidate = z
  .strictObject({
    grace: duration("How long a value stays, and is given, beyond its time.", ["1m"]).prefault("1m"),
  })
  .meta({ description: "A value past its time is given at once and made anew in the background." });

const singleFlight = z.strictObject({}).meta({ description: "One request per key and instance; the others share it." });

/** Name → its settings. A new protection is one line here and one in the models' table. */
const PROTECTIONS = { lock, early, "stale-while-revalidate": staleWhileRevalidate, "single-flight": singleFlight };

export type StampedeInput =
  | "none"
  | { readonly [K in keyof typeof PROTECTIONS]?: z.output<(typeof PROTECTIONS)[K]> | undefined };

const NAMES = ["none", ...Object.keys(PROTECTIONS)] as [string, ...string[]];

export const stampedeSchema = z
  .union([
    z.enum(NAMES).transform((name): StampedeInput => {
      if (name === "none") return "none";
      return { [name]: PROTECTIONS[name as keyof typeof PROTECTIONS].parse({}) };
    }),
    z.strictObject({
      lock: lock.optional(),
      early: early.optional(),
      "stale-while-revalidate": staleWhileRevalidate.optional(),
      "single-flight": singleFlight.optional(),
    }),
  ])
  .meta({
    description: "Who asks the origin when a key runs out: everybody, or a chosen one.",
    examples: ["none", "lock", { lock: { ttl: "5s", poll: "20ms" } }, { early: { beta: 1 } }],
  });
