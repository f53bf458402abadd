// Full resynchronisation: the primary forks and streams its data set to the replica, which loads it and then catches up
// with what was written meanwhile.
//
//   time   max(child's work, bytes / bandwidth share) for the transfer, then loading: per key 1.2 us + 2.8 ns per byte,
//          the pace of an uncompressed save (models/physics.md, 1.5); both ends measured together: 36 MB/s on two busy
//          cores, hundreds on free ones
//   limit  changes gather in the replica's output buffer on the primary. Beyond client-output-buffer-limit (hard limit
//          of the node type) the link is cut and the sync begins anew: with rate * time > limit it can never finish
//
// The replica's copy is taken at the instant of the fork and hidden (LOADING) until it would have arrived.

import { copyData } from "../engine/databases.ts";
import type { Simulation } from "../sim/simulation.ts";
import { NS_PER_SECOND } from "../units.ts";
import { dataSize } from "./data-size.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";
import { ReplicationLink, type ReplicationStream } from "./replication.ts";
import { saveDurationNs, startSave } from "./save.ts";

const LOAD_KEY_NS = 1_200;
const LOAD_BYTE_NS = 2.8;
const RETRY_NS = NS_PER_SECOND;
/** The transfer takes its bandwidth in so many slices. */
const SLICES = 100;
const BYTES_PER_GBIT = 1e9 / 8;

export interface FullSyncHooks {
  log(what: string, cause: number | null): number;
  record(link: ReplicationLink, lagNs: number): void;
  /** The replica serves, with a live link. */
  online(link: ReplicationLink): void;
}

/** Brings an empty, running replica up from its primary. Ends by itself when either of them dies. */
export function startFullSync(
  stream: ReplicationStream,
  replica: Node,
  sim: Simulation,
  latency: Latency,
  cause: number | null,
  hooks: FullSyncHooks,
): void {
  const { primary } = stream;
  const { batchNs, syncBandwidthShare } = replica.config.replication;
  const lives = [primary.incarnation, replica.incarnation];
  const alive = () => primary.incarnation === lives[0] && replica.incarnation === lives[1] && !stream.isStopped;
  const again = () => {
    sim.after(RETRY_NS, `${replica.name}/resync`, () => {
      if (alive()) startFullSync(stream, replica, sim, latency, cause, hooks);
    });
  };
  if (primary.save !== null) return again();

  const { keys, bytes } = dataSize(primary.engine);
  const bandwidth = primary.type.network.baselineGbps * BYTES_PER_GBIT * syncBandwidthShare;
  const transferNs = Math.max(saveDurationNs(primary), Math.round((bytes / bandwidth) * NS_PER_SECOND));
  primary.engine.stats.fullSyncs++;
  const started = hooks.log(`full sync to ${replica.name} begins`, cause);
  replica.engine.flushAll();
  copyData(primary.engine, replica.engine);
  replica.tiering?.settle(sim.now);
  const link = new ReplicationLink(stream, replica, sim, latency, batchNs, stream.end, stream.offset, hooks.record);
  link.paused = true;

  const sendInSlices = (total: number, lengthNs: number) => {
    const slice = (left: number) => {
      if (left === 0 || !alive()) return;
      primary.networkOut.passBulk(sim.now, total / SLICES);
      replica.networkIn.passBulk(sim.now, total / SLICES);
      sim.after(Math.max(1, Math.round(lengthNs / SLICES)), `${replica.name}/transfer`, () => slice(left - 1));
    };
    slice(SLICES);
  };

  const limit = primary.type.replicaOutputBufferLimitBytes ?? Number.POSITIVE_INFINITY;
  const overflows = () => link.pendingBytes > limit;
  sendInSlices(bytes, transferNs);
  startSave(
    primary,
    sim,
    report => {
      if (!report.completed || !alive()) return link.cut();
      const loadNs = Math.max(1, Math.round(replica.cpu.scaled(keys * LOAD_KEY_NS + bytes * LOAD_BYTE_NS)));
      replica.block(loadNs);
      sim.after(loadNs, `${replica.name}/loaded`, () => {
        if (!alive()) return link.cut();
        if (overflows()) {
          hooks.log(
            `full sync to ${replica.name} cut: ${link.pendingBytes} bytes wait, the limit is ${limit}`,
            started,
          );
          link.cut();
          return again();
        }
        replica.engine.isLoading = false;
        replica.engine.linkUp = true;
        link.resume();
        hooks.log(`${replica.name} has loaded ${keys} keys`, started);
        hooks.online(link);
      });
    },
    transferNs,
  );
}
