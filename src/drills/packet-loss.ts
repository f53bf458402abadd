// Some packets between two sides are lost: each costs a retransmission, so what clients see is a few very slow requests.

import { z } from "zod";
import type { Drill } from "./drill.ts";
import { share } from "./fields.ts";
import { BETWEEN, disturbLinks } from "./link-fault.ts";
import { sideProblems } from "./parties.ts";

const options = z
  .strictObject({ ...BETWEEN, loss: share("Packets that are lost.", ["1%"]).prefault("1%") })
  .meta({ description: "Packets between two sides are lost with a probability." });

export const packetLoss: Drill<z.infer<typeof options>> = {
  name: "packet-loss",
  summary: "packets between two sides are lost with a probability; TCP sends them again",
  options,
  problems({ from, to, loss }, facts) {
    const problems = sideProblems(from, to, facts);
    if (loss === 1) problems.push({ path: ["loss"], message: "loses everything: that is the drill «partition»" });
    if (loss === 0) problems.push({ path: ["loss"], message: "loses nothing: the drill would have no effect" });
    return problems;
  },
  run(context, given) {
    disturbLinks(context, given, { loss: given.loss, extraNs: 0, jitterNs: 0 }, "loss");
  },
};
