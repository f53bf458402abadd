// Slots move between the shards that there are, while the cluster serves.

import { z } from "zod";
import { evenRoutes, reshard as moveSlots } from "../models/scaling/reshard.ts";
import { planByLoad, planMove, type SlotRoute } from "../models/slot-migration/plan.ts";
import type { World } from "../models/world.ts";
import { NS_PER_SECOND } from "../units.ts";
import { type Drill, type DrillFacts, type DrillProblem, findShard, needsClusterMode, shardProblems } from "./drill.ts";
import { duration } from "./fields.ts";

const options = z
  .strictObject({
    plan: z
      .enum(["even", "by-load"])
      .default("even")
      .meta({ description: "even: the same number of slots everywhere. by-load: the same number of requests." }),
    measure: duration("by-load: how long the requests per slot are counted before.", ["5s"]).optional(),
    from: z.int().min(1).optional().meta({ description: "Instead of a plan: the shard that gives slots." }),
    to: z.int().min(1).optional().meta({ description: "Instead of a plan: the shard that gets them." }),
    slots: z.int().min(1).max(16_384).optional().meta({ description: "Instead of a plan: how many slots." }),
    method: z
      .enum(["slot-by-slot", "atomic"])
      .optional()
      .meta({ description: "How they move; by cluster.scaling when left out." }),
  })
  .meta({ description: "Slots move between shards." });

type Options = z.infer<typeof options>;

const DEFAULT_MEASURE_NS = 5 * NS_PER_SECOND;

function problems({ plan, measure, from, to, slots, method }: Options, facts: DrillFacts): DrillProblem[] {
  const found = needsClusterMode(facts);
  for (const [key, shard] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (shard !== undefined) found.push(...shardProblems(key, shard, facts));
  }
  const told = [from, to, slots].filter(one => one !== undefined).length;
  if (told > 0 && told < 3)
    found.push({ path: [], message: "«from», «to» and «slots» belong together: give all three" });
  if (told === 3 && from === to) found.push({ path: ["to"], message: `slots of shard ${from} are there already` });
  if (told === 3 && plan === "by-load")
    found.push({ path: ["plan"], message: "has no effect beside from, to and slots" });
  if (measure !== undefined && plan !== "by-load") {
    found.push({ path: ["measure"], message: "has no effect: only «plan: by-load» measures" });
  }
  if (method === "atomic" && !facts.atomicSlots) {
    found.push({ path: ["method"], message: `${facts.engine} moves slots key by key; atomic needs Valkey 9 or later` });
  }
  return found;
}

export const reshard: Drill<Options> = {
  name: "reshard",
  summary: "slots move between shards while the cluster serves",
  options,
  problems,
  run({ world, report, finish }, { plan, measure, from, to, slots, method }) {
    const { cluster, sim } = world;
    const start = (routes: readonly SlotRoute[]) => moveSlots(cluster, routes, method, report, finish);
    if (from !== undefined && to !== undefined && slots !== undefined) {
      const gone = [from, to].map(number => findShard(world, number)).find(one => typeof one === "string");
      if (gone !== undefined) {
        report.refused = gone;
        return finish();
      }
      return start(planMove(cluster.slots.owner, from - 1, to - 1, slots));
    }
    if (plan === "even") return start(evenRoutes(cluster));
    const startNs = sim.now;
    const counted = countRequests(world);
    sim.after(measure ?? DEFAULT_MEASURE_NS, "reshard/measure", () => {
      report.phases.push({ name: "load measured", startNs, endNs: sim.now, boundBy: "measure" });
      const shards = cluster.members.map(shard => shard.index);
      start(planByLoad(cluster.slots.owner, counted.end(), shards));
    });
  },
};

/** Counts answered requests per slot until told to end. */
function countRequests(world: World): { end(): Float64Array } {
  const counts = new Float64Array(world.cluster.slots.owner.length);
  const stop = world.watchReplies(request => {
    const slot = world.requests.slot[request];
    if (slot >= 0) counts[slot]++;
  });
  return {
    end() {
      stop();
      return counts;
    },
  };
}
