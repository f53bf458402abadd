// The text of INFO. Field names are the server's; a field appears only if something here keeps it.

import type { Engine } from "./engine.ts";

type Fields = readonly (readonly [name: string, value: string | number])[];

function human(bytes: number): string {
  if (bytes < 1_024) return `${bytes}B`;
  for (const [unit, size] of [
    ["K", 1_024],
    ["M", 1_048_576],
    ["G", 1_073_741_824],
  ] as const) {
    if (bytes < size * 1_024) return `${(bytes / size).toFixed(2)}${unit}`;
  }
  return `${(bytes / 1_099_511_627_776).toFixed(2)}T`;
}

const SECTIONS: Readonly<Record<string, (engine: Engine) => Fields>> = {
  Server: ({ profile, parameters, nowMs }) => [
    ["redis_version", profile.redisVersion],
    ...(profile.product === "valkey"
      ? ([
          ["server_name", "valkey"],
          ["valkey_version", profile.version],
        ] as const)
      : []),
    [
      profile.product === "valkey" ? "server_mode" : "redis_mode",
      parameters.flag("cluster-enabled") ? "cluster" : "standalone",
    ],
    ["arch_bits", 64],
    ["server_time_usec", nowMs * 1_000],
    ["hz", parameters.text("hz")],
    ["lru_clock", Math.floor(nowMs / 1_000) & 0xffffff],
  ],
  Clients: ({ parameters }) => [
    ["cluster_connections", 0],
    ["maxclients", parameters.text("maxclients")],
  ],
  Memory: engine => {
    const used = engine.usedMemory;
    const { maxmemory, policy } = engine.settings;
    return [
      ["used_memory", used],
      ["used_memory_human", human(used)],
      ["used_memory_startup", engine.baseBytes],
      ["used_memory_dataset", engine.dataBytes],
      ["used_memory_overhead", used - engine.dataBytes],
      ["maxmemory", maxmemory],
      ["maxmemory_human", human(maxmemory)],
      ["maxmemory_policy", policy.name],
      ["mem_clients_normal", engine.outside.clients],
      ["mem_not_counted_for_evict", engine.outside.replicationExcess],
      ["mem_total_replication_buffers", engine.outside.replication],
    ];
  },
  Persistence: ({ isLoading, childActive }) => [
    ["loading", isLoading ? 1 : 0],
    ["rdb_bgsave_in_progress", childActive ? 1 : 0],
  ],
  Stats: ({ stats, expiry }) => [
    ["total_connections_received", stats.connectionsReceived],
    ["total_commands_processed", stats.commandsProcessed],
    ["rejected_connections", stats.rejectedConnections],
    ["sync_full", stats.fullSyncs],
    ["sync_partial_ok", stats.partialSyncsOk],
    ["sync_partial_err", stats.partialSyncsRefused],
    ["expired_keys", stats.expiredKeys],
    ["expired_stale_perc", (expiry.stalePercent * 100).toFixed(2)],
    ["expired_time_cap_reached_count", expiry.timeCapReached],
    ["evicted_keys", stats.evictedKeys],
    ["keyspace_hits", stats.keyspaceHits],
    ["keyspace_misses", stats.keyspaceMisses],
    ["total_error_replies", stats.errorReplies],
  ],
  Replication: ({ role, linkUp, settings, goodReplicas }) => [
    ["role", role === "primary" ? "master" : "slave"],
    ...(role === "replica" ? ([["master_link_status", linkUp ? "up" : "down"]] as const) : []),
    ...(settings.minReplicasToWrite > 0 ? ([["min_slaves_good_slaves", goodReplicas]] as const) : []),
    ["repl_backlog_size", settings.replBacklogSize],
  ],
  Commandstats: engine => {
    const rows: [string, string][] = [];
    for (const command of engine.commands.values()) {
      for (const one of [command, ...(command.children?.values() ?? [])]) {
        const calls = engine.calls[one.id];
        if (calls === 0 && engine.rejected[one.id] === 0) continue;
        rows.push([
          `cmdstat_${one.fullName}`,
          `calls=${calls},rejected_calls=${engine.rejected[one.id]},failed_calls=${engine.failed[one.id]}`,
        ]);
      }
    }
    return rows;
  },
  Cluster: ({ parameters }) => [["cluster_enabled", parameters.flag("cluster-enabled") ? 1 : 0]],
  Keyspace: ({ databases }) =>
    databases.flatMap((database, index) =>
      database === undefined || database.size === 0
        ? []
        : [
            [
              `db${index}`,
              `keys=${database.size},expires=${database.expires.size},avg_ttl=${Math.round(database.averageTtlMs)}`,
            ] as const,
          ],
    ),
};

const LEFT_OUT_BY_DEFAULT = new Set(["Commandstats"]);

/** The text for the sections asked for; none means the default ones, "all" and "everything" every one. */
export function infoText(engine: Engine, wanted: readonly string[]): string {
  const lower = wanted.map(name => name.toLowerCase());
  const every = lower.includes("all") || lower.includes("everything");
  const standard = lower.length === 0 || lower.includes("default");
  const parts: string[] = [];
  for (const [title, fields] of Object.entries(SECTIONS)) {
    const chosen = every || lower.includes(title.toLowerCase()) || (standard && !LEFT_OUT_BY_DEFAULT.has(title));
    if (!chosen) continue;
    const lines = fields(engine).map(([name, value]) => `${name}:${value}\r\n`);
    parts.push(`# ${title}\r\n${lines.join("")}`);
  }
  return parts.join("\r\n");
}
