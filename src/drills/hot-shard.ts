// A shard becomes hot: a share of all requests goes to keys of its slots only, as when a tenant, a campaign or a badly chosen hash
// tag has its day. With `slots: one` all of it goes to the slot of one key, and no resharding can help.

import { z } from "zod";
import type { Traffic } from "../models/traffic.ts";
import type { World } from "../models/world.ts";
import { NS_PER_SECOND } from "../units.ts";
import { type Drill, findShard, needsClusterMode, targetProblems } from "./drill.ts";
import { duration, share } from "./fields.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "Which shard, from 1." }),
    share: share("Requests that go there, beside what goes there anyway.", ["60%"]).prefault("60%"),
    slots: z
      .enum(["all", "one"])
      .default("all")
      .meta({ description: "Over which slots of the shard: all that it has, or a single one." }),
    for: duration("How long.", ["1m"]).prefault("1m"),
  })
  .meta({ description: "A share of the requests goes to one shard." });

/** Keys are drawn by popularity so often to find one in the wanted slots; then any key of theirs is as good as another. */
const REJECTIONS = 64;

export const hotShard: Drill<z.infer<typeof options>> = {
  name: "hot-shard",
  summary: "a share of all requests goes to the keys of one shard",
  options,
  problems({ shard, share: part }, facts) {
    const problems = [...needsClusterMode(facts), ...targetProblems({ shard }, facts)];
    if (part === 0) problems.push({ path: ["share"], message: "must be more than nothing" });
    if (facts.workloads.every(({ isTrace }) => isTrace)) {
      problems.push({ path: [], message: "needs a workload that draws its keys: a trace names them itself" });
    }
    return problems;
  },
  run({ world, report, finish }, { shard, share: part, slots, for: lasts }) {
    const { cluster, sim } = world;
    const hot = findShard(world, shard);
    if (typeof hot === "string") {
      report.refused = hot;
      return finish();
    }
    report.target = hot.primary.name;
    const restored = world.traffic.flatMap(traffic => bias(world, traffic, shard - 1, part, slots === "one"));
    if (restored.length === 0) {
      report.refused = `no key of a workload lies on shard ${shard}`;
      return finish();
    }
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
      report.phases.push({ name: "hot", startNs, endNs: sim.now, boundBy: "the drill's «for»" });
      finish();
    });
  },
};

/** Draws a share of the keys from the shard's slots, or from one of them; returns how to stop, or nothing to be stopped. */
function bias(world: World, traffic: Traffic, shard: number, part: number, one: boolean): (() => void)[] {
  const { keys, keyCount, popularity, load, name } = traffic.config;
  if (load.kind === "trace") return [];
  const random = world.sim.random(`${name}/hot shard`);
  let slots = new Set(world.cluster.slots.slotsOf(shard));
  let wanted: number[] | null = null;
  /** Null: no key lies there. */
  const draw = (): number | null => {
    for (let i = 0; i < REJECTIONS; i++) {
      const key = popularity(random);
      if (slots.has(keys.slot(key))) return key;
    }
    wanted ??= Array.from({ length: keyCount }, (_, key) => key).filter(key => slots.has(keys.slot(key)));
    return wanted.length === 0 ? null : wanted[random.below(wanted.length)];
  };
  const first = draw();
  if (first === null) return [];
  if (one) {
    slots = new Set([keys.slot(first)]);
    wanted = null;
  }
  return [traffic.drawKeysBy(usual => (random.next() < part ? draw()! : usual()))];
}
