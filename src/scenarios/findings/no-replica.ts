// A shard with nothing to fail over to.

import { isMemcached } from "../build-memcached.ts";
import type { Rule } from "./rule.ts";

export const noReplica: Rule = {
  id: "no-replica",
  find: (_result, { scenario }) =>
    scenario.cluster.replicas === 0 && !isMemcached(scenario.cluster)
      ? {
          severity: "warning",
          title: "No replica",
          evidence: "A shard whose only node dies starts again empty, and is down until a replacement stands.",
          remedy: "One replica per shard in another zone: cluster.replicas: 1.",
        }
      : null,
};
