// The table of CloudWatch metrics that every node reports. A new one is a line in its family; a new family is one file and
// one line here. Documentation, alarms and the series of a result follow from it.

import { ACCESS_METRICS } from "./access.ts";
import { COMMAND_METRICS } from "./commands.ts";
import { CONNECTION_METRICS } from "./connections.ts";
import { CPU_METRICS } from "./cpu.ts";
import { KEYSPACE_METRICS } from "./keyspace.ts";
import { LATENCY_METRICS } from "./latency.ts";
import { MEMCACHED_METRICS } from "./memcached.ts";
import { MEMORY_METRICS } from "./memory.ts";
import type { NodeMetric } from "./metric.ts";
import { NETWORK_METRICS } from "./network.ts";
import { REPLICATION_METRICS } from "./replication.ts";
import { TIERING_METRICS } from "./tiering.ts";

export const NODE_METRICS: readonly NodeMetric[] = [
  ...CPU_METRICS,
  ...MEMORY_METRICS,
  ...KEYSPACE_METRICS,
  ...CONNECTION_METRICS,
  ...ACCESS_METRICS,
  ...COMMAND_METRICS,
  ...LATENCY_METRICS,
  ...NETWORK_METRICS,
  ...REPLICATION_METRICS,
  ...TIERING_METRICS,
  ...MEMCACHED_METRICS,
];
