// A node does everything more slowly for a while: a noisy neighbour, throttling, a host about to fail. Nothing fails over,
// because it answers: the shard is as fast as its slow primary.

import { z } from "zod";
import { disturbNode } from "./disturbed-node.ts";
import { type Drill, targetOptions, targetProblems } from "./drill.ts";
import { duration } from "./fields.ts";

const options = z
  .strictObject({
    ...targetOptions,
    factor: z.number().min(1.01).max(1_000).default(10).meta({ description: "Work takes so many times as long." }),
    for: duration("How long it lasts.", ["1m"]).prefault("30s"),
  })
  .meta({ description: "A node does everything more slowly." });

export const slowNode: Drill<z.infer<typeof options>> = {
  name: "slow-node",
  summary: "a node does everything so many times more slowly",
  options,
  problems: targetProblems,
  run(context, given) {
    const { log } = context.world;
    let recover = () => {};
    disturbNode(
      context,
      given,
      "slow",
      node => {
        recover = node.thread.slow(given.factor);
        return log.add(node.name, `${given.factor} times slower`);
      },
      (node, event) => {
        recover();
        log.add(node.name, "at full speed again", event);
      },
    );
  },
};
