// Full resynchronisation: the primary forks and streams its data set to the replica, which loads it and then catches up
// with what was written meanwhile.
//
//   time   max(child's work, bytes / bandwidth share) for the transfer, then loading: per key 1.2 us + 2.8 ns per byte,
//          the pace of an uncompressed save (models/physics.md, 1.5); both ends measured together: 36 MB/s on two busy
//          cores, hundreds on free ones
//   limit  changes gather in the replica's output buffer on the primary. Beyond client-output-buffer-limit the link is cut
//          and the sync begins anew: with rate * time > limit it can never finish (stream.ts watches the limit)
//   dual   dual-channel-replication-enabled (Valkey 8, off by default): the changes come on a connection of their own and
//          gather on the replica, in as much again, before they gather on the primary
//
// The replica's copy is taken at the instant of the fork and hidden (LOADING) until it would have arrived. The transfer
// waits while the network is cut or either process stands still.
//
// Left out: the child of a diskless sync, which waits for a slow replica and copies more pages for it.

import { copyData } from "../../engine/databases.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { BYTES_PER_GBIT, NS_PER_MS, NS_PER_SECOND } from "../../units.ts";
import { dataSize } from "../data-size.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import { loadWorkNs, saveDurationNs, startSave } from "../save.ts";
import { type LinkHooks, ReplicationLink } from "./link.ts";
import type { ReplicationStream } from "./stream.ts";

/** The transfer takes its bandwidth in so many slices. */
const SLICES = 100;
const STALL_NS = 200 * NS_PER_MS;

export interface FullSyncHooks extends LinkHooks {
  log(what: string, cause: number | null): number;
  /** The replica serves, with a live link. */
  online(link: ReplicationLink): void;
  /** It came to nothing; upkeep.ts tries again. */
  failed(): void;
}

/** Brings a running replica up from its primary, from nothing. Ends by itself when either of them dies. */
export function startFullSync(
  stream: ReplicationStream,
  replica: Node,
  sim: Simulation,
  latency: Latency,
  cause: number | null,
  hooks: FullSyncHooks,
): void {
  const { primary } = stream;
  const { syncBandwidthShare, dualChannel } = replica.config.replication;
  const isConnected = latency.faults === null || latency.faults.connects(primary.id, replica.id);
  // One child at a time; whoever wants a sync meanwhile waits for the next turn.
  if (primary.save !== null || primary.state !== "up" || !isConnected) return hooks.failed();

  const { keys, bytes } = dataSize(primary.engine);
  const bandwidth = primary.type.network.baselineGbps * BYTES_PER_GBIT * syncBandwidthShare;
  const transferNs = Math.max(saveDurationNs(primary), Math.round((bytes / bandwidth) * NS_PER_SECOND));
  primary.engine.stats.fullSyncs++;
  const started = hooks.log(`full sync to ${replica.name} begins`, cause);
  replica.engine.isLoading = true;
  replica.engine.flushAll();
  copyData(primary.engine, replica.engine);
  replica.tiering?.settle(sim.now);
  const link = new ReplicationLink(stream, replica, sim, latency, stream.end, stream.offset, hooks);
  link.paused = true;
  link.buffersHere = dualChannel;
  const lives = [primary.incarnation, replica.incarnation];
  const alive = () =>
    primary.incarnation === lives[0] && replica.incarnation === lives[1] && !stream.isStopped && !link.broken;
  const giveUp = () => {
    link.cut();
    hooks.failed();
  };

  // Both have to be over before the replica loads: the child's work and the transfer.
  let left = 2;
  const partDone = () => {
    if (--left > 0) return;
    const loadNs = Math.max(1, Math.round(replica.cpu.scaled(loadWorkNs(keys, bytes))));
    replica.block(loadNs);
    sim.after(loadNs, `${replica.name}/loaded`, () => {
      if (!alive()) return giveUp();
      replica.engine.isLoading = false;
      replica.engine.linkUp = true;
      link.resume();
      hooks.log(`${replica.name} has loaded ${keys} keys`, started);
      hooks.online(link);
    });
  };

  const flows = () =>
    primary.state === "up" &&
    replica.state === "up" &&
    (latency.faults === null || latency.faults.passes(primary.id, replica.id));
  const slice = (rest: number) => {
    if (!alive()) return giveUp();
    if (rest === 0) return partDone();
    if (!flows()) {
      sim.after(STALL_NS, `${replica.name}/transfer`, () => slice(rest));
      return;
    }
    primary.networkOut.passBulk(sim.now, bytes / SLICES);
    replica.networkIn.passBulk(sim.now, bytes / SLICES);
    sim.after(Math.max(1, Math.round(transferNs / SLICES)), `${replica.name}/transfer`, () => slice(rest - 1));
  };
  slice(SLICES);
  startSave(
    primary,
    sim,
    report => {
      // A link that is given up is given up by the transfer.
      if (report.completed && alive()) partDone();
    },
    transferNs,
  );
}
