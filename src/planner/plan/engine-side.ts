// An engine among those that a plan may choose: its memory layout, its prices' name, its replication backlog, and
// what a world's keys weigh there: their allocations and the bucket arrays of every shard.

import { engineOfProfile, engineParameters } from "../../catalog/engines.ts";
import type { EngineProduct } from "../../catalog/product.ts";
import type { Layout } from "../../engine/memory/layout.ts";
import { type EngineProfile, engineProfile } from "../../engine/profile.ts";
import type { Built } from "../../scenarios/build.ts";
import { slotsOf, stringKeyBytes, tableBytes } from "../forms/key-memory.ts";
import { WHOLE, type WorldCurve } from "./curve.ts";
import { place } from "./place.ts";
import type { DemandWorld } from "./worlds.ts";

export interface EngineSide {
  readonly name: string;
  readonly product: EngineProduct;
  readonly profile: EngineProfile;
  readonly inCluster: boolean;
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
  return {
    name,
    product: engineOfProfile(name),
    profile,
    inCluster,
    layout: profile.layout(cluster.allocatorQuantum, inCluster),
    backlogBytes: backlogOf(name, cluster.parameters),
  };
}

/** What an engine keeps for its replicas, as ElastiCache sets it up where nobody says otherwise. */
export function backlogOf(
  engine: string,
  parameters: Readonly<Record<string, string | number | boolean>> = {},
): number {
  const size = engineParameters(engine).get("repl-backlog-size");
  return Number(parameters["repl-backlog-size"] ?? size?.elasticache ?? size?.upstream ?? 0);
}

/** A world's keys as bytes of one engine, of all primaries. */
export interface Held {
  /** Everything, and what of it stays in memory when values go to an SSD. */
  readonly all: number;
  readonly allKeys: number;
  /** The same for less than everything, ascending along the curve. */
  readonly columns: { readonly bytes: readonly number[]; readonly keyBytes: readonly number[] };
}

/** Where in the curve so many bytes are kept. */
export function placeOf(held: Held, bytes: number): number {
  return bytes >= held.all ? WHOLE : place(held.columns.bytes, bytes);
}

/** One key of each part, without bucket arrays: whole, and without its value. */
interface Weights {
  readonly whole: readonly number[];
  readonly keys: readonly number[];
}

export class HeldBytes {
  private readonly known = new WeakMap<WorldCurve, Map<number, Held>>();
  /** By value factor: all else is the same in every world. */
  private readonly weights = new Map<number, Weights>();

  constructor(private readonly side: EngineSide) {}

  of(curve: WorldCurve, shards: number): Held {
    let byShards = this.known.get(curve);
    if (byShards === undefined) this.known.set(curve, (byShards = new Map()));
    // Arrays of one slot each are the same however the slots are dealt out.
    const tables = this.side.inCluster && this.side.layout.slotDictBytes !== null ? 1 : shards;
    let held = byShards.get(tables);
    if (held === undefined) byShards.set(tables, (held = this.make(curve, tables)));
    return held;
  }

  private make(curve: WorldCurve, shards: number): Held {
    const { world, whole } = curve;
    const weights = this.weightsOf(world);
    const [all, allKeys] = this.bytesOf(world, whole.keys, weights, shards);
    let columns: Held["columns"] | null = null;
    const makeColumns = (): Held["columns"] => {
      const { keys } = curve.columns;
      const rows = keys[0].map((_, row) =>
        this.bytesOf(
          world,
          keys.map(column => column[row]),
          weights,
          shards,
        ),
      );
      return { bytes: rows.map(([bytes]) => bytes), keyBytes: rows.map(([, bytes]) => bytes) };
    };
    return {
      all,
      allKeys,
      get columns() {
        return (columns ??= makeColumns());
      },
    };
  }

  private bytesOf(
    { parts }: DemandWorld,
    counts: readonly number[],
    { whole, keys }: Weights,
    shards: number,
  ): readonly [bytes: number, keyBytes: number] {
    const { layout, inCluster } = this.side;
    let [all, volatile, bytes, keyBytes] = [0, 0, 0, 0];
    for (const [p, part] of parts.entries()) {
      all += counts[p];
      if (part.ttlSeconds !== null) volatile += counts[p];
      bytes += counts[p] * whole[p];
      keyBytes += counts[p] * keys[p];
    }
    const tables = shards * tableBytes(layout, all / shards, volatile / shards, slotsOf(shards, inCluster));
    return [bytes + tables, keyBytes + tables];
  }

  private weightsOf({ factors, parts }: DemandWorld): Weights {
    let weights = this.weights.get(factors.values);
    if (weights === undefined) {
      const { layout } = this.side;
      weights = {
        whole: parts.map(part => stringKeyBytes(layout, part.keyLength, part.ttlSeconds !== null, part.sizes)),
        keys: parts.map(part => layout.collectionKeyBytes(Math.round(part.keyLength), part.ttlSeconds !== null)),
      };
      this.weights.set(factors.values, weights);
    }
    return weights;
  }
}
