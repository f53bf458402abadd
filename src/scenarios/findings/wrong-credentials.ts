// Clients that are not let in: a password that was replaced before they had the new one, or a token of IAM that nobody renews.

import { formatDurationNs, formatNumber } from "../../units.ts";
import { accessConfig } from "../build-auth.ts";
import type { Rule } from "./rule.ts";

export const wrongCredentials: Rule = {
  id: "wrong-credentials",
  find: ({ clients, drills }, { scenario }) => {
    const worst = [...clients].sort((a, b) => b.refusedLogins - a.refusedLogins)[0];
    if (worst === undefined || worst.refusedLogins === 0) return null;
    const { name, refusedLogins, firstRefusedSeconds, expiredConnections } = worst;
    const since = firstRefusedSeconds ?? 0;
    const client = scenario.clients.find(one => one.name === name);
    const evidence = `${formatNumber(refusedLogins)} logins of ${name} were answered by WRONGPASS, the first at ${formatNumber(since)} s.`;
    const { iam } = accessConfig(scenario.cluster) ?? {};
    if (iam !== undefined && client?.iam?.tokens === "at-start") {
      const [good, open] = [formatDurationNs(iam.tokenNs), formatDurationNs(iam.connectionNs)];
      const closed =
        expiredConnections > 0
          ? ` ${formatNumber(expiredConnections)} connections had been closed ${open} after their AUTH.`
          : "";
      return {
        severity: "critical",
        title: "IAM tokens are not renewed",
        evidence: `${evidence} Its tokens are made when an instance starts and are good for ${good}.${closed}`,
        remedy: `Sign a token for every login (a credentials provider: lettuce RedisCredentialsProvider, redis-py CredentialProvider, go-redis CredentialsProviderContext), and AUTH anew within ${open}.`,
      };
    }
    const set = [...drills].reverse().find(({ drill, startSeconds }) => drill === "auth-set" && startSeconds <= since);
    return {
      severity: "critical",
      title: set === undefined ? "Logins are refused" : "A password was replaced before its users had the new one",
      evidence:
        set === undefined
          ? evidence
          : `${evidence} auth-set replaced the ${set.target} at ${formatNumber(set.startSeconds)} s.`,
      remedy:
        "ROTATE instead of SET: both tokens are valid until every instance has the new one; then SET removes the old.",
    };
  },
};
