// The engine that a node runs, and the threads that it runs on.

import type { NodeType } from "../catalog/nodes.ts";
import { Engine } from "../engine/engine.ts";
import { MemcachedEngine } from "../engine/memcached/engine.ts";
import type { Random } from "../sim/random.ts";
import type { ClusterConfig } from "./config.ts";
import { EngineThread } from "./hardware/engine-thread.ts";
import { WorkerThreads } from "./hardware/worker-threads.ts";

export function engineOf(
  config: ClusterConfig,
  type: NodeType,
  random: Random,
  nowMs: number,
): { readonly engine: Engine; readonly thread: EngineThread } {
  const { profile, quantum, parameters, memcached } = config;
  const options = { profile, random, quantum, parameters, nowMs };
  if (memcached === undefined) return { engine: new Engine(options), thread: new EngineThread() };
  const { settings } = memcached;
  return {
    engine: new MemcachedEngine({ ...options, memcached: settings }),
    thread: new WorkerThreads(Math.min(settings.threads, type.vcpu)),
  };
}
