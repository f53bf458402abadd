// A flash crowd: more requests than usual, and all that come on top are for a few keys that hardly anybody had asked for
// before (a link that is passed on, a sale that opens). The cache has to make them first, and one shard or one key takes it all.

import { z } from "zod";
import { NS_PER_SECOND } from "../units.ts";
import { followAftermath } from "./aftermath.ts";
import { type Drill, findWorkload, workloadProblems } from "./drill.ts";
import { duration } from "./fields.ts";

const options = z
  .strictObject({
    workload: z.string().optional().meta({ description: "Whose rate grows; the first workload's when left out." }),
    factor: z.number().gt(1).max(1_000).default(3).meta({ description: "How many times the usual rate, in all." }),
    keys: z.int().min(1).default(1).meta({ description: "Keys that the crowd asks for, the least popular so far." }),
    rise: duration("How long until all are there.", ["10s"]).prefault("2s"),
    for: duration("How long they stay, the rise included.", ["30s"]).prefault("30s"),
  })
  .meta({ description: "A crowd comes for a few keys." });

export const flashCrowd: Drill<z.infer<typeof options>> = {
  name: "flash-crowd",
  summary: "a crowd comes for a few keys that hardly anybody had asked for",
  options,
  problems({ workload, keys, rise, for: length }, facts) {
    const problems = workloadProblems(workload, facts);
    const found = facts.workloads.find(one => workload === undefined || one.name === workload);
    if (found === undefined || problems.length > 0) return problems;
    if (!found.isOpen) {
      const message = `needs a workload with a «rate:»: nobody can come on top of the users of «${found.name}»`;
      problems.push({ path: workload === undefined ? [] : ["workload"], message });
    }
    if (keys > found.keys) problems.push({ path: ["keys"], message: `«${found.name}» has ${found.keys} keys` });
    if (rise > length) problems.push({ path: ["rise"], message: "takes longer than the crowd stays" });
    return problems;
  },
  run(context, { workload, factor, keys, rise, for: length }) {
    const { world, report } = context;
    const { sim } = world;
    const traffic = findWorkload(world, workload);
    report.target = traffic.config.name;
    const startNs = sim.now;
    const random = sim.random("drill/flash-crowd");
    const { keyCount } = traffic.config;
    const leave = traffic.surge(factor, rise);
    const stop = traffic.drawKeysBy(usual => {
      const grown = rise === 0 ? 1 : Math.min(1, (sim.now - startNs) / rise);
      const now = 1 + (factor - 1) * grown;
      return random.next() < (now - 1) / now ? keyCount - 1 - random.below(keys) : usual();
    });
    const event = world.log.add(report.target, `a crowd comes for ${keys} keys, ${factor} times the usual rate`);
    const asked = world.origin.requests;
    sim.after(length, "crowd leaves", () => {
      leave();
      stop();
      world.log.add(report.target, "the crowd has left", event);
      report.figures.originRequestsPerSecond = ((world.origin.requests - asked) * NS_PER_SECOND) / length;
      report.phases.push({ name: "crowd", startNs, endNs: sim.now, boundBy: "flash-crowd.for" });
    });
    followAftermath(
      context,
      world.cluster.shards.map(shard => shard.primary),
      startNs + length,
    );
  },
};
