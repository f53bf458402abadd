// From `cluster.hardware` to its configuration, and what of it has no effect on the node type.

import type { NodeType } from "../catalog/nodes.ts";
import { DEFAULT_HARDWARE } from "../models/config/hardware.ts";
import type { HardwareConfig } from "../models/config.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";

type Cluster = Scenario["cluster"];

export function hardwareConfig({ hardware: { cpuCredits, network, swap } }: Cluster): HardwareConfig {
  const { credits } = DEFAULT_HARDWARE;
  return {
    credits: {
      startShare: cpuCredits?.start ?? credits.startShare,
      throttleOverNs: cpuCredits?.throttleOver ?? credits.throttleOverNs,
    },
    network: {
      creditSeconds: network.bucket / 1e9,
      startShare: network.start,
      queueNs: network.queue,
      packetsPerSecond: network.packetsPerSecond ?? null,
      retransmitNs: network.retransmit,
      trackedConnections: network.trackedConnections ?? null,
    },
    swap: { share: swap.size, pageInNs: swap.pageIn },
  };
}

const TIERING_POLICIES: readonly unknown[] = ["volatile-lru", "allkeys-lru", "noeviction"];

export function checkHardware({ hardware, parameters }: Cluster, node: NodeType, report: Report): void {
  const policy = parameters["maxmemory-policy"] ?? "volatile-lru";
  if (node.ssdGiB !== null && !TIERING_POLICIES.includes(policy)) {
    report(
      ["cluster", "parameters", "maxmemory-policy"],
      `${node.type} tiers its data: volatile-lru, allkeys-lru or noeviction, got «${policy}»`,
    );
  }
  const { cpuCredits, network } = hardware;
  const path = ["cluster", "hardware"];
  if (cpuCredits !== undefined && node.cpuCredits === null) {
    report([...path, "cpuCredits"], `has no effect: ${node.type} has no CPU credits; t2, t3 and t4g nodes do`);
  }
  if (cpuCredits?.throttleOver === 0) report([...path, "cpuCredits", "throttleOver"], "must be longer than nothing");
  if (network.packetsPerSecond === 0) {
    report([...path, "network", "packetsPerSecond"], "must be at least 1: nothing would get through");
  }
  if (network.retransmit === 0) report([...path, "network", "retransmit"], "must be longer than nothing");
  if (node.network.burstGbps === null && network.start < 1) {
    report([...path, "network", "start"], `has no effect: the bandwidth of ${node.type} is fixed, without credits`);
  }
}
