// What a world asks for, tabulated over how much is kept: keys in memory, hit rate, stores and evictions. The table is made as
// exact LRU, whose idle time is its parameter, and shifted to the scenario's own policy (forms/policy-shift.ts). How many
// bytes the keys are depends on the engine (engine-side.ts); everything else does not.

import type { Built } from "../../scenarios/build.ts";
import type { EvictionSettings } from "../forms/hit-rate.ts";
import { lruLife } from "../forms/lru.ts";
import { evictionSettings, type PolicyShift, policyShift } from "../forms/policy-shift.ts";
import type { KeyClass, RankRun } from "../forms/rate-classes.ts";
import { expIntegral, type LifeModel, type Residence, residence, unevicted } from "../forms/residence.ts";
import { readAt } from "./place.ts";
import { baseParts, type DemandPart, type DemandWorld, demandAt, middleFactors, worldConfig } from "./worlds.ts";

interface Row {
  /** In memory, by part; of all primaries together. */
  readonly keys: readonly number[];
  readonly hitRate: number;
  /** Per second. */
  readonly evictions: number;
  readonly stores: number;
}

/** From little memory to all that lives; the last row evicts nothing. */
interface Columns {
  readonly keys: readonly (readonly number[])[];
  readonly hitRates: readonly number[];
  readonly evictions: readonly number[];
  readonly stores: readonly number[];
}

/** The place in a curve where everything is kept. */
export const WHOLE = Number.POSITIVE_INFINITY;

const CURVE_POINTS = 16;

/** Only who keeps less than everything looks at more than the last row: the others are made when they are asked for. */
export class WorldCurve {
  readonly hotShare: number;
  readonly whole: Row;
  private made: Columns | null = null;

  constructor(
    readonly world: DemandWorld,
    private readonly catalogue: Catalogue,
  ) {
    this.whole = catalogue.rowOf(catalogue.whole, catalogue.whole.hitRate);
    this.hotShare = Math.max(...world.parts.map(part => part.runs.reduce((top, run) => Math.max(top, run.share), 0)));
  }

  get columns(): Columns {
    return (this.made ??= this.catalogue.columns());
  }

  hitRate(at: number): number {
    return at === WHOLE ? this.whole.hitRate : readAt(this.columns.hitRates, at);
  }

  stores(at: number): number {
    return at === WHOLE ? this.whole.stores : readAt(this.columns.stores, at);
  }

  evictions(at: number): number {
    return at === WHOLE ? this.whole.evictions : readAt(this.columns.evictions, at);
  }

  keys(at: number): number {
    if (at === WHOLE) return this.whole.keys.reduce((sum, count) => sum + count, 0);
    return this.columns.keys.reduce((sum, column) => sum + readAt(column, at), 0);
  }
}

export function worldCurve(built: Built, world: DemandWorld): WorldCurve {
  return new WorldCurve(world, new Catalogue(built, world));
}

/** All parts' keys under LRU, and what the policy makes of it. */
class Catalogue {
  readonly whole: Merged;
  private readonly classes: readonly KeyClass[][];
  private readonly expiry: EvictionSettings["expiry"];
  /** Share of the reads that ask for what the origin has: the others miss. */
  private readonly present: number;
  /** Keys of parts that neither read nor store values. */
  private readonly standing: readonly number[];

  constructor(
    private readonly built: Built,
    private readonly world: DemandWorld,
  ) {
    const { parts } = world;
    this.expiry = settingsOf(built).expiry;
    // By weight of values alone: the shift asks for shares of all bytes, and no engine's overhead changes them much.
    this.classes = parts.map(classesOf);
    this.whole = this.state(unevicted);
    const reads = parts.reduce((sum, part) => sum + part.reads, 0);
    this.present = reads === 0 ? 1 : this.whole.reads / reads;
    this.standing = parts.map(part => (part.others.length > 0 && part.reads + part.writes === 0 ? part.keys : 0));
  }

  private state(life: LifeModel): Merged {
    return merged(this.classes.map(of => residence(of, life, this.expiry)));
  }

