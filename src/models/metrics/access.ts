// Who was not let in (METRICS: AuthenticationFailures and its kin). Reported where the cluster asks for a login at all.

import type { NodeMetric, Total } from "./metric.ts";

function whereAsked(name: string, meaning: string, total: Total): NodeMetric {
  return {
    name,
    unit: "Count",
    meaning,
    totals: [total],
    read: period => (period.node.config.access === undefined ? undefined : period.rise(total)),
  };
}

export const ACCESS_METRICS: readonly NodeMetric[] = [
  whereAsked("AuthenticationFailures", "logins that were refused", node => node.listener.denied),
  whereAsked(
    "CommandAuthorizationFailures",
    "commands that a user may not call",
    node => node.engine.acl.denied.command,
  ),
  whereAsked("KeyAuthorizationFailures", "keys that a user may not touch", node => node.engine.acl.denied.key),
  whereAsked(
    "IamAuthenticationExpirations",
    "connections closed because their last AUTH was too long ago",
    node => node.listener.expired,
  ),
];
