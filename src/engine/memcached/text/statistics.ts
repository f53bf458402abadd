// stats and its kinds. The general ones are those of the server, in its order; what only a process knows comes from its owner.

import type { MemcachedStore } from "../store.ts";
import { ANY, type TextCommand } from "./command.ts";
import type { TextServer, TextSession } from "./session.ts";
import { itemRows, slabRows } from "./statistics-classes.ts";
import { settingRows } from "./statistics-settings.ts";

export type StatRow = readonly [name: string, value: string | number];

function generalRows(server: TextServer): StatRow[] {
  const { store, facts } = server;
  const { stats, settings } = store;
  const { lists, slabs } = stats;
  const hits = lists.total("hits");
  const rows: StatRow[] = [
    ["pid", facts.pid],
    ["uptime", store.uptime],
    ["time", store.now + store.startedSeconds],
    ["version", facts.version],
    ["pointer_size", 64],
    ["max_connections", settings.maxConnections],
    ["curr_connections", facts.connections()],
    ["total_connections", stats.totalConnections],
    ["rejected_connections", stats.rejectedConnections],
    ["cmd_get", stats.getCommands],
    ["cmd_set", slabs.total("cmd_set")],
    ["cmd_flush", stats.flushCommands],
    ["cmd_touch", stats.touchCommands],
    ["cmd_meta", stats.metaCommands],
    ["get_hits", hits],
    ["get_misses", stats.getMisses],
    ["get_expired", stats.getExpired],
    ["get_flushed", stats.getFlushed],
    ["delete_misses", stats.deleteMisses],
    ["delete_hits", slabs.total("delete_hits")],
    ["incr_misses", stats.incrMisses],
    ["incr_hits", slabs.total("incr_hits")],
    ["decr_misses", stats.decrMisses],
    ["decr_hits", slabs.total("decr_hits")],
    ["cas_misses", stats.casMisses],
    ["cas_hits", slabs.total("cas_hits")],
    ["cas_badval", slabs.total("cas_badval")],
    ["touch_hits", slabs.total("touch_hits")],
    ["touch_misses", stats.touchMisses],
    ["store_too_large", stats.storeTooLarge],
    ["store_no_memory", stats.storeNoMemory],
    ["bytes_read", stats.bytesRead],
    ["bytes_written", stats.bytesWritten],
    ["limit_maxbytes", settings.maxBytes],
    ["accepting_conns", 1],
    ["threads", settings.threads],
    ["hash_power_level", store.hashPower],
    ["hash_bytes", store.hashBytes],
    ["hash_is_expanding", 0],
  ];
  if (settings.slabReassign) {
    rows.push(
      ["slab_reassign_rescues", stats.rescues],
      ["slab_reassign_chunk_rescues", stats.chunkRescues],
      ["slab_reassign_evictions_nomem", stats.evictionsNoMemory],
      ["slab_reassign_running", 0],
      ["slabs_moved", stats.slabsMoved],
    );
  }
  if (settings.lruCrawler) rows.push(["lru_crawler_running", 0], ["lru_crawler_starts", stats.crawlerStarts]);
  if (settings.lruMaintainer) rows.push(["lru_maintainer_juggles", stats.juggles]);
  rows.push(...contentRows(store));
  return rows;
}

function contentRows(store: MemcachedStore): StatRow[] {
  const { stats, settings, slabs } = store;
  const { lists } = stats;
  const rows: StatRow[] = [
    ["bytes", store.bytes],
    ["curr_items", store.index.size],
    ["total_items", stats.totalItems],
    ["slab_global_page_pool", slabs.pages[0].length],
    ["expired_unfetched", lists.total("expired_unfetched")],
    ["evicted_unfetched", lists.total("evicted_unfetched")],
  ];
  if (settings.lruMaintainer) rows.push(["evicted_active", lists.total("evicted_active")]);
  rows.push(
    ["evictions", lists.total("evicted")],
    ["reclaimed", lists.total("reclaimed")],
    ["crawler_reclaimed", lists.total("crawler_reclaimed")],
    ["crawler_items_checked", lists.total("crawler_items_checked")],
    ["lrutail_reflocked", 0],
  );
  if (!settings.lruMaintainer) return rows;
  rows.push(
    ["moves_to_cold", lists.total("moves_to_cold")],
    ["moves_to_warm", lists.total("moves_to_warm")],
    ["moves_within_lru", lists.total("moves_within_lru")],
    ["direct_reclaims", lists.total("direct_reclaims")],
    ["lru_bumps_dropped", stats.bumpsDropped],
  );
  return rows;
}

function sizeRows(store: MemcachedStore): StatRow[] {
  return store.sizes.isOn
    ? store.sizes.rows().map(([size, count]): StatRow => [String(size), count])
    : [["sizes_status", "disabled"]];
}

/** Switching the histogram on or off; the server sends no END behind it. */
function switchSizes(session: TextSession, on: boolean): void {
  const { store } = session;
  if (!on) store.sizes.stop();
  else if (!store.settings.cas) {
    return session.write("STAT sizes_status error\r\nSTAT sizes_error cas_support_disabled\r\n");
  } else if (!store.sizes.isOn) store.sizes.start(store.nextCas());
  session.write(`STAT sizes_status ${on ? "enabled" : "disabled"}\r\n`);
}

function detail(session: TextSession, how: string | undefined): void {
  if (how === "on" || how === "off") {
    session.server.detail = how === "on";
    return session.say("OK");
  }
  // Nothing is counted by prefix of keys.
  if (how === "dump") return session.write("END\r\n");
  session.say("CLIENT_ERROR usage: stats detail on|off|dump");
}

const KINDS: Readonly<Record<string, (server: TextServer) => StatRow[]>> = {
  settings: settingRows,
  items: ({ store }) => itemRows(store),
  slabs: ({ store }) => slabRows(store),
  sizes: ({ store }) => sizeRows(store),
};

function stats(session: TextSession, words: readonly string[]): void {
  const kind = words[1];
  if (kind === "reset") {
    session.store.stats.reset();
    return session.say("RESET");
  }
  if (kind === "detail") return detail(session, words[2]);
  if (kind === "sizes_enable" || kind === "sizes_disable") return switchSizes(session, kind === "sizes_enable");
  const rows = kind === undefined ? generalRows : Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (rows === undefined) return session.say("ERROR");
  for (const [name, value] of rows(session.server)) session.write(`STAT ${name} ${value}\r\n`);
  session.write("END\r\n");
}

export const STATISTICS: readonly TextCommand[] = [
  {
    name: "stats",
    group: "server",
    syntax: "[settings|items|slabs|sizes|sizes_enable|sizes_disable|reset|detail <on|off|dump>]",
    summary: "Counters and settings",
    least: 0,
    most: ANY,
    run: stats,
  },
];
