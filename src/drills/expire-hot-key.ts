// The most popular key of a workload runs out at an instant: the thundering herd at the origin, or its absence.

import { z } from "zod";
import { followAftermath } from "./aftermath.ts";
import { type Drill, findTarget, findWorkload, workloadProblems } from "./drill.ts";

const options = z
  .strictObject({
    workload: z.string().optional().meta({ description: "Whose most popular key; the first workload when left out." }),
  })
  .meta({ description: "The most popular key of a workload is deleted." });

export const expireHotKey: Drill<z.infer<typeof options>> = {
  name: "expire-hot-key",
  summary: "the most popular key of a workload runs out",
  options,
  problems({ workload }, facts) {
    const problems = workloadProblems(workload, facts);
    const found = facts.workloads.find(one => workload === undefined || one.name === workload);
    if (problems.length === 0 && found?.asksOrigin === false) {
      const message = `has no effect: «${found.name}» asks no origin for what it misses`;
      problems.push({ path: workload === undefined ? [] : ["workload"], message });
    }
    return problems;
  },
  run(context, { workload }) {
    const { world, report, finish } = context;
    const traffic = findWorkload(world, workload);
    const { keys } = traffic.config;
    const { cluster } = world;
    report.target = keys.text(0);
    const node = findTarget(world, { role: "primary", shard: cluster.shardOfSlot[keys.slot(0)] + 1, replica: 1 });
    if (typeof node === "string") {
      report.refused = node;
      return finish();
    }
    const asked = world.origin.requests;
    node.runOwn(["unlink", keys.text(0)], node.cpu.turnNs);
    world.log.add(node.name, `${keys.text(0)} runs out`);
    world.sim.after(WATCH_NS, "herd", () => {
      report.figures.originRequests = world.origin.requests - asked;
    });
    followAftermath(context, [node], world.sim.now);
  },
};

/** Requests to the origin are counted for so long. */
const WATCH_NS = 1e9;
