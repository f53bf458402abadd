// What the script in the page is given, as JSON: columns of numbers, and for each chart which of them to draw and how. All
// choices are made here on the side that can be tested; the script only draws.

import type { UnitKind } from "../quantity.ts";

/** One value, or nothing to measure. */
export type Cell = number | null;

/** Columns over a common axis. */
export interface Frame {
  /** Where each row lies on the axis: the end of its period in seconds, or 1/(1-q) of a percentile. */
  readonly axis: readonly number[];
  /** Periods per row. Above one a column holds two values per row: the lowest and the highest. */
  readonly group: number;
  readonly columns: readonly (readonly Cell[])[];
}

export interface LineSpec {
  readonly label: string;
  readonly column: number;
  /** Shade the space between this line and the one with that index. */
  readonly shadeTo: number | null;
}

export interface LimitSpec {
  readonly value: number;
  readonly label: string;
}

export interface ChartSpec {
  readonly id: string;
  readonly frame: number;
  readonly axis: "time" | "percentile";
  readonly from: number;
  readonly to: number;
  /** What the axis calls zero: the injection, in a drill's charts. */
  readonly origin: number;
  readonly log: boolean;
  /** Ends of the value axis, in the values' own unit. */
  readonly bottom: number;
  readonly top: number;
  /** Drawn values are those of the column divided by `divide`, and then have `unit`. */
  readonly unit: string;
  readonly divide: number;
  /** What the columns hold. */
  readonly kind: UnitKind;
  /** Rows of the frame per drawn point; several are drawn as their lowest and highest value. */
  readonly merge: number;
  /** Values were measured at a few points only: the line goes straight over gaps. */
  readonly bridged: boolean;
  readonly lines: readonly LineSpec[];
  readonly limits: readonly LimitSpec[];
  /** Stretches that are shaded: drills under way. */
  readonly regions: readonly (readonly [from: number, to: number])[];
  /** Instants that get a thin line. */
  readonly marks: readonly number[];
}

/** Columns that can be downloaded but are not drawn by the script, as those of a heat map. */
export interface SheetSpec {
  readonly id: string;
  readonly frame: number;
  readonly kind: UnitKind;
  readonly lines: readonly { readonly label: string; readonly column: number }[];
}

export interface PageData {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly charts: readonly ChartSpec[];
  readonly sheets: readonly SheetSpec[];
  readonly events: readonly (readonly [
    id: number,
    seconds: number,
    node: string,
    what: string,
    cause: number | null,
  ])[];
}
