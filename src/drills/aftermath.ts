// What a disturbance that kills nobody leaves behind: how long its cause lasted, how long the queue behind it took to clear,
// until when clients saw errors. It watches from outside and changes nothing.

import type { Node } from "../models/node.ts";
import { FAILED } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../units.ts";
import type { DrillContext } from "./drill.ts";

/** Clients count as recovered after so long without an error, a timeout or a lost connection. */
const QUIET_NS = NS_PER_SECOND;
const LOOK_NS = 20 * NS_PER_MS;

interface Troubles {
  readonly timeouts: number;
  readonly failed: number;
  readonly all: number;
}

function troublesOf(world: World): Troubles {
  const failed = world.recorder.totals[FAILED];
  let timeouts = 0;
  let all = failed + world.originCalls.timeouts + world.originCalls.errors + world.originCalls.refusals;
  for (const { counters } of world.clients) {
    timeouts += counters.timeouts;
    all += counters.timeouts + counters.connectionErrors + counters.errorReplies;
  }
  return { timeouts, failed, all };
}

/** Follows what `nodes` and clients go through until `causeEndNs` and beyond, and ends the drill when it is over. */
export function followAftermath(
  { world, report, finish }: DrillContext,
  nodes: readonly Node[],
  causeEndNs: number,
  /** Adds its figures before the drill ends. */
  sum: () => void = () => {},
): void {
  const { sim } = world;
  const startNs = sim.now;
  const before = troublesOf(world);
  let seen = before;
  let quietSince = startNs;
  let cleared = nodes.length === 0;
  const look = () => {
    const now = troublesOf(world);
    if (now.all !== seen.all) quietSince = sim.now;
    seen = now;
    const held = nodes.some(node => node.state === "up" && node.backlogNs > NS_PER_MS);
    if (!cleared && sim.now >= causeEndNs && !held) {
      cleared = true;
      report.phases.push({ name: "queue cleared", startNs: causeEndNs, endNs: sim.now, boundBy: "work that waited" });
    }
    if (!cleared || sim.now < causeEndNs || sim.now - quietSince < QUIET_NS) {
      sim.after(LOOK_NS, "aftermath", look);
      return;
    }
    report.figures.timeouts = now.timeouts - before.timeouts;
    report.figures.failedRequests = now.failed - before.failed;
    if (quietSince > startNs) {
      const boundBy = "timeouts and retries of the clients";
      report.phases.push({ name: "errors over", startNs, endNs: quietSince, boundBy });
    }
    sum();
    finish();
  };
  sim.after(LOOK_NS, "aftermath", look);
}
