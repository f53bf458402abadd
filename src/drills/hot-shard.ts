// A shard becomes hot: a share of all requests goes to keys of its slots only, as when a tenant, a campaign or a badly chosen hash
// tag has its day. With `slots: one` all of it goes to the slot of one key, and no resharding can help.

import { z } from "zod";
import type { Traffic } from "../models/traffic.ts";
import type { World } from "../models/world.ts";
import { NS_PER_SECOND } from "../units.ts";
import { type Drill, needsClusterMode, targetProblems } from "./drill.ts";
import { duration, share } from "./fields.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "Which shard, from 1." }),
    share: share("Requests that go there, beside what goes there anyway.", ["60%"]).prefault("60%"),
    slots: z
      .enum(["all", "one"])
      .default("all")
      .meta({ description: "Over which slots of the shard: all that it has, or a single one." }),
    lasts: duration("How long.", ["1m"]).prefault("1m"),
  })
  .meta({ description: "A share of the requests goes to one shard." });

/** Keys are drawn so often to find one in the wanted slots; then any will do. */
const MOST_DRAWS = 10_000;

export const hotShard: Drill<z.infer<typeof options>> = {
  name: "hot-shard",
  summary: "a share of all requests goes to the keys of one shard",
  options,
  problems: ({ shard }, facts) => [...needsClusterMode(facts), ...targetProblems({ shard }, facts)],
  run({ world, report, finish }, { shard, share: part, slots, lasts }) {
    const { cluster, sim } = world;
    report.target = cluster.shards[shard - 1].primary.name;
    const owned = new Set(cluster.slots.slotsOf(shard - 1));
    const restored = world.traffic.map(traffic => bias(world, traffic, owned, part, slots === "one"));
    const startNs = sim.now;
    const worked = cluster.members.map(({ primary }) => primary.workedNs);
    sim.after(Math.min(lasts, NS_PER_SECOND * 5), "hot shard/measure", () => {
      const elapsed = sim.now - startNs;
      cluster.members.forEach(({ primary, index }, i) => {
        if (worked[i] === undefined) return;
        const percent = (100 * (primary.workedNs - worked[i])) / elapsed;
        if (index === shard - 1) report.figures.hotCpuPercent = percent;
        else report.figures.otherCpuPercent = Math.max(report.figures.otherCpuPercent ?? 0, percent);
      });
    });
    sim.after(lasts, "hot shard", () => {
      for (const restore of restored) restore();
      report.phases.push({ name: "hot", startNs, endNs: sim.now, boundBy: "lasts" });
      finish();
    });
  },
};

/** Draws a share of the keys from the wanted slots; returns how to stop. */
function bias(world: World, traffic: Traffic, owned: ReadonlySet<number>, part: number, one: boolean): () => void {
  const { keys, popularity } = traffic.config;
  const random = world.sim.random(`${traffic.config.name}/hot shard`);
  let wanted = owned;
  const draw = () => {
    for (let i = 0; i < MOST_DRAWS; i++) {
      const key = popularity(random);
      if (wanted.has(keys.slot(key))) return key;
    }
    return popularity(random);
  };
  if (one) wanted = new Set([keys.slot(draw())]);
  return traffic.drawKeysBy(usual => (random.next() < part ? draw() : usual()));
}
