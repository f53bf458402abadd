// The table of drills. A new one is one file and one line here; the scenario's grammar, its JSON Schema and the
// documentation follow.

import { Observation } from "../models/observers/index.ts";
import type { World } from "../models/world.ts";
import { authRotate } from "./auth-rotate.ts";
import { authSet } from "./auth-set.ts";
import { changeReplicas } from "./change-replicas.ts";
import { connectionStorm } from "./connection-storm.ts";
import { crashNode } from "./crash-node.ts";
import { deleteBigKey } from "./delete-big-key.ts";
import { type Drill, type DrillReport, inTable } from "./drill.ts";
import { enableClusterMode } from "./enable-cluster-mode.ts";
import { expireHotKey } from "./expire-hot-key.ts";
import { flashCrowd } from "./flash-crowd.ts";
import { flushAll } from "./flush-all.ts";
import { freezeNode } from "./freeze-node.ts";
import { hotShard } from "./hot-shard.ts";
import { followImpact } from "./impact.ts";
import { injectLatency } from "./inject-latency.ts";
import { isolateZone } from "./isolate-zone.ts";
import { keysCommand } from "./keys-command.ts";
import { loseHost } from "./lose-host.ts";
import { massExpiry } from "./mass-expiry.ts";
import { packetLoss } from "./packet-loss.ts";
import { partition } from "./partition.ts";
import { rebootNode } from "./reboot-node.ts";
import { reshard } from "./reshard.ts";
import { restore } from "./restore.ts";
import { runawayScript } from "./runaway-script.ts";
import { scaleIn } from "./scale-in.ts";
import { scaleOut } from "./scale-out.ts";
import { scaleUp } from "./scale-up.ts";
import { scriptKill } from "./script-kill.ts";
import { slowNode } from "./slow-node.ts";
import { slowOrigin } from "./slow-origin.ts";
import { snapshot } from "./snapshot.ts";
import { testFailover } from "./test-failover.ts";
import { upgradeEngine } from "./upgrade-engine.ts";
import { zoneOutage } from "./zone-outage.ts";

export const DRILLS: readonly Drill<unknown>[] = [
  inTable(crashNode),
  inTable(loseHost),
  inTable(rebootNode),
  inTable(freezeNode),
  inTable(slowNode),
  inTable(zoneOutage),
  inTable(isolateZone),
  inTable(partition),
  inTable(packetLoss),
  inTable(injectLatency),
  inTable(testFailover),
  inTable(snapshot),
  inTable(reshard),
  inTable(scaleOut),
  inTable(scaleIn),
  inTable(scaleUp),
  inTable(changeReplicas),
  inTable(upgradeEngine),
  inTable(flushAll),
  inTable(restore),
  inTable(hotShard),
  inTable(flashCrowd),
  inTable(enableClusterMode),
  inTable(keysCommand),
  inTable(deleteBigKey),
  inTable(expireHotKey),
  inTable(massExpiry),
  inTable(runawayScript),
  inTable(scriptKill),
  inTable(slowOrigin),
  inTable(connectionStorm),
  inTable(authSet),
  inTable(authRotate),
];

export function drillNamed(name: string): (typeof DRILLS)[number] | undefined {
  return DRILLS.find(drill => drill.name === name);
}

/** A drill at an instant, with the options that its schema has passed. */
export interface PlannedDrill {
  readonly atNs: number;
  readonly name: string;
  readonly options: unknown;
}

/**
 * Puts drills on the world's agenda; their reports fill as the run goes on. What scales by itself reports there too.
 * Observers watch unless told otherwise.
 */
export function scheduleDrills(
  world: World,
  planned: readonly PlannedDrill[],
  observation: Observation | null = planned.length === 0 ? null : new Observation(world),
): DrillReport[] {
  const reports: DrillReport[] = [];
  world.cluster.keepsBackups = planned.some(({ name }) => name === "restore");
  for (const { atNs, name, options } of planned) {
    const drill = drillNamed(name);
    if (drill === undefined) throw new Error(`no drill named ${name}`);
    const report = emptyReport(name, atNs);
    reports.push(report);
    world.sim.after(atNs, `drill/${name}`, () =>
      drill.run({ world, writes: observation?.writes ?? null, report, finish: disturb(world, report) }, options),
    );
  }
  if (world.autoScaling !== null) {
    world.autoScaling.listener = name => {
      const report = emptyReport(name, world.sim.now);
      reports.push(report);
      return { report, done: disturb(world, report) };
    };
  }
  return reports;
}

function emptyReport(drill: string, startNs: number): DrillReport {
  return { drill, target: "", startNs, endNs: null, phases: [], figures: {}, refused: null };
}

/** The disturbance begins; the returned function ends it. */
function disturb(world: World, report: DrillReport): () => void {
  const calm = world.recorder.disturb();
  const impact = followImpact(world, report);
  return () => {
    if (report.endNs !== null) return;
    report.endNs = world.sim.now;
    impact();
    calm();
  };
}
