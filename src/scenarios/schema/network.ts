// Scenario keys of `network`.

import { z } from "zod";
import { duration, share } from "../fields.ts";

export const networkSchema = z.strictObject({
  inZone: duration("Round trip within a zone.", ["150us"]).prefault("150us"),
  crossZone: duration("Round trip between zones.", ["700us"]).prefault("700us"),
  sigma: z.number().min(0).max(3).default(0.25).meta({ description: "Spread of the logarithm of a delay." }),
  spikes: share("Messages that meet a spike.", [0.0001]).prefault("0.01%"),
  spikeLength: z
    .string()
    .default("5ms..12ms")
    .meta({ description: "How long a spike is.", examples: ["5ms..12ms"] }),
});
