// A new cluster takes the place of one that is gone, from a backup or empty: new nodes are provisioned, each shard loads its part of
// the backup, and clients turn to the new cluster. The number of shards may differ: keys go where their slots are.
//
//   outage = provisioning + max over shards(bytes / baseline bandwidth, k * (1.2 us per key + 2.8 ns per byte))
//
// The pace of loading is that of a full sync (models/physics.md, 1.5); that S3 fills the baseline bandwidth is assumed. Keys
// that have expired since the backup are not there. Applications that must be told of the new endpoint are taken to learn
// of it at once.

import type { Value, ValueType } from "../../engine/keyspace.ts";
import { NO_EXPIRY } from "../../engine/keyspace.ts";
import { SLOT_COUNT } from "../../engine/slots.ts";
import { BYTES_PER_GBIT, NS_PER_SECOND } from "../../units.ts";
import type { Cluster, Shard } from "../cluster.ts";
import { addShard, nodesOf, retire } from "../cluster-members.ts";
import { engineMs } from "../epoch.ts";
import type { Node } from "../node.ts";
import { loadWorkNs } from "../save.ts";
import { begin, type ManoeuvreReport } from "./manoeuvre.ts";
import { PROVISIONING_SETTING, whenProvisioned } from "./provision.ts";
import { beyondQuotas } from "./quotas.ts";

interface Item {
  readonly key: string;
  readonly slot: number;
  readonly type: ValueType;
  readonly value: Value;
  readonly expiry: number;
  readonly bytes: number;
}

/** The data set of a cluster at an instant. */
export interface Backup {
  readonly takenNs: number;
  readonly items: readonly Item[];
}

/** What the shards' primaries hold now. */
export function takeBackup(cluster: Cluster, shards: readonly Shard[] = cluster.members): Backup {
  const items: Item[] = [];
  for (const { primary } of shards) {
    const db = primary.engine.database(0);
    db.forEachEntry(entry => {
      const value = db.valueOf(entry);
      items.push({
        key: db.keyOf(entry),
        slot: primary.config.mode === "cluster" ? db.slotOf(entry) : 0,
        type: db.typeOf(entry),
        value: copyOf(value),
        expiry: db.expiryOf(entry),
        bytes: db.bytesOf(entry),
      });
    });
  }
  return { takenNs: cluster.sim.now, items };
}

function copyOf(value: Value): Value {
  return typeof value === "object" && "clone" in value ? (value.clone() as Value) : value;
}

/** The cluster is lost; another one stands in its place, from a backup or (null) empty. */
export function restore(
  cluster: Cluster,
  backup: Backup | null,
  shards: number,
  report: ManoeuvreReport,
  done: () => void,
): void {
  const what = backup === null ? "a new, empty cluster" : "restoring into a new cluster";
  const old = cluster.members;
  const replicas = cluster.config.replicasPerShard;
  const refusal = beyondQuotas(cluster.config.quotas, shards, shards * (1 + replicas));
  const manoeuvre = begin(cluster, what, report, done, refusal);
  if (manoeuvre === null) return;
  const { sim, log } = cluster;
  const { startNs } = manoeuvre;
  retire(cluster, old, manoeuvre.event);
  whenProvisioned(cluster, () => {
    manoeuvre.phase("new nodes", startNs, PROVISIONING_SETTING);
    const sinceNs = sim.now;
    const fresh = Array.from({ length: shards }, () => addShard(cluster, replicas, manoeuvre.event));
    const owners = Int16Array.from({ length: SLOT_COUNT }, (_, slot) => Math.floor((slot * shards) / SLOT_COUNT));
    const parts = fresh.map((_, part) => (backup?.items ?? []).filter(item => owners[item.slot] === part));
    const nodes = fresh.flatMap(nodesOf);
    for (const node of nodes) node.engine.isLoading = true;
    const loadNs = Math.max(1, ...fresh.map((shard, part) => loadingNs(shard.primary, parts[part])));
    sim.after(loadNs, "restore", () => {
      fresh.forEach((shard, part) => {
        for (const node of nodesOf(shard)) load(node, parts[part]);
      });
      for (const node of nodes) node.engine.isLoading = false;
      for (let slot = 0; slot < SLOT_COUNT; slot++) cluster.slots.assign(slot, fresh[owners[slot]].index);
      for (const shard of old) shard.removed = true;
      if (cluster.primaryEndpoint !== null) cluster.primaryEndpoint.node = fresh[0].primary.id;
      report.target = fresh.map(shard => `shard ${shard.index + 1}`).join(", ");
      report.figures.restoredKeys = keysOf(fresh);
      if (backup !== null) {
        report.figures.backupAgeSeconds = (startNs - backup.takenNs) / 1e9;
        manoeuvre.phase("load", sinceNs, "1.2 us per key and 2.8 ns per byte, or the baseline bandwidth");
      }
      log.add("control plane", `the new cluster serves ${keysOf(fresh)} keys`, manoeuvre.event);
      manoeuvre.end();
    });
  });
}

function keysOf(shards: readonly Shard[]): number {
  return shards.reduce((sum, { primary }) => sum + primary.engine.database(0).size, 0);
}

function loadingNs(node: Node, items: readonly Item[]): number {
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  const download = (bytes / (node.type.network.baselineGbps * BYTES_PER_GBIT)) * NS_PER_SECOND;
  return Math.round(Math.max(download, node.cpu.scaled(loadWorkNs(items.length, bytes))));
}

function load(node: Node, items: readonly Item[]): void {
  const { engine } = node;
  const db = engine.database(0);
  const nowMs = engineMs(node.freeAtNs);
  for (const { key, type, value, expiry } of items) {
    if (expiry !== NO_EXPIRY && expiry <= nowMs) continue;
    const entry = db.insert(key, type, copyOf(value), engine.lruClock);
    if (expiry !== NO_EXPIRY) db.setExpiry(entry, expiry);
  }
}
