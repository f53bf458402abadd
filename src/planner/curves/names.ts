// What the command line needs to know of the layers below to take a curve's settings.

export { POLICY_NAMES } from "../../engine/eviction/policies.ts";
export { engineProfile, PROFILE_NAMES } from "../../engine/profile.ts";
export { TRACE_FORMATS, traceFormat } from "../../workload/traces/index.ts";
export { TraceKeys } from "../../workload/traces/trace.ts";
