// INFO: what the server has done: persistence, statistics, commands, errors, latencies.

import { everyCommand } from "../commands/introspect.ts";
import type { Engine } from "../engine.ts";
import { bit, type Fields } from "./fields.ts";

export function persistenceFields(engine: Engine): Fields {
  const { persistence, isLoading } = engine;
  const { aof, child } = persistence;
  const saving = child === "rdb" || (child === null && engine.childActive);
  const fields: [string, string | number][] = [
    ["loading", bit(isLoading)],
    ["async_loading", bit(persistence.asyncLoading)],
    ["current_cow_peak", 0],
    ["current_cow_size", 0],
    ["current_cow_size_age", 0],
    ["current_fork_perc", "0.00"],
    ["current_save_keys_processed", 0],
    ["current_save_keys_total", 0],
    ["rdb_changes_since_last_save", persistence.changes],
    ["rdb_bgsave_in_progress", bit(saving)],
    ["rdb_last_save_time", Math.floor(persistence.lastSaveMs / 1_000)],
    ["rdb_last_bgsave_status", persistence.lastSaveOk ? "ok" : "err"],
    ["rdb_last_bgsave_time_sec", persistence.lastSaveSeconds],
    ["rdb_current_bgsave_time_sec", persistence.childSeconds("rdb")],
    ["rdb_saves", persistence.saves],
    ["rdb_last_cow_size", 0],
    ["rdb_last_load_keys_expired", persistence.lastLoad.keysExpired],
    ["rdb_last_load_keys_loaded", persistence.lastLoad.keysLoaded],
    ["aof_enabled", bit(aof.enabled)],
    ["aof_rewrite_in_progress", bit(child === "aof")],
    ["aof_rewrite_scheduled", bit(persistence.rewriteScheduled)],
    ["aof_last_rewrite_time_sec", persistence.lastRewriteSeconds],
    ["aof_current_rewrite_time_sec", persistence.childSeconds("aof")],
    ["aof_last_bgrewrite_status", persistence.lastRewriteOk ? "ok" : "err"],
    ["aof_rewrites", persistence.rewrites],
    ["aof_rewrites_consecutive_failures", persistence.rewriteFailures],
    ["aof_last_write_status", persistence.aofWriteError === null ? "ok" : "err"],
    ["aof_last_cow_size", 0],
    ["module_fork_in_progress", 0],
    ["module_fork_last_cow_size", 0],
  ];
  if (aof.enabled) {
    fields.push(
      ["aof_current_size", aof.currentSize],
      ["aof_base_size", aof.baseSize],
      ["aof_pending_rewrite", bit(persistence.rewriteScheduled)],
      ["aof_buffer_length", aof.bufferLength],
      ["aof_pending_bio_fsync", aof.pendingSyncs],
      ["aof_delayed_fsync", aof.delayedSyncs],
    );
  }
  return isLoading ? [...fields, ...loadingFields(engine)] : fields;
}

function loadingFields({ persistence, nowMs }: Engine): Fields {
  const { loading } = persistence;
  if (loading === null) return [];
  const { startedMs, totalBytes, loadedBytes } = loading;
  const elapsed = Math.floor((nowMs - startedMs) / 1_000);
  const left = Math.max(0, totalBytes - loadedBytes);
  return [
    ["loading_start_time", Math.floor(startedMs / 1_000)],
    ["loading_total_bytes", totalBytes],
    ["loading_rdb_used_mem", 0],
    ["loading_loaded_bytes", loadedBytes],
    ["loading_loaded_perc", totalBytes === 0 ? "0.00" : ((loadedBytes / totalBytes) * 100).toFixed(2)],
    ["loading_eta_seconds", elapsed === 0 ? 1 : Math.floor((elapsed * left) / (loadedBytes + 1))],
  ];
}

