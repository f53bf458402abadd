// A customer reboots a node: no failover. A primary comes back empty, and its replicas clear their data with it; a replica
// syncs anew (aws-facts.md, 4).

import { z } from "zod";
import { disturbNode } from "./disturbed-node.ts";
import { type Drill, targetOptions, targetProblems } from "./drill.ts";
import { duration } from "./fields.ts";

const options = z
  .strictObject({
    ...targetOptions,
    for: duration("Until the process runs again. Not published: an assumption.", ["1m"]).prefault("30s"),
  })
  .meta({ description: "A node is rebooted: no failover, its data are cleared." });

export const rebootNode: Drill<z.infer<typeof options>> = {
  name: "reboot-node",
  summary: "a customer's reboot: no failover, the data are cleared, its replicas clear theirs",
  options,
  problems(given, facts) {
    const problems = targetProblems(given, facts);
    // Of Memcached it reboots any node (RebootCacheCluster).
    if (facts.failover === "managed" && facts.mode === "cluster" && !facts.engine.startsWith("memcached")) {
      const message =
        "ElastiCache does not reboot nodes in cluster mode (RebootCacheCluster): use crash-node, or test-failover";
      problems.push({ path: [], message });
    }
    return problems;
  },
  run(context, given) {
    const { nodeFaults } = context.world;
    disturbNode(
      context,
      given,
      "rebooting",
      node => nodeFaults.stop(node, "down", null, "rebooted"),
      (node, event) => nodeFaults.restart(node, event),
    );
  },
};