  rowOf(state: Merged, hitRate: number): Row {
    // Whom LRU would have kept and the policy has not is stored again, and somebody goes for it.
    const more = (state.hitRate - hitRate) * state.reads;
    return {
      keys: state.keys.map((count, p) => count + this.standing[p]),
      hitRate: this.present * hitRate,
      evictions: state === this.whole ? 0 : Math.max(0, state.evictions + more),
      stores: Math.max(0, state.stores + more),
    };
  }

  columns(): Columns {
    const { whole } = this;
    const { parts } = this.world;
    const shift = shiftOf(this.built);
    const rate = Math.max(1e-9, whole.reads + parts.reduce((sum, part) => sum + part.writes, 0));
    const keys = parts.reduce((sum, part) => sum + part.keys, 0);
    const rows: Row[] = [];
    for (let i = 0; i < CURVE_POINTS; i++) {
      // Idle times from the hottest keys' to what keeps nearly all.
      const t = (Math.max(1, keys) / rate) * 10 ** (-2.5 + (4.5 * i) / (CURVE_POINTS - 1));
      const at = this.state(lruLife(t, Number.POSITIVE_INFINITY));
      if (at.count >= whole.count * 0.999) break;
      rows.push(this.rowOf(at, shift(at.count / whole.count, at.hitRate, whole.hitRate)));
    }
    rows.push(this.rowOf(whole, whole.hitRate));
    return {
      keys: parts.map((_, p) => rows.map(row => row.keys[p])),
      hitRates: rows.map(row => row.hitRate),
      evictions: rows.map(row => row.evictions),
      stores: rows.map(row => row.stores),
    };
  }
}

interface Merged {
  readonly keys: readonly number[];
  readonly count: number;
  readonly hitRate: number;
  readonly reads: number;
  readonly stores: number;
  readonly evictions: number;
}

function merged(parts: readonly Residence[]): Merged {
  const sum = (of: (one: Residence) => number) => parts.reduce((total, one) => total + of(one), 0);
  const reads = sum(one => one.reads);
  const keys = parts.map(one => one.aliveKeys + one.staleKeys);
  return {
    keys,
    count: Math.max(
      1e-9,
      keys.reduce((total, count) => total + count, 0),
    ),
    hitRate: reads === 0 ? 1 : sum(one => one.hits) / reads,
    reads,
    stores: sum(one => one.stores),
    evictions: sum(one => one.evictions),
  };
}

/** A policy's shift is made once, from the middle world. */
const SHIFTS = new WeakMap<Built, PolicyShift>();

function shiftOf(built: Built): PolicyShift {
  let shift = SHIFTS.get(built);
  if (shift === undefined) {
    const middle = demandAt(baseParts(built), middleFactors(built));
    SHIFTS.set(built, (shift = policyShift(middle.parts.flatMap(classesOf), settingsOf(built))));
  }
  return shift;
}

function settingsOf(built: Built): EvictionSettings {
  return evictionSettings(worldConfig(built).cluster.parameters);
}

function classesOf(part: DemandPart): KeyClass[] {
  return part.runs.map(run => keyClass(part, run, 1));
}

/**
 * What ends a life otherwise than by its TTL is put into the TTL: it is the mean life that counts while nothing is evicted.
 *   deletions at rate d   (1 - exp(-d T)) / d        reads at rate r that begin the TTL anew   (exp(r T) - 1) / r
 */
function keyClass(part: DemandPart, { count, share }: RankRun, bytes: number): KeyClass {
  const readRate = share * part.reads;
  const deleteRate = share * part.deletes;
  const life = (seconds: number) => {
    const slid =
      part.sliding && readRate * seconds > 1e-9 ? Math.expm1(Math.min(600, readRate * seconds)) / readRate : seconds;
    return deleteRate === 0 ? slid : expIntegral(deleteRate, slid);
  };
  return {
    count: count * (1 - part.absent),
    readRate,
    writeRate: share * part.writes,
    fill: part.fill,
    bytes,
    ttls:
      part.deletes === 0 && !part.sliding ? part.ttls : part.ttls.map(one => ({ ...one, seconds: life(one.seconds) })),
  };
}
