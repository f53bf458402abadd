// A big sorted set is deleted. DEL frees it on the engine thread where lazyfree-lazy-user-del is off (before Valkey 8.0);
// UNLINK leaves that to a background thread in every version.

import { z } from "zod";
import type { Bytes } from "../engine/bytes.ts";
import { prepare, runBlocking } from "./blocking-command.ts";
import { type Drill, findTarget, targetProblems } from "./drill.ts";
import { count } from "./fields.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "On the primary of this shard, from 1." }),
    members: count("Members of the sorted set, which is there as the drill begins.", ["1M"]).prefault("100k"),
    by: z.enum(["DEL", "UNLINK"]).default("DEL").meta({ description: "The command that deletes it." }),
  })
  .meta({ description: "A big sorted set is deleted." });

const KEY = "drill:big-key";
const PER_CALL = 1_000;

function* fill(members: number): Generator<Bytes[]> {
  for (let from = 0; from < members; from += PER_CALL) {
    const argv: Bytes[] = ["zadd", KEY];
    for (let i = from; i < Math.min(members, from + PER_CALL); i++) argv.push(String(i), `member:${i}`);
    yield argv;
  }
}

export const deleteBigKey: Drill<z.infer<typeof options>> = {
  name: "delete-big-key",
  summary: "a big sorted set is deleted by DEL or UNLINK",
  options,
  problems({ shard, members }, facts) {
    const problems = targetProblems({ shard }, facts);
    if (members === 0 || members > 5_000_000) {
      problems.push({ path: ["members"], message: "must lie between 1 and 5M" });
    }
    return problems;
  },
  run(context, { shard, members, by }) {
    const node = findTarget(context.world, { role: "primary", shard, replica: 1 });
    if (typeof node === "string") {
      context.report.refused = node;
      return context.finish();
    }
    prepare(node, fill(members));
    runBlocking(context, node, [by.toLowerCase(), KEY], "members to be freed on the engine thread");
  },
};
