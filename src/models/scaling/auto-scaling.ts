// Target tracking, as ElastiCache's auto scaling does it (AWS, AutoScaling-Scaling-Policies-Target and -Replicas, 2025-26): a
// metric's mean over the nodes that it is about is held near a target by adding and removing shards, or replicas per shard.
//
//   out   mean >= target for so many periods running: by the larger of the excess in percent and 20 % of the shards, or
//         one replica
//   in    mean < 75 % of the target for so many periods running: to what the target would need, one at least
//
// A change beyond the account's quotas is refused as a whole (quotas.ts). A cooldown follows each change from its end. Nothing is done while the cluster is being changed or a shard has no primary.
// Scheduled actions move the limits; a capacity outside them is brought back at once. Periods of 60 s, 3 to go out and 15
// to come in are Application Auto Scaling's alarms, 600 s of cooldown the console's default (both from memory: assumed).

import { NS_PER_SECOND } from "../../units.ts";
import type { Cluster } from "../cluster.ts";
import type { AutoScalingConfig, PolicyConfig, ScheduledAction } from "../config/scaling.ts";
import type { Node } from "../node.ts";
import { changeReplicas } from "./change-replicas.ts";
import { type ManoeuvreReport, reasonAgainst } from "./manoeuvre.ts";
import { scaleIn } from "./scale-in.ts";
import { scaleOut } from "./scale-out.ts";

/** Scaling in begins below this part of the target. */
const IN_BELOW = 0.75;
/** Shards that are added at least. */
const LEAST_STEP = 0.2;

/** Who wants to tell of an action; gives the report to fill and what to call at its end. */
export type ActionListener = (name: string) => { readonly report: ManoeuvreReport; done(): void };

const UNHEARD: ActionListener = () => ({
  report: { target: "", phases: [], figures: {}, refused: null },
  done() {},
});

export class AutoScaling {
  listener: ActionListener = UNHEARD;

  constructor(cluster: Cluster, config: AutoScalingConfig) {
    const listen: ActionListener = name => this.listener(name);
    const policies = new Map(
      (["shards", "replicas"] as const).flatMap(of => {
        const policy = config[of];
        return policy === null ? [] : [[of, new Policy(cluster, of, policy, listen)] as const];
      }),
    );
    for (const action of config.schedule) {
      cluster.sim.after(action.atNs, "auto scaling/schedule", () => {
        cluster.log.add("auto scaling", `limits of ${action.of} become ${action.min} to ${action.max}`);
        policies.get(action.of)?.limit(action);
      });
    }
  }
}

class Policy {
  private min: number;
  private max: number;
  private above = 0;
  private below = 0;
  private notOutBeforeNs = 0;
  private notInBeforeNs = 0;
  /** Engine-thread time of each node at the last look. */
  private worked = new Map<Node, number>();

  constructor(
    private readonly cluster: Cluster,
    private readonly of: "shards" | "replicas",
    private readonly config: PolicyConfig,
    private readonly listen: ActionListener,
  ) {
    this.min = config.min;
    this.max = config.max;
    this.readWork();
    this.lookLater();
  }

  limit({ min, max }: ScheduledAction): void {
    this.min = min;
    this.max = max;
    this.act(this.bounded(this.capacity), "schedule");
  }

  private lookLater(): void {
    this.cluster.sim.after(this.config.periodNs, "auto scaling", () => {
      this.look();
      this.lookLater();
    });
  }

  private get capacity(): number {
    const { members } = this.cluster;
    return this.of === "shards" ? members.length : Math.max(...members.map(shard => shard.replicas.length));
  }

  private bounded(capacity: number): number {
    return Math.max(this.min, Math.min(this.max, capacity));
  }

  private look(): void {
    const { config, capacity, cluster } = this;
    const { target } = config;
    const value = this.measure();
    if (value === null) return;
    this.above = value >= target ? this.above + 1 : 0;
    this.below = value < IN_BELOW * target ? this.below + 1 : 0;
    const { now } = cluster.sim;
    const says = `${config.metric} ${value.toFixed(1)} %, target ${target} %`;
    if (capacity !== this.bounded(capacity)) return this.act(this.bounded(capacity), "limits");
    if (this.above >= config.outPeriods && now >= this.notOutBeforeNs) {
      const excess = value / target - 1;
      const least = this.of === "shards" ? Math.ceil(LEAST_STEP * capacity) : 1;
      return this.act(this.bounded(capacity + Math.max(Math.ceil(excess * capacity), least)), says);
    }
    if (config.scalesIn && this.below >= config.inPeriods && now >= this.notInBeforeNs) {
      const needed = Math.ceil((capacity * value) / target);
      this.act(this.bounded(Math.min(capacity - 1, Math.max(1, needed))), says);
    }
  }

  /** Mean over the primaries, or over the replicas, in percent. */
  private measure(): number | null {
    const { config, worked } = this;
    const nodes = this.nodes();
    const values = nodes.flatMap(node => {
      if (config.metric === "EngineCPUUtilization") {
        const before = worked.get(node);
        return before === undefined ? [] : [(100 * (node.workedNs - before)) / config.periodNs];
      }
      const { settings, usedMemory, outside } = node.engine;
      return settings.maxmemory === 0 ? [] : [(100 * (usedMemory - outside.replicationExcess)) / settings.maxmemory];
    });
    this.readWork();
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  private nodes(): Node[] {
    const { members } = this.cluster;
    const all = this.of === "shards" ? members.map(shard => shard.primary) : members.flatMap(shard => shard.replicas);
    return all.filter(node => node.state === "up");
  }

  private readWork(): void {
    this.worked = new Map(this.nodes().map(node => [node, node.workedNs]));
  }

  private act(wanted: number, why: string): void {
    const { cluster, capacity, config, of } = this;
    if (wanted === capacity || reasonAgainst(cluster) !== null) return;
    this.above = 0;
    this.below = 0;
    cluster.log.add("auto scaling", `from ${capacity} to ${wanted} ${of}: ${why}`);
    const { report, done } = this.listen(`auto-scaling-${of}`);
    report.figures[`${of}Before`] = capacity;
    const over = () => {
      // A refused change scales nothing: no cooldown follows it, and it is tried again when the alarm goes off again.
      if (report.refused !== null) return done();
      this.notOutBeforeNs = cluster.sim.now + config.outCooldownNs;
      this.notInBeforeNs = cluster.sim.now + config.inCooldownNs;
      report.figures.reactionSeconds = (config.outPeriods * config.periodNs) / NS_PER_SECOND;
      done();
    };
    if (of === "replicas") return changeReplicas(cluster, wanted, report, over);
    if (wanted > capacity) return scaleOut(cluster, wanted - capacity, report, over);
    scaleIn(cluster, capacity - wanted, report, over);
  }
}
