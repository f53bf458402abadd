// A change of the cluster by intent: one at a time, as ElastiCache's status «modifying» has it ("cannot process other
// configuration changes during resharding"; no other operation during a backup, aws-facts.md, 4). The next one is refused
// with the reason. A cluster that is not whole is not changed either.

import type { Cluster } from "../cluster.ts";
import type { FailoverPhase } from "../failover/failover.ts";

/** What is told of a manoeuvre; a drill's report is one. */
export interface ManoeuvreReport {
  target: string;
  readonly phases: FailoverPhase[];
  readonly figures: Record<string, number>;
  refused: string | null;
}

/** A manoeuvre under way. */
export interface Manoeuvre {
  readonly what: string;
  readonly startNs: number;
  /** Its event. */
  readonly event: number;
  readonly report: ManoeuvreReport;
  /** Ends a phase that began then. */
  phase(name: string, startNs: number, boundBy: string): void;
  end(): void;
}

/** Begins a manoeuvre, or reports why not, tells `done`, and returns null. */
export function begin(
  cluster: Cluster,
  what: string,
  report: ManoeuvreReport,
  done: () => void,
  why: string | null = null,
): Manoeuvre | null {
  const { sim, log } = cluster;
  const refusal = why ?? reasonAgainst(cluster);
  if (refusal !== null) {
    report.refused = refusal;
    log.add("control plane", `${what} refused: ${refusal}`);
    done();
    return null;
  }
  const startNs = sim.now;
  const manoeuvre: Manoeuvre = {
    what,
    startNs,
    event: log.add("control plane", `${what} begins`),
    report,
    phase(name, since, boundBy) {
      report.phases.push({ name, startNs: since, endNs: sim.now, boundBy });
    },
    end() {
      cluster.manoeuvre = null;
      log.add("control plane", `${what} is over`, manoeuvre.event);
      done();
    },
  };
  cluster.manoeuvre = manoeuvre;
  return manoeuvre;
}

/** Why the cluster cannot be changed now; null when it can. */
export function reasonAgainst(cluster: Cluster): string | null {
  const { manoeuvre } = cluster;
  if (manoeuvre !== null) {
    const since = Math.round((cluster.sim.now - manoeuvre.startNs) / 1e9);
    return `the cluster is being changed: ${manoeuvre.what}, for ${since} s now`;
  }
  if (cluster.backingUp > 0 && cluster.config.failover.profile === "managed") {
    return "a backup is being taken: no other operation meanwhile";
  }
  const failed = cluster.members.find(shard => shard.failed);
  return failed === undefined ? null : `shard ${failed.index + 1} has no primary: the cluster is not available`;
}
