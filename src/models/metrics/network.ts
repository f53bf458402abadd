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
    "packets that waited for the inbound allowance",
    node => node.networkIn.exceeded,
  ),
  counted(
    "NetworkBandwidthOutAllowanceExceeded",
    "Count",
    "packets that waited for the outbound allowance",
    node => node.networkOut.exceeded,
  ),
];
