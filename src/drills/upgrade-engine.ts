// A new engine version, node by node: replicas first, then a planned change of primary, shard after shard.

import { z } from "zod";
import { PROFILE_NAMES } from "../engine/profile.ts";
import { replaceAll } from "../models/scaling/replace-all.ts";
import { type Drill, variantProblems } from "./drill.ts";

const options = z
  .strictObject({
    to: z.enum(PROFILE_NAMES as unknown as readonly [string, ...string[]]).meta({
      description: "The engine and version to go to.",
      examples: ["valkey-9.0"],
    }),
  })
  .meta({ description: "A rolling upgrade of the engine." });

export const upgradeEngine: Drill<z.infer<typeof options>> = {
  name: "upgrade-engine",
  summary: "a new engine version, shard after shard",
  options,
  problems({ to }, facts) {
    if (to === facts.engine) return [{ path: ["to"], message: `the engine is ${to} already` }];
    const version = (name: string) => Number.parseFloat(name.split("-")[1]);
    const product = (name: string) => name.split("-")[0];
    if (product(to) === "redis" && product(facts.engine) === "valkey") {
      return [{ path: ["to"], message: "ElastiCache upgrades Redis OSS to Valkey, not the other way" }];
    }
    if (product(to) === product(facts.engine) && version(to) < version(facts.engine)) {
      return [{ path: ["to"], message: `${to} is older than ${facts.engine}: an engine cannot be downgraded` }];
    }
    return variantProblems(facts, { engine: to });
  },
  run: ({ world, report, finish }, { to }) =>
    replaceAll(world.cluster, { engine: to }, `upgrade to ${to}`, report, finish),
};
