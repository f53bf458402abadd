// The CloudWatch metrics of one node, by AWS's names, units and definitions (aws-facts.md, section 7), read once a
// period.

import { readCommandCounters } from "./command-counters.ts";
import type { Node } from "./node.ts";
import type { Recorder } from "./recorder.ts";
import type { ReplicationLink } from "./replication.ts";

interface Before {
  busyNs: number;
  ioBusyNs: number;
  backgroundNs: number;
  hits: number;
  misses: number;
  evicted: number;
  expired: number;
  newConnections: number;
  bytesIn: number;
  bytesOut: number;
  messagesIn: number;
  messagesOut: number;
  exceededIn: number;
  exceededOut: number;
  replicated: number;
  gets: number;
  sets: number;
}

export class NodeMetrics {
  private before: Before;

  constructor(private readonly node: Node) {
    this.before = this.read();
  }

  private read(): Before {
    const { node } = this;
    const { stats } = node.engine;
    const { gets, sets } = readCommandCounters(node.engine);
    return {
      busyNs: node.workedNs,
      ioBusyNs: node.ioBusyNs,
      backgroundNs: node.backgroundBusyNs,
      hits: stats.keyspaceHits,
      misses: stats.keyspaceMisses,
      evicted: stats.evictedKeys,
      expired: stats.expiredKeys,
      newConnections: node.newConnections,
      bytesIn: node.networkIn.bytes,
      bytesOut: node.networkOut.bytes,
      messagesIn: node.networkIn.messages,
      messagesOut: node.networkOut.messages,
      exceededIn: node.networkIn.exceeded,
      exceededOut: node.networkOut.exceeded,
      replicated: node.stream?.offset ?? 0,
      gets,
      sets,
    };
  }

  /** Writes the period's values. */
  gather(recorder: Recorder, periodNs: number, link: ReplicationLink | undefined, nowNs: number): void {
    const { node, before } = this;
    const { engine, name } = node;
    const now = this.read();
    const set = (metric: string, unit: string, value: number | null) => recorder.set(metric, unit, name, value);
    const percent = (ns: number, cores: number) => Math.min(100, (100 * ns) / (periodNs * cores));
    const engineNs = now.busyNs - before.busyNs;
    const hostNs = engineNs + (now.ioBusyNs - before.ioBusyNs) + (now.backgroundNs - before.backgroundNs);
    set("EngineCPUUtilization", "Percent", percent(engineNs, 1));
    set("CPUUtilization", "Percent", percent(hostNs, node.cpu.vcpu));
    const { maxmemory } = engine.settings;
    set("BytesUsedForCache", "Bytes", engine.usedMemory);
    set("DatabaseMemoryUsagePercentage", "Percent", maxmemory === 0 ? null : (100 * engine.usedMemory) / maxmemory);
    set(
      "CurrItems",
      "Count",
      engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0),
    );
    set(
      "CurrVolatileItems",
      "Count",
      engine.databases.reduce((sum, one) => sum + (one?.expires.size ?? 0), 0),
    );
    const hits = now.hits - before.hits;
    const misses = now.misses - before.misses;
    set("CacheHits", "Count", hits);
    set("CacheMisses", "Count", misses);
    set("CacheHitRate", "Percent", hits + misses === 0 ? null : (100 * hits) / (hits + misses));
    set("Evictions", "Count", now.evicted - before.evicted);
    set("Reclaimed", "Count", now.expired - before.expired);
    set("GetTypeCmds", "Count", now.gets - before.gets);
    set("SetTypeCmds", "Count", now.sets - before.sets);
    set("CurrConnections", "Count", node.connections);
    set("NewConnections", "Count", now.newConnections - before.newConnections);
    set("NetworkBytesIn", "Bytes", now.bytesIn - before.bytesIn);
    set("NetworkBytesOut", "Bytes", now.bytesOut - before.bytesOut);
    set("NetworkPacketsIn", "Count", now.messagesIn - before.messagesIn);
    set("NetworkPacketsOut", "Count", now.messagesOut - before.messagesOut);
    set("NetworkBandwidthInAllowanceExceeded", "Count", now.exceededIn - before.exceededIn);
    set("NetworkBandwidthOutAllowanceExceeded", "Count", now.exceededOut - before.exceededOut);
    const memory = node.memory();
    set("FreeableMemory", "Bytes", memory.freeBytes);
    set("SwapUsage", "Bytes", memory.swapBytes);
    set("MemoryFragmentationRatio", "None", memory.fragmentationRatio);
    set("CopyOnWriteBytes", "Bytes", node.save === null ? 0 : node.save.bytes(node.saveProgress()));
    set("SaveInProgress", "None", node.save === null ? 0 : 1);
    set("IsMaster", "None", engine.role === "primary" ? 1 : 0);
    set("ReplicationBytes", "Bytes", node.stream === null ? null : Math.max(0, now.replicated - before.replicated));
    set("ReplicationLag", "Seconds", engine.role === "primary" || link === undefined ? null : link.lagNs(nowNs) / 1e9);
    this.before = now;
  }
}
