// The value axis of a plot: its unit, its ends, and which limits lie on it.

import { type Scale, scaleFor, type UnitKind } from "../quantity.ts";
import type { Limit, Line } from "./chart.ts";
import { roundUp } from "./ticks.ts";

export interface ValueAxis extends Scale {
  readonly bottom: number;
  readonly top: number;
  readonly shown: readonly Limit[];
  /** Limits so far from every value that showing them would flatten the curve. */
  readonly beyond: readonly Limit[];
}

/** A limit further away than this multiple of the highest value is named, not drawn. */
const NEAR = 4;
const NEAR_LOG = 30;
const HEAD_ROOM = 1.05;
const HEAD_ROOM_LOG = 1.5;

interface AxisRequest {
  readonly kind: UnitKind;
  readonly lines: readonly Line[];
  readonly limits: readonly Limit[];
  readonly log?: boolean;
  readonly ceiling?: number;
}

function ends(lines: readonly Line[], positive: boolean): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { values } of lines) {
    for (const value of values) {
      if (value === null || (positive && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return Number.isFinite(low) ? [low, high] : [positive ? 1 : 0, 1];
}

export function valueAxis({ kind, lines, limits, log = false, ceiling }: AxisRequest): ValueAxis {
  const [low, high] = ends(lines, log);
  const near = (limit: Limit) =>
    log
      ? limit.value <= high * NEAR_LOG && limit.value >= low / NEAR_LOG
      : ceiling !== undefined || limit.value <= high * NEAR;
  const shown = limits.filter(near);
  const beyond = limits.filter(limit => !near(limit));
  const values = shown.map(limit => limit.value);
  const least = Math.min(low, ...values);
  const most = Math.max(high, ...values);
  const scale = scaleFor(kind, most);
  if (log) return { ...scale, bottom: least / HEAD_ROOM_LOG, top: most * HEAD_ROOM_LOG, shown, beyond };
  if (ceiling !== undefined) {
    const depth = roundUp(Math.max(ceiling - least, ceiling / 1e4) * HEAD_ROOM);
    return { ...scale, bottom: Math.max(0, ceiling - depth), top: Math.max(ceiling, most), shown, beyond };
  }
  const top = roundUp((most > 0 ? most * HEAD_ROOM : 1) / scale.divide) * scale.divide;
  return { ...scale, bottom: Math.min(0, least), top, shown, beyond };
}
