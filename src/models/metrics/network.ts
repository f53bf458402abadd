// The host's interfaces (HOST). An allowance that is exceeded queues packets, and in the end drops them.

import { counted, type NodeMetric } from "./metric.ts";

export const NETWORK_METRICS: readonly NodeMetric[] = [
  counted("NetworkBytesIn", "Bytes", "bytes received", node => node.networkIn.bytes),
  counted("NetworkBytesOut", "Bytes", "bytes sent", node => node.networkOut.bytes),
  counted("NetworkPacketsIn", "Count", "packets received", node => node.networkIn.messages),
  counted("NetworkPacketsOut", "Count", "packets sent", node => node.networkOut.messages),
  counted(
    "NetworkBandwidthInAllowanceExceeded",
    "Count",
    "packets queued or dropped over the inbound bandwidth",
    node => node.networkIn.exceeded,
  ),
  counted(
    "NetworkBandwidthOutAllowanceExceeded",
    "Count",
    "packets queued or dropped over the outbound bandwidth",
    node => node.networkOut.exceeded,
  ),
  counted(
    "NetworkPacketsPerSecondAllowanceExceeded",
    "Count",
    "packets queued or dropped over the packet rate, both ways",
    node => node.networkIn.packetsExceeded + node.networkOut.packetsExceeded,
  ),
  counted(
    "NetworkConntrackAllowanceExceeded",
    "Count",
    "packets dropped because connection tracking was full",
    node => node.tracking.exceeded,
  ),
  counted(
    "NetworkMessagesDropped",
    "Count",
    "requests and replies that the interface dropped and TCP sent again; not a CloudWatch metric",
    node => node.networkIn.dropped + node.networkOut.dropped,
  ),
];

/** What CloudWatch counts beyond an allowance of the instance, each metric for one allowance. */
export const ALLOWANCE_METRICS = NETWORK_METRICS.map(one => one.name).filter(name =>
  name.endsWith("AllowanceExceeded"),
);
