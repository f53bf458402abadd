// What INFO says under Replication, and the reply of ROLE.

import type { Engine } from "../engine.ts";
import { bit, type Fields } from "../info/fields.ts";
import { generation } from "../parameters/spec.ts";
import type { Reply } from "../reply.ts";

export function replicationFields(engine: Engine): Fields {
  const { replication, settings } = engine;
  const { backlog, failover } = replication;
  const since8 = generation(engine.profile) >= 8;
  return [
    ["role", engine.role === "primary" ? "master" : "slave"],
    ...upstreamFields(engine),
    ["connected_slaves", replication.replicas.size],
    ...(settings.minReplicasToWrite > 0 ? [["min_slaves_good_slaves", engine.goodReplicas] as const] : []),
    ...replicaFields(engine, since8),
    ...(since8 ? [["replicas_waiting_psync", 0] as const] : []),
    ["master_failover_state", failover.state],
    ["master_replid", replication.id],
    ["master_replid2", replication.id2],
    ["master_repl_offset", replication.offset],
    ["second_repl_offset", replication.secondOffset],
    ["repl_backlog_active", bit(backlog !== null)],
    ["repl_backlog_size", replication.backlogSize],
    ["repl_backlog_first_byte_offset", backlog?.firstOffset ?? 0],
    ["repl_backlog_histlen", backlog?.length ?? 0],
  ];
}

function secondsSince(engine: Engine, ms: number): number {
  return Math.floor(engine.nowMs / 1_000) - Math.floor(ms / 1_000);
}

function upstreamFields(engine: Engine): Fields {
  const { parameters, replication, role, linkUp } = engine;
  const { upstream } = replication;
  const { primary, state, transfer } = upstream;
  if (role === "primary") return [];
  // The simulated world knows no more than this of a replica.
  if (primary === null) return [["master_link_status", linkUp ? "up" : "down"]];
  const fields: [string, string | number][] = [
    ["master_host", primary.host],
    ["master_port", primary.port],
    ["master_link_status", upstream.isConnected ? "up" : "down"],
    ["master_last_io_seconds_ago", upstream.isConnected ? secondsSince(engine, upstream.lastIoMs) : -1],
    ["master_sync_in_progress", bit(state === "sync")],
    ["slave_read_repl_offset", upstream.isConnected ? upstream.readOffset : replication.offset],
    ["slave_repl_offset", replication.offset],
  ];
  if (generation(engine.profile) >= 8) fields.push(["replicas_repl_buffer_size", 0], ["replicas_repl_buffer_peak", 0]);
  if (state === "sync") {
    fields.push(
      ["master_sync_total_bytes", transfer.size],
      ["master_sync_read_bytes", transfer.bytes],
      ["master_sync_left_bytes", transfer.size - transfer.bytes],
      ["master_sync_perc", (transfer.size === 0 ? 0 : (transfer.bytes / transfer.size) * 100).toFixed(2)],
      ["master_sync_last_io_seconds_ago", secondsSince(engine, upstream.lastIoMs)],
    );
  }
  if (!upstream.isConnected) {
    const { downSinceMs } = upstream;
    fields.push(["master_link_down_since_seconds", downSinceMs === null ? -1 : secondsSince(engine, downSinceMs)]);
  }
  fields.push(
    ["slave_priority", parameters.number("replica-priority")],
    ["slave_read_only", bit(parameters.flag("replica-read-only"))],
    ["replica_announced", bit(parameters.flag("replica-announced"))],
  );
  return fields;
}

function replicaFields(engine: Engine, since8: boolean): Fields {
  const listed = [...engine.replication.replicas].filter(({ state }) => state !== "");
  return listed.map((replica, i) => {
    const lag = replica.phase === "online" ? secondsSince(engine, replica.ackMs) : 0;
    const type = since8 ? ",type=replica" : "";
    return [
      `slave${i}`,
      `ip=${replica.address},port=${replica.port},state=${replica.state},offset=${replica.ackOffset},lag=${lag}${type}`,
    ];
  });
}

export function roleReply(engine: Engine): Reply {
  const { replication, role, linkUp } = engine;
  const { upstream, offset } = replication;
  if (role === "primary") {
    const online = [...replication.replicas].filter(({ phase }) => phase === "online");
    return ["master", offset, online.map(({ address, port, ackOffset }) => [address, String(port), String(ackOffset)])];
  }
  const { primary } = upstream;
  if (primary === null) return ["slave", "", 0, linkUp ? "connected" : "connect", offset];
  return ["slave", primary.host, primary.port, upstream.state, upstream.isConnected ? offset : -1];
}