export function statsFields(engine: Engine): Fields {
  const { stats, expiry, rates, pubsub, tracking, acl } = engine;
  const kilobytes = (name: Parameters<typeof rates.perSecond>[0]) => (rates.perSecond(name) / 1_024).toFixed(2);
  const { denied } = acl;
  return [
    ["total_connections_received", stats.connectionsReceived],
    ["total_commands_processed", stats.commandsProcessed],
    ["instantaneous_ops_per_sec", Math.floor(rates.perSecond("commandsProcessed"))],
    ["total_net_input_bytes", stats.netInputBytes + stats.netReplicationInputBytes],
    ["total_net_output_bytes", stats.netOutputBytes + stats.netReplicationOutputBytes],
    ["total_net_repl_input_bytes", stats.netReplicationInputBytes],
    ["total_net_repl_output_bytes", stats.netReplicationOutputBytes],
    ["instantaneous_input_kbps", kilobytes("netInputBytes")],
    ["instantaneous_output_kbps", kilobytes("netOutputBytes")],
    ["instantaneous_input_repl_kbps", kilobytes("netReplicationInputBytes")],
    ["instantaneous_output_repl_kbps", kilobytes("netReplicationOutputBytes")],
    ["rejected_connections", stats.rejectedConnections],
    ["sync_full", stats.fullSyncs],
    ["sync_partial_ok", stats.partialSyncsOk],
    ["sync_partial_err", stats.partialSyncsRefused],
    ["expired_keys", stats.expiredKeys],
    ["expired_stale_perc", (expiry.stalePercent * 100).toFixed(2)],
    ["expired_time_cap_reached_count", expiry.timeCapReached],
    ["expire_cycle_cpu_milliseconds", 0],
    ["evicted_keys", stats.evictedKeys],
    ["evicted_clients", stats.evictedClients],
    ["evicted_scripts", engine.scriptUsage().evicted],
    ["total_eviction_exceeded_time", 0],
    ["current_eviction_exceeded_time", 0],
    ["keyspace_hits", stats.keyspaceHits],
    ["keyspace_misses", stats.keyspaceMisses],
    ["pubsub_channels", pubsub.channels.size],
    ["pubsub_patterns", pubsub.patterns.size],
    ["pubsubshard_channels", pubsub.shardChannels.size],
    ["latest_fork_usec", stats.lastForkUs],
    ["total_forks", stats.forks],
    ["migrate_cached_sockets", 0],
    ["slave_expires_tracked_keys", 0],
    ["active_defrag_hits", 0],
    ["active_defrag_misses", 0],
    ["active_defrag_key_hits", 0],
    ["active_defrag_key_misses", 0],
    ["total_active_defrag_time", 0],
    ["current_active_defrag_time", 0],
    ["tracking_total_keys", tracking.keys],
    ["tracking_total_items", tracking.items],
    ["tracking_total_prefixes", tracking.prefixCount],
    ["unexpected_error_replies", 0],
    ["total_error_replies", stats.errorReplies],
    ["dump_payload_sanitizations", stats.dumpPayloadSanitizations],
    ["total_reads_processed", stats.readsProcessed],
    ["total_writes_processed", stats.writesProcessed],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["io_threaded_freed_objects", 0],
    ["io_threaded_poll_processed", 0],
    ["io_threaded_total_prefetch_batches", 0],
    ["io_threaded_total_prefetch_entries", 0],
    ["client_query_buffer_limit_disconnections", stats.queryBufferDisconnections],
    ["client_output_buffer_limit_disconnections", stats.outputBufferDisconnections],
    ["reply_buffer_shrinks", stats.replyBufferShrinks],
    ["reply_buffer_expands", stats.replyBufferExpands],
    ["eventloop_cycles", stats.eventLoopCycles],
    ["eventloop_duration_sum", Math.floor(stats.eventLoopUs)],
    ["eventloop_duration_cmd_sum", Math.floor(stats.eventLoopCommandUs)],
    ["instantaneous_eventloop_cycles_per_sec", Math.floor(rates.perSecond("eventLoopCycles"))],
    ["instantaneous_eventloop_duration_usec", Math.floor(meanCycle(engine))],
    ["acl_access_denied_auth", denied.auth],
    ["acl_access_denied_cmd", denied.command],
    ["acl_access_denied_key", denied.key],
    ["acl_access_denied_channel", denied.channel],
  ];
}

function meanCycle({ rates }: Engine): number {
  const cycles = rates.perSecond("eventLoopCycles");
  return cycles === 0 ? 0 : rates.perSecond("eventLoopUs") / cycles;
}

export function commandFields(engine: Engine): Fields {
  const rows: [string, string][] = [];
  for (const { id, fullName } of everyCommand(engine.commands)) {
    const { counters } = engine;
    const [calls, rejected, failed] = [counters.calls[id], counters.rejected[id], counters.failed[id]];
    if (calls === 0 && rejected === 0 && failed === 0) continue;
    const us = Math.floor(counters.usec[id]);
    const perCall = calls === 0 ? "0.00" : (us / calls).toFixed(2);
    rows.push([
      `cmdstat_${fullName}`,
      `calls=${calls},usec=${us},usec_per_call=${perCall},rejected_calls=${rejected},failed_calls=${failed}`,
    ]);
  }
  return rows;
}

export function errorFields({ counters: { errors } }: Engine): Fields {
  return [...errors]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, count]) => [`errorstat_${code.replace(/[:#\r\n]/gu, "_")}`, `count=${count}`]);
}

export function latencyFields(engine: Engine): Fields {
  const { latency, settings, parameters } = engine;
  if (!settings.latencyTracking) return [];
  const percents = parameters.text("latency-tracking-info-percentiles").split(" ").filter(Boolean);
  const rows: [string, string][] = [];
  for (const { id, fullName } of everyCommand(engine.commands)) {
    if (!latency.has(id)) continue;
    const values = latency.percentiles(id, percents.map(Number));
    const shown = values.map((us, i) => `p${percents[i]}=${us.toFixed(3)}`);
    rows.push([`latency_percentiles_usec_${fullName}`, shown.join(",")]);
  }
  return rows;
}

export function debugFields({ stats }: Engine): Fields {
  return [
    ["eventloop_duration_aof_sum", 0],
    ["eventloop_duration_cron_sum", Math.floor(stats.eventLoopCronUs)],
    ["eventloop_duration_max", Math.floor(stats.eventLoopMaxUs)],
    ["eventloop_cmd_per_cycle_max", stats.commandsPerCycleMax],
  ];
}
