// What a drill is: one fault or manoeuvre that a scenario can put at an instant. Each stands in a file of its own with the
// schema of its options, and in the table (index.ts), from which the scenario's grammar is made.

import { z } from "zod";
import { assert } from "../assert.ts";
import type { Shard } from "../models/cluster.ts";
import type { VariantChange } from "../models/config.ts";
import type { Node } from "../models/node.ts";
import type { WritesObserver } from "../models/observers/writes.ts";
import type { Traffic } from "../models/traffic.ts";
import type { World } from "../models/world.ts";

/** One stretch of a drill, as its phase table shows it. */
export interface DrillPhase {
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  /** The setting or law that decides its length. */
  readonly boundBy: string;
}

/** What a drill did. Filled while it runs. */
export interface DrillReport {
  readonly drill: string;
  /** What it was done to: node names, or the cluster. */
  target: string;
  readonly startNs: number;
  /** When the disturbance was over; null while it is not. */
  endNs: number | null;
  readonly phases: DrillPhase[];
  /** Figures of this drill, by name with the unit in it. */
  readonly figures: Record<string, number>;
  /** Why it could not be done, or null. */
  refused: string | null;
}

export interface DrillContext {
  readonly world: World;
  /** Who keeps account of acknowledged writes; null when nobody observes. */
  readonly writes: WritesObserver | null;
  readonly report: DrillReport;
  /** The disturbance is over. */
  finish(): void;
}

/** What is known of a workload before it runs. */
export interface WorkloadFacts {
  readonly name: string;
  readonly asksOrigin: boolean;
  readonly isTrace: boolean;
  /** Requests come at a rate, whoever waits. */
  readonly isOpen: boolean;
  readonly keys: number;
}

/** What is known of the cluster before it runs: enough to say that a drill makes no sense there. */
export interface DrillFacts {
  /** Shards, and replicas of each, once the earlier drills have done what they are told. */
  readonly shards: number;
  readonly replicas: number;
  /** The highest number of a shard by then: those of shards that are gone are not used again. */
  readonly lastShard: number;
  readonly mode: "cluster" | "single";
  readonly zones: number;
  readonly failover: "managed" | "upstream";
  readonly multiAz: boolean;
  readonly node: string;
  readonly engine: string;
  /** Names of the groups of clients. */
  readonly clients: readonly string[];
  /** Whether it has an AUTH token, and the users that log in by a password. */
  readonly auth: { readonly token: boolean; readonly passwords: readonly string[] };
  /** Slots can move as a whole. */
  readonly atomicSlots: boolean;
  /** Workloads by name, and whether they ask the origin; those of traces have keys that nobody knows before the run. */
  readonly workloads: readonly WorkloadFacts[];
  /** Keys of `data:`. */
  readonly data: readonly string[];
  /** Names of the drills that come before this one. */
  readonly earlier: readonly string[];
  /** What the parameters have against the cluster in another form. */
  against(change: VariantChange): string[];
}

/** What moves slots needs several shards to be possible. */
export function needsClusterMode({ mode, earlier }: DrillFacts): DrillProblem[] {
  if (mode === "cluster" || earlier.includes("enable-cluster-mode")) return [];
  return [
    { path: [], message: "needs «mode: cluster»: with cluster mode disabled there is one shard and no slots move" },
  ];
}

/** What does not fit the cluster once its nodes or its engine have changed. */
export function variantProblems(facts: DrillFacts, change: VariantChange): DrillProblem[] {
  return facts.against(change).map(message => ({ path: ["to"], message }));
}

/** What is wrong with a drill's options in a cluster, at a path within them. */
export interface DrillProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface Drill<Options> {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** All that does not fit the cluster; left out: options that fit every cluster. */
  problems?(options: Options, facts: DrillFacts): DrillProblem[];
  run(context: DrillContext, options: Options): void;
}

/** A drill as the table holds it: its options are what its own schema makes of them. */
export function inTable<Options>(drill: Drill<Options>): Drill<unknown> {
  const { problems } = drill;
  return {
    ...drill,
    ...(problems && { problems: (options: unknown, facts: DrillFacts) => problems(options as Options, facts) }),
    run: (context, options) => drill.run(context, options as Options),
  };
}

/** Which node a drill is about. Shards and replicas count from 1. */
export const targetOptions = {
  role: z.enum(["primary", "replica"]).default("primary").meta({ description: "Which member of the shard." }),
  shard: z.int().min(1).default(1).meta({ description: "Shard number, from 1." }),
  replica: z.int().min(1).default(1).meta({ description: "Which replica, from 1, when role is replica." }),
};

export const targetSchema = z.strictObject(targetOptions).meta({ description: "The node that it happens to." });

export type Target = z.infer<typeof targetSchema>;

/** The shard that a number means now, or the sentence that says why there is none. */
export function findShard({ cluster }: World, number: number): Shard | string {
  const shard = cluster.shards[number - 1];
  if (shard !== undefined && !shard.removed) return shard;
  return `there is no shard ${number}: the cluster has ${cluster.members.length}`;
}

/** The running node that a target means now, or the sentence that says why there is none. */
export function findTarget(world: World, target: Target): Node | string {
  const shard = findShard(world, target.shard);
  if (typeof shard === "string") return shard;
  const node = target.role === "primary" ? shard.primary : shard.replicas[target.replica - 1];
  if (node === undefined) return `shard ${target.shard} has ${shard.replicas.length} replicas, not ${target.replica}`;
  return node.state === "up" ? node : `${node.name} is not running`;
}

/** Whether there is the workload whose keys a drill is about; the first when none is named. */
export function workloadProblems(name: string | undefined, { workloads }: DrillFacts): DrillProblem[] {
  const found = name === undefined ? workloads[0] : workloads.find(one => one.name === name);
  if (found === undefined) {
    const known = workloads.map(one => one.name).join(", ");
    return [{ path: ["workload"], message: `there is no workload «${name}»; there are ${known}` }];
  }
  if (!found.isTrace) return [];
  const message = `needs a workload that names its keys: «${found.name}» is a trace`;
  return [{ path: name === undefined ? [] : ["workload"], message }];
}

/** The workload that `workloadProblems` has found to be there. */
export function findWorkload(world: World, name: string | undefined): Traffic {
  const found = world.traffic.find(one => name === undefined || one.config.name === name);
  assert(found !== undefined, `there is no workload «${name}»`);
  return found;
}

/** Whether the scenario has the zone. */
export function zoneProblems(zone: number, { zones }: DrillFacts): DrillProblem[] {
  if (zone <= zones) return [];
  return [{ path: ["zone"], message: `there is no zone ${zone}: the scenario has ${zones}` }];
}

/** Whether the cluster has a shard of that number, or will have by then. */
export function shardProblems(key: string, shard: number, { shards, lastShard }: DrillFacts): DrillProblem[] {
  if (shard >= 1 && shard <= lastShard) return [];
  return [{ path: [key], message: `there is no shard ${shard}: the cluster has ${shards}` }];
}

/** Whether the cluster has the node that a target means. */
export function targetProblems(target: Partial<Target>, facts: DrillFacts): DrillProblem[] {
  const { shard = 1, replica = 1, role } = target;
  const { replicas } = facts;
  const problems = shardProblems("shard", shard, facts);
  if (role === "replica" && replica > replicas) {
    problems.push({ path: ["replica"], message: `there is no replica ${replica}: a shard has ${replicas}` });
  }
  return problems;
}
