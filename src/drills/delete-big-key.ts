// A big key is deleted. DEL frees it on the engine thread where lazyfree-lazy-user-del is off (before Valkey 8.0); UNLINK
// leaves that to a background thread in every version. The replicas get the same command and free it themselves.

import { z } from "zod";
import type { Bytes } from "../engine/bytes.ts";
import { keySlot } from "../engine/slots.ts";
import { fillCommands } from "../workload/stored.ts";
import { prepare, runBlocking } from "./blocking-command.ts";
import { type Drill, findTarget, targetProblems } from "./drill.ts";
import { count } from "./fields.ts";

const options = z
  .strictObject({
    key: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: "One of the scenario's «data:»; a sorted set of its own when left out.",
        examples: ["board"],
      }),
    shard: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "Without a key: on the primary of this shard, from 1; the first when left out." }),
    members: count(
      "Without a key: members of the sorted set, which is there as the drill begins; 100k when left out.",
      ["1M"],
    ).optional(),
    by: z.enum(["DEL", "UNLINK"]).default("DEL").meta({ description: "The command that deletes it." }),
  })
  .meta({ description: "A big key is deleted." });

const OWN_KEY = "drill:big-key";
const OWN_MEMBERS = 100_000;
const MOST_MEMBERS = 5_000_000;

export const deleteBigKey: Drill<z.infer<typeof options>> = {
  name: "delete-big-key",
  summary: "a big key is deleted by DEL or UNLINK",
  options,
  problems({ key, shard, members }, facts) {
    const problems = targetProblems({ shard: shard ?? 1 }, facts);
    if (members !== undefined && (members === 0 || members > MOST_MEMBERS)) {
      problems.push({ path: ["members"], message: "must lie between 1 and 5M" });
    }
    if (key === undefined) return problems;
    if (!facts.data.includes(key)) {
      const known = facts.data.length === 0 ? "it is empty" : `there are ${facts.data.join(", ")}`;
      problems.push({ path: ["key"], message: `«${key}» is none of the scenario's «data:»: ${known}` });
    }
    for (const [name, value] of Object.entries({ shard, members })) {
      if (value !== undefined)
        problems.push({ path: [name], message: "has no effect with a «key:», which is what and where it is" });
    }
    return problems;
  },
  run(context, { key, shard = 1, members = OWN_MEMBERS, by }) {
    const { world } = context;
    const { cluster } = world;
    const holder = key === undefined ? shard : cluster.shardOfSlot[keySlot(key)] + 1;
    const node = findTarget(world, { role: "primary", shard: holder, replica: 1 });
    if (typeof node === "string") {
      context.report.refused = node;
      return context.finish();
    }
    const name: Bytes = key ?? OWN_KEY;
    if (key === undefined) {
      const random = world.sim.random("drill/big-key");
      const stored = { kind: "zset", count: members, prefix: "member:" } as const;
      for (const member of [node, ...cluster.shards[holder - 1].replicas]) {
        if (member.state === "up") prepare(member, fillCommands(OWN_KEY, stored, random));
      }
    }
    runBlocking(context, node, [by.toLowerCase(), name], "elements to be freed on the engine thread");
  },
};
