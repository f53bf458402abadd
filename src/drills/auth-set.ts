// A password is replaced from one instant to the next (modify-replication-group with the strategy SET): connections that are
// open stay open, new ones of instances that have the old one are refused until these are told.

import { z } from "zod";
import { followAftermath } from "./aftermath.ts";
import type { Drill } from "./drill.ts";
import { concerned, deploy, tokenChange, tokenOptions, tokenProblems } from "./token-change.ts";

const options = z
  .strictObject({
    ...tokenOptions,
    connections: z.enum(["keep", "close"]).default("keep").meta({
      description:
        "What becomes of open connections: they stay, as the engine has it; or the service closes them, as the seed article saw.",
    }),
  })
  .meta({ description: "A token or password is replaced at once." });

export const authSet: Drill<z.infer<typeof options>> = {
  name: "auth-set",
  summary: "a token or password is replaced at once (SET): who has the old one is not let in any more",
  options,
  problems: tokenProblems,
  run(context, { user, deploy: lengthNs, connections }) {
    const { world, report } = context;
    const { sim } = world;
    const change = tokenChange(world, user);
    const startNs = sim.now;
    report.target = change.name;
    const event = world.log.add("control plane", `${change.name} replaced (SET)`);
    const logins = concerned(world, change);
    const refusedBefore = logins.reduce((sum, login) => sum + login.refused, 0);
    world.access!.accept(change.user, [change.fresh]);
    report.figures.instances = deploy(world, change, lengthNs);
    if (connections === "close") {
      for (const client of world.clients) {
        if (client.login !== null && logins.includes(client.login)) client.connections.endings.all();
      }
    }
    sim.after(lengthNs, "new password everywhere", () => {
      world.log.add("clients", `every instance has the new ${change.name}`, event);
      report.figures.refusedLogins = logins.reduce((sum, login) => sum + login.refused, 0) - refusedBefore;
      report.phases.push({ name: "old password refused", startNs, endNs: sim.now, boundBy: "auth-set.deploy" });
    });
    followAftermath(context, [], startNs + lengthNs);
  },
};
