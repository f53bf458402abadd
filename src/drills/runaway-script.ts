// A Lua script that does not end: the engine thread is gone until lua-time-limit, then everybody gets BUSY until somebody
// kills it. ElastiCache issues SCRIPT KILL by itself at the limit and, where the script has written and cannot be killed,
// restarts the engine (aws-facts.md, lua-time-limit); elsewhere it takes an operator.

import { z } from "zod";
import { followAftermath } from "./aftermath.ts";
import { type Drill, findTarget, targetProblems } from "./drill.ts";
import { duration } from "./fields.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "On the primary of this shard, from 1." }),
    killAfter: duration("From lua-time-limit until SCRIPT KILL.", ["1s"]).prefault("1s"),
  })
  .meta({ description: "A script that does not end, until it is killed." });

export const runawayScript: Drill<z.infer<typeof options>> = {
  name: "runaway-script",
  summary: "a Lua script that does not end",
  options,
  problems: ({ shard }, facts) => targetProblems({ shard }, facts),
  run(context, { shard, killAfter }) {
    const { world, report, finish } = context;
    const node = findTarget(world, { role: "primary", shard, replica: 1 });
    if (typeof node === "string") {
      report.refused = node;
      return finish();
    }
    report.target = node.name;
    const { sim } = world;
    const { engine } = node;
    const limitNs = engine.parameters.number("busy-reply-threshold") * 1e6;
    const startNs = node.freeAtNs;
    // Whoever comes before the limit is served after it, and finds the script still running.
    engine.busyScript = "eval";
    const busyFrom = node.block(limitNs);
    const { incarnation } = node;
    world.log.add(node.name, "a script does not end");
    report.phases.push({ name: "blocked", startNs, endNs: busyFrom, boundBy: "lua-time-limit" });
    report.figures.blockedMs = (busyFrom - startNs) / 1e6;
    sim.after(busyFrom - sim.now + killAfter, "script kill", () => {
      if (node.incarnation !== incarnation) return;
      engine.busyScript = null;
      world.log.add(node.name, "SCRIPT KILL");
      report.phases.push({ name: "BUSY", startNs: busyFrom, endNs: sim.now, boundBy: "runaway-script.killAfter" });
    });
    followAftermath(context, [node], busyFrom + killAfter);
  },
};
