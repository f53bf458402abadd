// Following shards back to health after a disturbance: the phases of failovers, the first write that succeeds again, the
// end of errors, the replicas that make a shard whole; what was lost meanwhile, and how available it was for whom. It
// watches from outside and changes nothing.
//
//   first write   from a promotion until a write to the shard succeeds
//   errors over   from the start until the last error, time-out or lost connection; known once the cause is over, every
//                 shard has a running primary and a second has passed without another one. Nobody had one: no such phase
//   availability  of everybody in that time (availability.ts)

import { ErrorReply } from "../engine/reply.ts";
import type { ClusterObserver, Shard } from "../models/cluster.ts";
import type { FailoverPhase } from "../models/failover/failover.ts";
import type { WritesObserver } from "../models/observers/writes.ts";
import { FAILED } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../units.ts";
import { Availability } from "./availability.ts";
import type { DrillContext, DrillPhase } from "./drill.ts";

/** Clients count as recovered after so long without an error, a timeout or a lost connection. */
const QUIET_NS = NS_PER_SECOND;
const LOOK_NS = 100 * NS_PER_MS;

export interface Recovery {
  /** What disturbed is over, or was over at once: from now on things can get better. */
  causeOver(): void;
  /** Nothing happened after all. */
  stop(): void;
}

/** What one shard goes through. */
interface Course {
  readonly shard: Shard;
  /** Replicas on a live link before. */
  readonly replicas: number;
  promotedNs: number | null;
  written: boolean;
}

export function followDisturbance(context: DrillContext, shards: readonly Shard[]): Recovery {
  const { world, writes, report, finish } = context;
  const { sim, cluster } = world;
  const startNs = sim.now;
  const availability = new Availability(world);
  const writesBefore = countWrites(writes, shards);
  const courses = new Map(
    shards.map(shard => [
      shard.index,
      { shard, replicas: liveReplicas(shard), promotedNs: null, written: true } as Course,
    ]),
  );
  let causeOverNs = Number.POSITIVE_INFINITY;
  let isWatching = true;
  let quietSince = sim.now;
  let troubles = countTroubles(world);

  const keep = (phase: DrillPhase) => addPhase(report.phases, phase, courses.size > 1);
  const lose = (lost: number) => {
    report.figures.lostWrites = (report.figures.lostWrites ?? 0) + lost;
  };
  const onPhase = (of: number, phase: FailoverPhase) => {
    if (courses.has(of)) keep(phase);
  };
  world.phaseListeners.push(onPhase);

  const observer: ClusterObserver = {
    promoted({ index }, lost) {
      const course = courses.get(index);
      if (course === undefined) return;
      course.promotedNs = sim.now;
      course.written = false;
      lose(lost);
    },
    steppedDown({ index }, _node, lost) {
      if (courses.has(index)) lose(lost);
    },
    replicaOnline({ index }) {
      if (!courses.has(index)) return;
      keep({ name: "replica rebuilt", startNs, endNs: sim.now, boundBy: "replacement and full sync" });
    },
  };
  cluster.observers.push(observer);

  const stopReplies = world.watchReplies((request, reply) => {
    if (reply instanceof ErrorReply) return;
    const { requests } = world;
    const slot = requests.slot[request];
    if (requests.reads[request] === 1 || slot < 0) return;
    const course = courses.get(cluster.shardOfSlot[slot]);
    if (course === undefined || course.written || course.promotedNs === null) return;
    if (requests.node[request] !== course.shard.primary.id) return;
    course.written = true;
    keep({
      name: "first write",
      startNs: course.promotedNs,
      endNs: sim.now,
      boundBy: "client: topology refresh, DNS TTL, backoff",
    });
  });

  const stop = () => {
    isWatching = false;
    stopReplies();
    world.phaseListeners.splice(world.phaseListeners.indexOf(onPhase), 1);
    cluster.observers.splice(cluster.observers.indexOf(observer), 1);
  };

  /** The last thing that had to happen before clients were well. */
  const errorsBoundBy = () => {
    const last = report.phases
      .filter(({ endNs }) => endNs <= quietSince + LOOK_NS)
      .sort((a, b) => b.endNs - a.endNs)[0];
    return last === undefined ? "clients: timeouts and retries" : `«${last.name}», then clients' timeouts and retries`;
  };

  const look = () => {
    if (!isWatching) return;
    const now = countTroubles(world);
    if (now !== troubles) quietSince = sim.now;
    troubles = now;
    const all = [...courses.values()];
    const isLed = all.every(({ shard }) => shard.primary.state === "up" && !shard.failed);
    if (report.endNs === null && isLed && sim.now - Math.max(quietSince, causeOverNs) >= QUIET_NS) {
      if (quietSince > startNs) keep({ name: "errors over", startNs, endNs: quietSince, boundBy: errorsBoundBy() });
      report.figures.recoverySeconds = (quietSince - startNs) / NS_PER_SECOND;
      const percent = availability.percent();
      if (percent !== null) report.figures.availabilityPercent = percent;
      const { acknowledged, lost } = countWrites(writes, shards);
      if (writes !== null) {
        report.figures.acknowledgedWrites = acknowledged - writesBefore.acknowledged;
        report.figures.lostAcknowledgedWrites = lost - writesBefore.lost;
      }
      finish();
    }
    const isWhole = all.every(({ shard, replicas, written }) => written && liveReplicas(shard) >= replicas);
    if (report.endNs !== null && isWhole) return stop();
    sim.after(LOOK_NS, "recovery watch", look);
  };
  sim.after(LOOK_NS, "recovery watch", look);

  return {
    causeOver() {
      causeOverNs = sim.now;
    },
    stop,
  };
}

/** With several shards a phase covers all of them: from the first start to the last end. */
function addPhase(phases: DrillPhase[], phase: DrillPhase, merge: boolean): void {
  const at = merge ? phases.findIndex(one => one.name === phase.name) : -1;
  if (at === -1) {
    phases.push(phase);
    return;
  }
  const { startNs, endNs } = phases[at];
  phases[at] = { ...phase, startNs: Math.min(startNs, phase.startNs), endNs: Math.max(endNs, phase.endNs) };
}

function liveReplicas(shard: Shard): number {
  return shard.stream.links.filter(link => !link.paused && !link.broken && link.replica.state === "up").length;
}

/** Everything that clients may have suffered so far. */
function countTroubles(world: World): number {
  let sum = world.recorder.totals[FAILED];
  for (const { counters } of world.clients)
    sum += counters.timeouts + counters.connectionErrors + counters.errorReplies;
  return sum;
}

/** Writes to these shards that clients had acknowledged so far, and those of them that are gone. */
function countWrites(writes: WritesObserver | null, shards: readonly Shard[]): { acknowledged: number; lost: number } {
  let acknowledged = 0;
  let lost = 0;
  for (const { index } of shards) {
    acknowledged += writes?.acknowledged[index] ?? 0;
    lost += writes?.lost[index] ?? 0;
  }
  return { acknowledged, lost };
}
