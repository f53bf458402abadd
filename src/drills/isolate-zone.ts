// A zone is cut off from all others: its nodes and clients live and reach each other, nobody else.

import { z } from "zod";
import { type Drill, zoneProblems } from "./drill.ts";
import { duration } from "./fields.ts";
import { disturbLinks } from "./link-fault.ts";
import { parseSide } from "./parties.ts";

const options = z
  .strictObject({
    zone: z.int().min(1).default(1).meta({ description: "Zone number, from 1." }),
    for: duration("How long it lasts.", ["30s"]).prefault("30s"),
  })
  .meta({ description: "A zone is cut off from the others." });

export const isolateZone: Drill<z.infer<typeof options>> = {
  name: "isolate-zone",
  summary: "a zone is cut off from the others; inside it everybody reaches everybody",
  options,
  problems({ zone }, facts) {
    if (facts.zones < 2)
      return [{ path: ["zone"], message: "there is one zone only: it has nobody to be cut off from" }];
    return zoneProblems(zone, facts);
  },
  run(context, { zone, for: lengthNs }) {
    const sides = {
      from: parseSide(`zone ${zone}`)!,
      to: parseSide("rest")!,
      direction: "both" as const,
      for: lengthNs,
    };
    disturbLinks(context, sides, { loss: 1, extraNs: 0, jitterNs: 0 }, "cut");
  },
};
