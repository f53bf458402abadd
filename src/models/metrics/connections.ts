// Connections of clients, without replicas (METRICS). ElastiCache's own 4 to 6 are not counted here.

import { counted, type NodeMetric, standing } from "./metric.ts";

export const CONNECTION_METRICS: readonly NodeMetric[] = [
  standing("CurrConnections", "Count", "client connections", ({ node }) => node.connections),
  counted("NewConnections", "Count", "connections accepted in the period", node => node.newConnections),
  counted(
    "RefusedConnections",
    "Count",
    "connections refused over maxclients (rejected_connections of INFO; not a CloudWatch metric)",
    node => node.listener.refused,
  ),
];
