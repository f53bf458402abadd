// ElastiCache's TestFailover: a shard's primary is taken away on purpose and a replica promoted. Limits: 15 node groups in
// any 24 hours, one at a time (API reference; aws-facts.md, 4).

import { z } from "zod";
import { type Drill, findShard, targetProblems } from "./drill.ts";
import { followDisturbance } from "./recovery.ts";

const options = z
  .strictObject({ shard: z.int().min(1).default(1).meta({ description: "Shard number, from 1." }) })
  .meta({ description: "A shard's primary is taken away on purpose; no detection is waited for." });

export const testFailover: Drill<z.infer<typeof options>> = {
  name: "test-failover",
  summary: "ElastiCache's TestFailover of a shard, with its limits",
  options,
  problems({ shard }, facts) {
    const problems = targetProblems({ shard }, facts);
    const tell = (message: string) => problems.push({ path: [], message });
    if (facts.failover === "upstream") tell("is a call of ElastiCache's control plane: the upstream profile has none");
    if (facts.replicas === 0) tell("needs a replica that can be promoted, and there is none: «replicas: 1»");
    if (facts.mode === "single" && facts.replicas > 0 && !facts.multiAz) {
      tell("needs automatic failover, which cluster mode disabled has with «multiAz: true» only");
    }
    return problems;
  },
  run(context, { shard: number }) {
    const { world, report, finish } = context;
    const shard = findShard(world, number);
    if (typeof shard === "string") {
      report.refused = shard;
      return finish();
    }
    report.target = shard.primary.name;
    const event = world.log.add("control plane", `TestFailover of shard ${number}`);
    const recovery = followDisturbance(context, [shard]);
    const refusal = world.failover.test(shard.index, event);
    if (refusal !== null) {
      recovery.stop();
      report.refused = refusal;
      return finish();
    }
    recovery.causeOver();
  },
};
