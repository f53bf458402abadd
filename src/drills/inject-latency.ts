// Packets between two sides take longer: a congested path, a detour, a badly placed zone.

import { z } from "zod";
import type { Drill } from "./drill.ts";
import { duration } from "./fields.ts";
import { BETWEEN, disturbLinks } from "./link-fault.ts";
import { sideProblems } from "./parties.ts";

const options = z
  .strictObject({
    ...BETWEEN,
    delay: duration("Added to each packet, one way.", ["5ms"]).prefault("5ms"),
    jitter: duration("Up to so much more, evenly.", ["1ms"]).prefault("0ms"),
  })
  .meta({ description: "Packets between two sides take longer." });

export const injectLatency: Drill<z.infer<typeof options>> = {
  name: "inject-latency",
  summary: "packets between two sides take longer",
  options,
  problems({ from, to, delay, jitter }, facts) {
    const problems = sideProblems(from, to, facts);
    if (delay === 0 && jitter === 0) {
      problems.push({ path: ["delay"], message: "delays nothing: the drill would have no effect" });
    }
    return problems;
  },
  run(context, given) {
    disturbLinks(context, given, { loss: 0, extraNs: given.delay, jitterNs: given.jitter }, "delayed");
  },
};
