// stats settings: what the server was told, by its names and in its order.

import type { TextServer } from "./session.ts";
import type { StatRow } from "./statistics.ts";

function yes(value: boolean): string {
  return value ? "yes" : "no";
}

export function settingRows({ store, facts, verbosity, detail }: TextServer): StatRow[] {
  const { settings } = store;
  return [
    ["maxbytes", settings.maxBytes],
    ["maxconns", settings.maxConnections],
    ["tcpport", facts.port()],
    ["udpport", 0],
    ["verbosity", verbosity],
    ["oldest", store.oldest],
    ["evictions", settings.evicts ? "on" : "off"],
    ["shutdown_command", "no"],
    ["growth_factor", settings.growthFactor.toFixed(2)],
    ["chunk_size", settings.chunkSize],
    ["num_threads", settings.threads],
    ["detail_enabled", yes(detail)],
    ["cas_enabled", yes(settings.cas)],
    ["auth_enabled_sasl", "no"],
    ["auth_enabled_ascii", "no"],
    ["item_size_max", settings.itemSizeMax],
    ["hashpower_init", settings.hashPower === 16 ? 0 : settings.hashPower],
    ["slab_reassign", yes(settings.slabReassign)],
    ["slab_automove", settings.slabAutomove],
    ["slab_automove_ratio", settings.slabAutomoveRatio.toFixed(2)],
    ["slab_automove_window", settings.slabAutomoveWindow],
    ["slab_chunk_max", settings.slabChunkMax],
    ["lru_crawler", yes(settings.lruCrawler)],
    ["flush_enabled", yes(settings.flushEnabled)],
    ["lru_maintainer_thread", yes(settings.lruMaintainer)],
    ["lru_segmented", yes(settings.lruSegmented)],
    ["hot_lru_pct", settings.hotLruPercent],
    ["warm_lru_pct", settings.warmLruPercent],
    ["hot_max_factor", settings.hotMaxFactor.toFixed(2)],
    ["warm_max_factor", settings.warmMaxFactor.toFixed(2)],
    ["temp_lru", yes(settings.tempLru)],
    ["temporary_ttl", settings.temporaryTtl],
    ["idle_timeout", settings.idleTimeout],
    ["track_sizes", yes(store.sizes.isOn)],
  ];
}
