// SCRIPT KILL by an operator, against the script that a runaway-script has begun.

import { z } from "zod";
import { type Drill, findTarget, targetProblems } from "./drill.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "On the primary of this shard, from 1." }),
  })
  .meta({ description: "SCRIPT KILL on a primary." });

export const scriptKill: Drill<z.infer<typeof options>> = {
  name: "script-kill",
  summary: "SCRIPT KILL: ends a script that runs for too long, unless it has written",
  options,
  problems({ shard }, facts) {
    const problems = targetProblems({ shard }, facts);
    if (!facts.earlier.includes("runaway-script")) {
      problems.push({ path: [], message: "has nothing to kill: no «runaway-script» comes before it" });
    }
    return problems;
  },
  run({ world, report, finish }, { shard }) {
    const node = findTarget(world, { role: "primary", shard, replica: 1 });
    const script = typeof node === "string" ? undefined : world.scripts.get(node);
    if (typeof node === "string") report.refused = node;
    else {
      report.target = node.name;
      if (script === undefined) report.refused = "NOTBUSY No scripts in execution right now.";
      // Before lua-time-limit nobody is heard; the command is answered then, here it has to come again.
      else if (world.sim.now < script.busyFromNs)
        report.refused = "the script has not reached lua-time-limit: nobody is heard";
      else if (!script.kill()) report.refused = "UNKILLABLE Sorry the script already executed write commands";
    }
    finish();
  },
};
