// Columns that share an axis, and how they travel inside a page: numbers with five digits, the axis as differences,
// deflated, as base64 (which also keeps every character of a scenario away from the HTML around it).

import { deflateSync } from "node:zlib";
import { grouped, groupedAxis } from "./bucket.ts";
import type { Values } from "./source.ts";
import type { Frame, PageData } from "./spec.ts";

export interface FrameBuilder {
  /** Values that thinning would make fewer. */
  thinnable(): number;
  /** Index of the column; the same values are kept once. */
  add(values: Values): number;
  finish(group: number): Frame;
}

/** Frames of no more rows than this are never thinned. */
const SHORT = 600;

export function frameBuilder(axis: readonly number[]): FrameBuilder {
  const columns: Values[] = [];
  return {
    thinnable: () => (axis.length > SHORT ? axis.length * columns.length : 0),
    add(values) {
      const known = columns.indexOf(values);
      return known >= 0 ? known : columns.push(values) - 1;
    },
    finish(asked) {
      const group = axis.length > SHORT ? asked : 1;
      return { axis: groupedAxis(axis, group), group, columns: columns.map(values => grouped(values, group)) };
    },
  };
}

/** What a result has, and more than a plot can show. */
const DIGITS = 5;

/** Base64 of the deflated data. */
export function encode(data: PageData): string {
  const frames = data.frames.map(({ axis, group, columns }) => ({
    // Differences repeat, so they deflate to almost nothing.
    axis: axis.map((end, i) => Number((end - (i === 0 ? 0 : axis[i - 1])).toPrecision(9))),
    group,
    columns: columns.map(column => column.map(value => (value === null ? null : Number(value.toPrecision(DIGITS))))),
  }));
  return deflateSync(JSON.stringify({ ...data, frames }), { level: 7 }).toString("base64");
}
