// What a world asks for, tabulated over memory: hit rate, stores and evictions of all primaries together. The table is made as
// exact LRU, whose idle time is its parameter, and shifted to the scenario's own policy (forms/policy-shift.ts).

import type { Built } from "../../scenarios/build.ts";
import { stringKeyBytes } from "../forms/key-memory.ts";
import { lruLife } from "../forms/lru.ts";
import { evictionSettings, type PolicyShift, policyShift } from "../forms/policy-shift.ts";
import type { KeyClass, RankRun } from "../forms/rate-classes.ts";
import { expIntegral, residence, unevicted } from "../forms/residence.ts";
import type { DemandPart, DemandWorld } from "./worlds.ts";

/** What a world asks for, tabulated over memory: ascending bytes of all primaries together. */
export interface WorldCurve {
  readonly world: DemandWorld;
  readonly bytes: readonly number[];
  readonly hitRates: readonly number[];
  readonly evictions: readonly number[];
  readonly stores: readonly number[];
  readonly allBytes: number;
  readonly allKeys: number;
  readonly hotShare: number;
}

const CURVE_POINTS = 18;
const EXPIRY = { hz: 10, effort: 1 };

export function worldCurve(built: Built, world: DemandWorld): WorldCurve {
  const config = built.world(0, built.scenario.seed);
  const layout = config.cluster.profile.layout(config.cluster.quantum, config.cluster.mode === "cluster");
  const classes: KeyClass[] = world.parts.flatMap(part => {
    const bytes = stringKeyBytes(layout, part.keyLength, part.ttlSeconds !== null, part.sizes) + TABLE_SHARE;
    return part.runs.map(run => keyClass(part, run, bytes));
  });
  const whole = residence(classes, unevicted, EXPIRY);
  const free = whole.hitRate ?? 1;
  const shift = shiftOf(built, classes, config.cluster.parameters);
  const rows: { bytes: number; hitRate: number; evictions: number; stores: number }[] = [];
  const reads = world.parts.reduce((sum, part) => sum + part.reads, 0);
  // Reads of keys that the origin does not have miss.
  const present = reads === 0 ? 1 : whole.reads / reads;
  const rate = Math.max(1e-9, whole.reads + world.parts.reduce((sum, part) => sum + part.writes, 0));
  const keys = Math.max(
    1,
    world.parts.reduce((sum, part) => sum + part.keys, 0),
  );
  for (let i = 0; i < CURVE_POINTS; i++) {
    // Idle times from the hottest keys' to what keeps nearly all.
    const t = (keys / rate) * 10 ** (-2.5 + (4.5 * i) / (CURVE_POINTS - 1));
    const state = residence(classes, lruLife(t, Number.POSITIVE_INFINITY), EXPIRY);
    if (state.bytes >= whole.bytes * 0.999) break;
    const lru = state.hitRate ?? 1;
    const hitRate = shift(state.bytes / whole.bytes, lru, free);
    // Whom LRU would have kept and the policy has not is stored again, and somebody goes for it.
    const more = state.hitRate === null ? 0 : (lru - hitRate) * state.reads;
    const evictions = Math.max(0, state.evictions + more);
    rows.push({ bytes: state.bytes, hitRate: present * hitRate, evictions, stores: Math.max(0, state.stores + more) });
  }
  rows.push({ bytes: whole.bytes, hitRate: present * (whole.hitRate ?? 1), evictions: 0, stores: whole.stores });
  return {
    world,
    bytes: rows.map(row => row.bytes),
    hitRates: rows.map(row => row.hitRate),
    evictions: rows.map(row => row.evictions),
    stores: rows.map(row => row.stores),
    allBytes: whole.bytes,
    allKeys: whole.aliveKeys + whole.staleKeys,
    hotShare: Math.max(...world.parts.map(part => part.runs.reduce((most, run) => Math.max(most, run.share), 0))),
  };
}

const TABLE_SHARE = 12;

/** A policy's shift is that of the first world that is asked for: the middle one. */
const SHIFTS = new WeakMap<Built, PolicyShift>();

function shiftOf(built: Built, classes: readonly KeyClass[], parameters: Readonly<Record<string, string>>) {
  let shift = SHIFTS.get(built);
  if (shift === undefined) SHIFTS.set(built, (shift = policyShift(classes, evictionSettings(parameters))));
  return shift;
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
