// INFO: the server as a process, its clients, its memory, its processor time.

import type { Engine } from "../engine.ts";
import { type Fields, human, sized } from "./fields.ts";
import { memoryOverview } from "./memory-overview.ts";

const MICROSECONDS = 1_000;

export function serverFields(engine: Engine): Fields {
  const { profile, parameters, nowMs, host, identity } = engine;
  const facts = host?.facts();
  const uptime = Math.floor((nowMs - engine.startedMs) / 1_000);
  const isRedis = profile.product === "redis";
  const mode = isRedis || parameters.flag("extended-redis-compatibility") ? "redis_mode" : "server_mode";
  const fields: [string, string | number][] = [["redis_version", profile.redisVersion]];
  if (!isRedis) fields.push(["server_name", "valkey"], ["valkey_version", profile.version]);
  fields.push(
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_build_id", "0"],
    [mode, parameters.flag("cluster-enabled") ? "cluster" : "standalone"],
    ["os", facts?.os ?? "Linux x86_64"],
    ["arch_bits", 64],
    ["monotonic_clock", "POSIX clock_gettime"],
    ["multiplexing_api", "epoll"],
    ["gcc_version", "0.0.0"],
    ["process_id", facts?.pid ?? 1],
    ["process_supervised", "no"],
    ["run_id", identity.runId],
    ["tcp_port", parameters.text("port")],
    ["server_time_usec", Math.floor(nowMs * MICROSECONDS)],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / 86_400)],
    ["hz", parameters.text("hz")],
    ["configured_hz", parameters.text("hz")],
    ["lru_clock", Math.floor(nowMs / 1_000) & 0xffffff],
    ["executable", facts?.executable ?? ""],
    ["config_file", host?.configFile ?? ""],
    ["io_threads_active", 0],
  );
  if (!isRedis) fields.push(["availability_zone", parameters.text("availability-zone")]);
  fields.push(["listener0", listener(engine)]);
  return fields;
}

function listener({ parameters }: Engine): string {
  const addresses = parameters.text("bind").split(" ").filter(Boolean);
  return `name=tcp,${addresses.map(address => `bind=${address},`).join("")}port=${parameters.text("port")}`;
}

export function clientFields(engine: Engine): Fields {
  const clients = [...engine.sessions.values()].filter(session => session.deliver !== null);
  const watched = new Set(clients.flatMap(session => [...(session.watched?.keys() ?? [])]));
  const largest = (size: (session: (typeof clients)[number]) => number) => Math.max(0, ...clients.map(size));
  return [
    ["connected_clients", clients.filter(session => !session.isReplica).length],
    ["cluster_connections", 0],
    ["maxclients", engine.parameters.text("maxclients")],
    ["client_recent_max_input_buffer", largest(session => (session.buffers?.queryBytes ?? 0) + session.argumentBytes)],
    ["client_recent_max_output_buffer", largest(session => session.outputBytes)],
    ["blocked_clients", engine.blocking.count],
    ["tracking_clients", engine.tracking.clients],
    ["pubsub_clients", clients.filter(session => session.subscribed).length],
    ["watching_clients", clients.filter(session => (session.watched?.size ?? 0) > 0).length],
    [
      "clients_in_timeout_table",
      clients.filter(({ blocked }) => blocked !== null && Number.isFinite(blocked.deadlineMs)).length,
    ],
    ["total_watched_keys", watched.size],
    ["total_blocking_keys", engine.blocking.keys],
    ["total_blocking_keys_on_nokey", engine.blocking.keysOnNoKey],
  ];
}

export function memoryFields(engine: Engine): Fields {
  const memory = memoryOverview(engine);
  const { used, peak, processResident: rss, allocated, active, resident } = memory;
  const { maxmemory, policy } = engine.settings;
  const scripts = engine.scriptUsage();
  const total = engine.host?.facts().totalMemory ?? 0;
  return [
    ...sized("used_memory", used),
    ...sized("used_memory_rss", rss),
    ...sized("used_memory_peak", peak),
    ["used_memory_peak_perc", `${((used * 100) / peak).toFixed(2)}%`],
    ["used_memory_overhead", memory.overhead],
    ["used_memory_startup", memory.startup],
    ["used_memory_dataset", memory.dataset],
    ["used_memory_dataset_perc", `${memory.datasetPercent.toFixed(2)}%`],
    ["allocator_allocated", allocated],
    ["allocator_active", active],
    ["allocator_resident", resident],
    ["allocator_muzzy", 0],
    ...sized("total_system_memory", total),
    ["used_memory_lua", scripts.evalVmBytes],
    ["used_memory_vm_eval", scripts.evalVmBytes],
    ["used_memory_lua_human", human(scripts.evalVmBytes)],
    ["used_memory_scripts_eval", scripts.cachedBytes],
    ["number_of_cached_scripts", scripts.cached],
    ["number_of_functions", scripts.functions],
    ["number_of_libraries", scripts.libraries],
    ["used_memory_vm_functions", scripts.functionVmBytes],
    ...sized("used_memory_vm_total", scripts.evalVmBytes + scripts.functionVmBytes),
    ["used_memory_functions", memory.functions + scripts.functionBytes],
    ...sized("used_memory_scripts", memory.functions + scripts.functionBytes + scripts.cachedBytes),
    ...sized("maxmemory", maxmemory),
    ["maxmemory_policy", policy.name],
    ["allocator_frag_ratio", (active / allocated).toFixed(2)],
    ["allocator_frag_bytes", active - allocated],
    ["allocator_rss_ratio", (resident / active).toFixed(2)],
    ["allocator_rss_bytes", resident - active],
    ["rss_overhead_ratio", (rss / resident).toFixed(2)],
    ["rss_overhead_bytes", rss - resident],
    ["mem_fragmentation_ratio", (rss / used).toFixed(2)],
    ["mem_fragmentation_bytes", rss - used],
    ["mem_not_counted_for_evict", engine.outside.replicationExcess + memory.aofBuffer],
    ["mem_replication_backlog", memory.backlog],
    ["mem_total_replication_buffers", engine.outside.replication],
    ["mem_clients_slaves", memory.replicaClients],
    ["mem_clients_normal", memory.clients],
    ["mem_cluster_links", engine.clusterState?.linkBytes ?? 0],
    ["mem_aof_buffer", memory.aofBuffer],
    ["mem_allocator", "jemalloc-5.3.0"],
    ["mem_overhead_db_hashtable_rehashing", memory.rehashing],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", 0],
    ["lazyfreed_objects", engine.stats.lazyFreedObjects],
  ];
}

export function cpuFields({ host }: Engine): Fields {
  const facts = host?.facts();
  const [system, user] = [(facts?.systemSeconds ?? 0).toFixed(6), (facts?.userSeconds ?? 0).toFixed(6)];
  return [
    ["used_cpu_sys", system],
    ["used_cpu_user", user],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
    ["used_cpu_sys_main_thread", system],
    ["used_cpu_user_main_thread", user],
  ];
}
