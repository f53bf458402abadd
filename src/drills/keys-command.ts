// KEYS in production: the engine thread looks at every key of the node, whatever matches. SCAN does the same in small turns.

import { z } from "zod";
import { runBlocking } from "./blocking-command.ts";
import { type Drill, findTarget, targetProblems } from "./drill.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "On the primary of this shard, from 1." }),
    pattern: z.string().min(1).default("*").meta({ description: "What is looked for." }),
  })
  .meta({ description: "KEYS on a primary." });

export const keysCommand: Drill<z.infer<typeof options>> = {
  name: "keys-command",
  summary: "KEYS on a primary, which looks at every key",
  options,
  problems: ({ shard }, facts) => targetProblems({ shard }, facts),
  run(context, { shard, pattern }) {
    const node = findTarget(context.world, { role: "primary", shard, replica: 1 });
    if (typeof node === "string") {
      context.report.refused = node;
      return context.finish();
    }
    runBlocking(context, node, ["keys", pattern], "keys of the node");
  },
};
