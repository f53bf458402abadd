// A password is changed in two steps (the strategies ROTATE, then SET): a second one becomes valid beside the old one, the
// instances are given it, and when all have it the old one goes.

import { z } from "zod";
import { followAftermath } from "./aftermath.ts";
import type { Drill } from "./drill.ts";
import { concerned, deploy, tokenChange, tokenOptions, tokenProblems } from "./token-change.ts";

const options = z
  .strictObject(tokenOptions)
  .meta({ description: "A token or password is rotated: two are valid until all instances have the new one." });

export const authRotate: Drill<z.infer<typeof options>> = {
  name: "auth-rotate",
  summary: "a token or password is rotated: a second one is valid until every instance has it (ROTATE, then SET)",
  options,
  problems: tokenProblems,
  run(context, { user, deploy: lengthNs }) {
    const { world, report } = context;
    const { sim } = world;
    const change = tokenChange(world, user);
    const startNs = sim.now;
    report.target = change.name;
    const event = world.log.add("control plane", `second ${change.name} added (ROTATE)`);
    const logins = concerned(world, change);
    const refusedBefore = logins.reduce((sum, login) => sum + login.refused, 0);
    world.access!.accept(change.user, [change.old, change.fresh]);
    report.figures.instances = deploy(world, change, lengthNs);
    sim.after(lengthNs, "old password goes", () => {
      world.access!.accept(change.user, [change.fresh]);
      world.log.add("control plane", `old ${change.name} removed (SET)`, event);
      report.figures.refusedLogins = logins.reduce((sum, login) => sum + login.refused, 0) - refusedBefore;
      report.phases.push({ name: "both valid", startNs, endNs: sim.now, boundBy: "auth-rotate.deploy" });
    });
    followAftermath(context, [], startNs + lengthNs);
  },
};
