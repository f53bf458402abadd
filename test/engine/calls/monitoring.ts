// Random calls on the slow log and the latency monitor. What they hold depends on how fast the servers are: only the kinds of
// the replies are compared.

import fc from "fast-check";
import { call, type Weighted } from "./parts.ts";

export const monitoringCalls: readonly Weighted[] = [
  [1, call("SLOWLOG", "GET", fc.constantFrom("0", "-2", "x"))],
  [1, call("SLOWLOG", fc.constantFrom("LEN", "RESET", "junk"))],
  [1, call("LATENCY", fc.constantFrom("LATEST", "RESET", "DOCTOR", "HISTOGRAM", "junk"))],
  [
    1,
    call("LATENCY", fc.constantFrom("HISTORY", "GRAPH", "RESET", "HISTOGRAM"), fc.constantFrom("none", "nosuch|get")),
  ],
];
