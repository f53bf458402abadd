// From `cluster.auth` and what clients show to their configuration, and what of it does not fit together.

import { Engine } from "../engine/engine.ts";
import type { EngineProfile } from "../engine/profile.ts";
import type { AccessConfig, LoginConfig } from "../models/config.ts";
import { randomFrom } from "../sim/random.ts";
import { NS_PER_HOUR, NS_PER_MINUTE } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

/** ElastiCache user guide, auth-iam: both are fixed there. */
const TOKEN_NS = 15 * NS_PER_MINUTE;
const CONNECTION_NS = 12 * NS_PER_HOUR;

type Auth = NonNullable<Scenario["cluster"]["auth"]>;

export function accessConfig({ auth }: Scenario["cluster"]): AccessConfig | undefined {
  if (auth === undefined) return undefined;
  return {
    token: auth.token,
    users: auth.users.map(({ name, access, proof }) => ({ name, rules: rulesOf(access), proof })),
    iam: { tokenNs: auth.iam?.tokenLifetime ?? TOKEN_NS, connectionNs: auth.iam?.connectionLifetime ?? CONNECTION_NS },
  };
}

function rulesOf(access: string): string[] {
  return access.split(/\s+/u).filter(rule => rule !== "");
}

export function checkAuth({ cluster }: Scenario, profile: EngineProfile, report: Report): void {
  const { auth, tls, deployment, management } = cluster;
  if (auth === undefined) return;
  const path = (...rest: (string | number)[]) => ["cluster", "auth", ...rest];
  const usesIam = auth.users.some(({ proof }) => proof === "iam");
  if (!auth.token && auth.users.length === 0) report(path(), "asks for nothing: give «token: true» or «users»");
  if (auth.token && auth.users.length > 0) report(path("token"), "excludes «users»: a cluster has AUTH or RBAC");
  if (auth.token && deployment === "serverless") report(path("token"), "is for nodes: serverless caches have «users»");
  const isPlain = !tls && deployment !== "serverless" && management === "elasticache";
  if (auth.token && isPlain)
    report(path("token"), "needs «tls: true»: ElastiCache has AUTH on encrypted clusters only");
  if (usesIam && isPlain) report(path("users"), "needs «tls: true» for users with «proof: iam»");
  if (usesIam && management === "self-managed")
    report(path("users"), "«proof: iam» is ElastiCache's: not self-managed");
  if (auth.iam !== undefined && !usesIam) report(path("iam"), "has no effect: no user has «proof: iam»");
  checkUsers(auth, profile, path, report);
}

function checkUsers(
  { users }: Auth,
  profile: EngineProfile,
  path: (...rest: (string | number)[]) => (string | number)[],
  report: Report,
): void {
  const { acl } = new Engine({ profile, random: randomFrom("acl"), quantum: 8, parameters: {}, nowMs: 0 });
  users.forEach(({ name, access }, i) => {
    if (name === "default") report(path("users", i, "name"), "is the engine's own user: choose another name");
    if (users.findIndex(other => other.name === name) < i) report(path("users", i, "name"), `${name} is there already`);
    const rules = rulesOf(access);
    const secret = rules.find(rule => /^(?:[><#!]|nopass$|resetpass$)/u.test(rule));
    if (secret !== undefined) {
      report(path("users", i, "access"), `must not have a password in it, got «${secret}»: cachecast gives one`);
      return;
    }
    const problem = acl.setUser(name, rules);
    if (problem !== null) report(path("users", i, "access"), `is no access string: ${problem}`);
  });
}

/** What a client group shows; null where nothing is asked for. */
export function loginConfig(scenario: Scenario, index: number, report: Report): LoginConfig | null {
  const { auth } = scenario.cluster;
  const { user, iam } = scenario.clients[index];
  const path = (...rest: string[]) => ["clients", index, ...rest];
  const users = auth?.users ?? [];
  if (users.length === 0) {
    if (user !== undefined) report(path("user"), "has no effect without «cluster.auth.users»");
    if (iam !== undefined) report(path("iam"), "has no effect: no user of the cluster has «proof: iam»");
    return auth?.token === true ? { user: null, freshTokens: false, reauthNs: Number.POSITIVE_INFINITY } : null;
  }
  const names = users.map(({ name }) => name);
  const at = user === undefined ? -1 : names.indexOf(user);
  if (user === undefined) report(path(), `needs «user:», one of ${names.join(", ")}`);
  else if (at === -1) report(path("user"), `is no user of the cluster: «${user}»${didYouMean(user, names)}`);
  if (at !== -1 && users[at].proof === "password" && iam !== undefined) {
    report(path("iam"), `has no effect: ${user} logs in by a password`);
  }
  const reauth = iam?.reauth ?? "never";
  const isAtStart = iam?.tokens === "at-start";
  if (isAtStart && reauth !== "never") {
    report(path("iam", "reauth"), "needs new tokens: «tokens: per-connection»");
  }
  return {
    user: Math.max(0, at),
    freshTokens: !isAtStart,
    reauthNs: reauth === "never" ? Number.POSITIVE_INFINITY : reauth,
  };
}
