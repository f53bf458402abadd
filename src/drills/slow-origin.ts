// The origin slows down, fails, or serves fewer at a time, for a while. Whether the cache's clients recover when it does is
// what the drill is for: an overload may outlive its cause.

import { z } from "zod";
import { followAftermath } from "./aftermath.ts";
import type { Drill, DrillProblem } from "./drill.ts";
import { duration, share } from "./fields.ts";

const options = z
  .strictObject({
    for: duration("How long it lasts.", ["30s"]).prefault("30s"),
    slower: z.number().min(1).max(10_000).default(5).meta({ description: "How many times longer everything takes." }),
    errorRate: share("Answers that are errors meanwhile.", ["50%"]).prefault("0%"),
    concurrency: share("Part of its concurrency that is left.", ["50%"]).prefault("100%"),
  })
  .meta({ description: "The origin is disturbed for a while." });

export const slowOrigin: Drill<z.infer<typeof options>> = {
  name: "slow-origin",
  summary: "the origin slows down or fails for a while",
  options,
  problems({ slower, errorRate, concurrency }, { workloads }) {
    const problems: DrillProblem[] = [];
    if (!workloads.some(one => one.asksOrigin)) {
      problems.push({ path: [], message: "has no effect: no workload asks the origin for anything" });
    }
    if (slower === 1 && errorRate === 0 && concurrency === 1) {
      problems.push({ path: ["slower"], message: "has no effect: the origin stays what it is" });
    }
    if (concurrency === 0)
      problems.push({
        path: ["concurrency"],
        message: "must leave something: an origin that serves nobody never recovers",
      });
    return problems;
  },
  run(context, { for: lengthNs, slower, errorRate, concurrency }) {
    const { world, report } = context;
    const { sim } = world;
    report.target = "origin";
    const startNs = sim.now;
    const event = world.log.add("origin", `slows down ${slower} times, ${Math.round(errorRate * 100)} % errors`);
    const calm = world.origin.disturb({ slower, errorRate, concurrencyShare: concurrency });
    const before = { requests: world.origin.requests, retries: world.originCalls.retries };
    sim.after(lengthNs, "origin calms", () => {
      calm();
      world.log.add("origin", "is itself again", event);
      const requests = world.origin.requests - before.requests;
      const calls = requests - (world.originCalls.retries - before.retries);
      if (calls > 0) report.figures.amplification = requests / calls;
      report.phases.push({ name: "trigger", startNs, endNs: sim.now, boundBy: "slow-origin.for" });
    });
    followAftermath(context, [], startNs + lengthNs);
  },
};
