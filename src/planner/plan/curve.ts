// What a world asks for, tabulated over how much is kept: keys in memory, hit rate, stores and evictions. The table is made as
// exact LRU, whose idle time is its parameter, and shifted to the scenario's own policy (forms/policy-shift.ts). How many
// bytes the keys are depends on the engine (engine-side.ts); everything else does not.

import type { Built } from "../../scenarios/build.ts";
import type { EvictionSettings } from "../forms/hit-rate.ts";
import { lruLife } from "../forms/lru.ts";
import { evictionSettings, type PolicyShift, policyShift } from "../forms/policy-shift.ts";
import type { KeyClass, RankRun } from "../forms/rate-classes.ts";
import { expIntegral, type LifeModel, type Residence, residence, unevicted } from "../forms/residence.ts";
import { baseParts, type DemandPart, type DemandWorld, demandAt, middleFactors, worldConfig } from "./worlds.ts";

export interface CurveRow {
  /** In memory, by part; of all primaries together. */
  readonly keys: readonly number[];
  readonly hitRate: number;
  /** Per second. */
  readonly evictions: number;
  readonly stores: number;
}

export interface WorldCurve {
  readonly world: DemandWorld;
  /** From little memory to all that lives; the last row evicts nothing. */
  readonly rows: readonly CurveRow[];
  readonly hotShare: number;
}

const CURVE_POINTS = 16;

export function worldCurve(built: Built, world: DemandWorld): WorldCurve {
  const { expiry } = settingsOf(built);
  // By weight of values alone: the shift asks for shares of all bytes, and no engine's overhead changes them much.
  const classes = world.parts.map(classesOf);
  const state = (life: LifeModel) => merged(classes.map(of => residence(of, life, expiry)));
  const whole = state(unevicted);
  const shift = shiftOf(built);
  const reads = world.parts.reduce((sum, part) => sum + part.reads, 0);
  // Reads of keys that the origin does not have miss.
  const present = reads === 0 ? 1 : whole.reads / reads;
  const rate = Math.max(1e-9, whole.reads + world.parts.reduce((sum, part) => sum + part.writes, 0));
  const keys = world.parts.reduce((sum, part) => sum + part.keys, 0);
  const standing = world.parts.map(part => (part.others.length > 0 && part.reads + part.writes === 0 ? part.keys : 0));
  const rows: CurveRow[] = [];
  for (let i = 0; i < CURVE_POINTS; i++) {
    // Idle times from the hottest keys' to what keeps nearly all.
    const t = (Math.max(1, keys) / rate) * 10 ** (-2.5 + (4.5 * i) / (CURVE_POINTS - 1));
    const at = state(lruLife(t, Number.POSITIVE_INFINITY));
    if (at.count >= whole.count * 0.999) break;
    const hitRate = shift(at.count / whole.count, at.hitRate, whole.hitRate);
    // Whom LRU would have kept and the policy has not is stored again, and somebody goes for it.
    const more = (at.hitRate - hitRate) * at.reads;
    rows.push({
      keys: at.keys.map((count, p) => count + standing[p]),
      hitRate: present * hitRate,
      evictions: Math.max(0, at.evictions + more),
      stores: Math.max(0, at.stores + more),
    });
  }
  rows.push({
    keys: whole.keys.map((count, p) => count + standing[p]),
    hitRate: present * whole.hitRate,
    evictions: 0,
    stores: whole.stores,
  });
  return {
    world,
    rows,
    hotShare: Math.max(...world.parts.map(part => part.runs.reduce((top, run) => Math.max(top, run.share), 0))),
  };
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
