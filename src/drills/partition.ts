// The network between two sides is cut, one way or both: packets vanish, TCP tries again until they get through.

import { z } from "zod";
import type { Drill } from "./drill.ts";
import { BETWEEN, disturbLinks } from "./link-fault.ts";
import { sideProblems } from "./parties.ts";

const options = z.strictObject(BETWEEN).meta({ description: "No packets get through between two sides." });

export const partition: Drill<z.infer<typeof options>> = {
  name: "partition",
  summary: "no packets get through between two sides, one way or both",
  options,
  problems: ({ from, to }, facts) => sideProblems(from, to, facts),
  run(context, given) {
    disturbLinks(context, given, { loss: 1, extraNs: 0, jitterNs: 0 }, "cut");
  },
};
