// An engine among those that a plan may choose: its memory layout, its prices' name, its replication backlog.

import { engineOfProfile, engineParameters } from "../../catalog/engines.ts";
import type { EngineProduct } from "../../catalog/product.ts";
import type { Layout } from "../../engine/memory/layout.ts";
import { type EngineProfile, engineProfile } from "../../engine/profile.ts";
import type { Built } from "../../scenarios/build.ts";
import { stringKeyBytes } from "../forms/key-memory.ts";
import type { WorldCurve } from "./curve.ts";
import type { DemandPart } from "./worlds.ts";

export interface EngineSide {
  readonly name: string;
  readonly product: EngineProduct;
  readonly profile: EngineProfile;
  readonly layout: Layout;
  /** Kept for replicas, full after a while. */
  readonly backlogBytes: number;
}

/** The engines that the scenario lets a plan choose from; its own when it names none. */
export function engineSides(built: Built): EngineSide[] {
  const { plan, cluster } = built.scenario;
  return [...new Set(plan.engines.length === 0 ? [cluster.engine] : plan.engines)].map(name => engineSide(built, name));
}

export function engineSide({ scenario: { cluster } }: Built, name: string): EngineSide {
  const profile = engineProfile(name)!;
  const inCluster = cluster.deployment === "serverless" || cluster.mode === "cluster";
  const backlog = engineParameters(name).get("repl-backlog-size");
  const given = cluster.parameters["repl-backlog-size"];
  return {
    name,
    product: engineOfProfile(name),
    profile,
    layout: profile.layout(cluster.allocatorQuantum, inCluster),
    backlogBytes: Number(given ?? backlog?.elasticache ?? backlog?.upstream ?? 0),
  };
}

/** Bucket arrays per key, between a table that is just full and one that has just doubled. */
const TABLE_SHARE = 12;

export function keyBytes({ layout }: EngineSide, part: DemandPart): number {
  return stringKeyBytes(layout, part.keyLength, part.ttlSeconds !== null, part.sizes) + TABLE_SHARE;
}

/** A world's table of keys as bytes of one engine. */
export interface Held {
  /** Of all primaries, ascending. */
  readonly bytes: readonly number[];
  /** What stays in memory when values go to an SSD. */
  readonly keyBytes: readonly number[];
}

export class HeldBytes {
  private readonly known = new WeakMap<WorldCurve, Held>();

  constructor(private readonly side: EngineSide) {}

  of(curve: WorldCurve): Held {
    let held = this.known.get(curve);
    if (held === undefined) this.known.set(curve, (held = this.make(curve)));
    return held;
  }

  private make({ world, rows }: WorldCurve): Held {
    const { side } = this;
    const whole = world.parts.map(part => keyBytes(side, part));
    const keys = world.parts.map(
      part => side.layout.collectionKeyBytes(Math.round(part.keyLength), part.ttlSeconds !== null) + TABLE_SHARE,
    );
    const sum = (counts: readonly number[], each: readonly number[]) =>
      counts.reduce((total, count, i) => total + count * each[i], 0);
    return { bytes: rows.map(row => sum(row.keys, whole)), keyBytes: rows.map(row => sum(row.keys, keys)) };
  }
}
