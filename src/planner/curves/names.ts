// What the command line needs to know of the layers below to take a curve's settings.

import { POLICY_NAMES as ENGINE_POLICIES } from "../../engine/eviction/policies.ts";
import { MEMCACHED_POLICIES } from "./memcached-simulation.ts";

export { engineProfile, PROFILE_NAMES } from "../../engine/profile.ts";
export { TRACE_FORMATS, traceFormat } from "../../workload/traces/index.ts";
export { TraceKeys } from "../../workload/traces/trace.ts";
export { isMemcachedPolicy } from "./memcached-simulation.ts";

/** Policies of the engine, and Memcached's two ways to evict. */
export const POLICY_NAMES: readonly string[] = [...ENGINE_POLICIES, ...MEMCACHED_POLICIES];
