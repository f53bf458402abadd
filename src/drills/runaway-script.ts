// A Lua script that runs for long, or for ever. Until lua-time-limit the engine thread is gone; then everybody gets BUSY until
// the script ends or somebody kills it: the drill «script-kill», or here `killAfter`. ElastiCache issues SCRIPT KILL by itself at the limit
// and, where the script has written and cannot be killed, restarts the engine (aws-facts.md, lua-time-limit); how long that
// takes is published nowhere: a second is assumed. Elsewhere it takes an operator.

import { z } from "zod";
import { BusyScript } from "../models/faults/busy-script.ts";
import { followAftermath } from "./aftermath.ts";
import { type Drill, findTarget, targetProblems } from "./drill.ts";
import { duration, durationOrNever } from "./fields.ts";

const options = z
  .strictObject({
    shard: z.int().min(1).default(1).meta({ description: "On the primary of this shard, from 1." }),
    runs: durationOrNever("How long the script takes if nobody ends it.", ["3s", "never"]).prefault("never"),
    writes: z.boolean().default(false).meta({ description: "It has written: SCRIPT KILL is refused (UNKILLABLE)." }),
    killAfter: durationOrNever(
      "From lua-time-limit until the service issues SCRIPT KILL, and restarts the engine if that is refused. 1s on ElastiCache when left out, never elsewhere.",
      ["1s", "never"],
    ).optional(),
    restart: duration(
      "Without replicas: how long the engine takes to be back, empty, when the service restarts it; 5s when left out. With replicas one is promoted.",
      ["5s"],
    ).optional(),
  })
  .meta({ description: "A script that runs for long." });

const MANAGED_KILL_NS = 1e9;
const RESTART_NS = 5e9;

export const runawayScript: Drill<z.infer<typeof options>> = {
  name: "runaway-script",
  summary: "a Lua script that runs for long, until it ends or is killed",
  options,
  problems({ shard, killAfter, runs, writes, restart }, facts) {
    const problems = targetProblems({ shard }, facts);
    const isManaged = facts.failover === "managed";
    if (!isManaged && killAfter !== undefined && killAfter !== Number.POSITIVE_INFINITY) {
      const message =
        "has no effect: nobody kills scripts by themselves without ElastiCache; put a «script-kill» after it";
      problems.push({ path: ["killAfter"], message });
    }
    if (restart !== undefined && (facts.replicas > 0 || !writes || !isManaged)) {
      const why = facts.replicas > 0 ? "a replica is promoted" : "nobody restarts the engine";
      problems.push({ path: ["restart"], message: `has no effect: ${why}` });
    }
    if (runs === 0) problems.push({ path: ["runs"], message: "must be longer than nothing, or never" });
    return problems;
  },
  run(context, { shard, runs, writes, killAfter, restart }) {
    const { world, report, finish } = context;
    const node = findTarget(world, { role: "primary", shard, replica: 1 });
    if (typeof node === "string" || world.scripts.has(node)) {
      report.refused = typeof node === "string" ? node : `${node.name} runs a script already`;
      return finish();
    }
    report.target = node.name;
    const { sim } = world;
    const event = world.log.add(node.name, "a script begins that takes its time");
    const script = new BusyScript(
      node,
      {
        runsNs: runs,
        hasWritten: writes,
        argv: ["eval", "while true do … end", "0"],
        ended(how) {
          world.scripts.delete(node);
          const silentEnd = Math.min(script.busyFromNs, sim.now);
          report.phases.push({ name: "blocked", startNs: script.startNs, endNs: silentEnd, boundBy: "lua-time-limit" });
          report.figures.blockedMs = (silentEnd - script.startNs) / 1e6;
          report.figures.scriptSeconds = (sim.now - script.startNs) / 1e9;
          if (sim.now > silentEnd) {
            const boundBy = how === "killed" ? "SCRIPT KILL" : how === "done" ? "the script's own end" : "the restart";
            report.phases.push({ name: "BUSY", startNs: silentEnd, endNs: sim.now, boundBy });
          }
          if (how !== "gone") world.log.add(node.name, how === "killed" ? "SCRIPT KILL" : "the script ends", event);
          followAftermath(context, [node], sim.now);
        },
      },
      sim,
    );
    world.scripts.set(node, script);
    const wait = killAfter ?? (world.config.cluster.failover.profile === "managed" ? MANAGED_KILL_NS : null);
    if (wait === null || !Number.isFinite(wait) || !Number.isFinite(script.busyFromNs)) return;
    sim.after(script.busyFromNs - sim.now + wait, "script kill", () => {
      if (world.scripts.get(node) !== script || script.kill()) return;
      world.log.add(node.name, "SCRIPT KILL is refused: UNKILLABLE, it has written", event);
      if (world.shardOf(node.shard).replicas.length > 0) return void world.crash(node, "down", event);
      const stopped = world.nodeFaults.stop(node, "down", event, "restarted by the service");
      sim.after(restart ?? RESTART_NS, "engine restarts", () => world.nodeFaults.restart(node, stopped));
    });
  },
};
