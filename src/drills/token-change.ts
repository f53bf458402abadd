// What changing a password has in common, whichever strategy: whose it is, and how the instances come to know the new one.

import { z } from "zod";
import { TOKEN } from "../models/access/access.ts";
import type { Login } from "../models/access/login.ts";
import type { World } from "../models/world.ts";
import type { DrillFacts, DrillProblem } from "./drill.ts";
import { duration } from "./fields.ts";

export const tokenOptions = {
  user: z.string().optional().meta({ description: "Whose password; the AUTH token when left out." }),
  deploy: duration("Until the last instance has the new one; they get it one after the other.", ["5m"]).prefault("5m"),
};

/** Whether the cluster has that password at all. */
export function tokenProblems({ user }: { readonly user?: string | undefined }, { auth }: DrillFacts): DrillProblem[] {
  if (user === undefined) {
    if (auth.token) return [];
    return [{ path: [], message: "needs «cluster.auth.token: true», or «user:» of a cluster with users" }];
  }
  if (auth.passwords.includes(user)) return [];
  const known = auth.passwords.length === 0 ? "none" : auth.passwords.join(", ");
  return [{ path: ["user"], message: `there is no user ${user} with a password; there is ${known}` }];
}

export interface TokenChange {
  /** Number of the user, and the versions that hold before and after. */
  readonly user: number;
  readonly old: number;
  readonly fresh: number;
  readonly name: string;
}

export function tokenChange(world: World, name: string | undefined): TokenChange {
  const access = world.access!;
  const user = name === undefined ? TOKEN : access.config.users.findIndex(one => one.name === name);
  const old = Math.max(...access.versions(user));
  return { user, old, fresh: old + 1, name: name === undefined ? "AUTH token" : `password of ${name}` };
}

/** Client groups that show this password. */
export function concerned(world: World, { user }: TokenChange): Login[] {
  return world.clients.flatMap(({ login }) => (login !== null && !login.isIam && login.user === user ? [login] : []));
}

/** Gives the new version to all instances, one after the other; returns how many there are. */
export function deploy(world: World, change: TokenChange, lengthNs: number): number {
  let instances = 0;
  for (const { login, config } of world.clients) {
    if (login === null || !concerned(world, change).includes(login)) continue;
    instances += config.instances;
    for (let instance = 0; instance < config.instances; instance++) {
      const wait = Math.round((lengthNs * (instance + 1)) / config.instances);
      world.sim.after(wait, "new password", () => login.learn(instance, change.fresh));
    }
  }
  return instances;
}
