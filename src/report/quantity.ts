// Units of what a report shows. A table column or a plot has one unit, chosen by its highest value and named once in the
// header; a sentence carries the unit beside the number.

import { formatBytes, formatDurationNs, formatNumber, formatRate, GIB, KIB, MIB } from "../units.ts";

export type UnitKind = "rate" | "us" | "seconds" | "percent" | "bytes" | "bits" | "count";

/** Values are divided by `divide` and then have `unit`. */
export interface Scale {
  readonly unit: string;
  readonly divide: number;
}

/** From the largest unit down: the first whose `from` is reached. */
const SCALES: Readonly<Record<UnitKind, readonly (readonly [from: number, unit: string, divide: number])[]>> = {
  rate: [
    [1e6, "M/s", 1e6],
    [0, "/s", 1],
  ],
  us: [
    [1e7, "s", 1e6],
    [1e3, "ms", 1e3],
    [0, "us", 1],
  ],
  seconds: [
    [1, "s", 1],
    [0, "ms", 1e-3],
  ],
  percent: [[0, "%", 1]],
  bytes: [
    [GIB, "GiB", GIB],
    [MIB, "MiB", MIB],
    [KIB, "KiB", KIB],
    [0, "B", 1],
  ],
  bits: [
    [1e9, "Gbit/s", 1e9],
    [1e6, "Mbit/s", 1e6],
    [1e3, "kbit/s", 1e3],
    [0, "bit/s", 1],
  ],
  count: [[0, "", 1]],
};

/** The unit in which values are kept, as a downloaded table names it. */
export const BASE_UNITS: Readonly<Record<UnitKind, string>> = {
  rate: "per second",
  us: "us",
  seconds: "s",
  percent: "%",
  bytes: "bytes",
  bits: "bit/s",
  count: "",
};

/** The scale for values of which `highest` is the largest. */
export function scaleFor(kind: UnitKind, highest: number): Scale {
  const [, unit, divide] = SCALES[kind].find(([from]) => highest >= from) ?? SCALES[kind][SCALES[kind].length - 1];
  return { unit, divide };
}

/** A value with its unit, as in a sentence. */
export function say(kind: UnitKind, value: number): string {
  switch (kind) {
    case "rate":
      return formatRate(value);
    case "us":
      return formatDurationNs(value * 1e3);
    case "seconds":
      return formatDurationNs(value * 1e9);
    case "percent":
      return `${formatNumber(value)} %`;
    case "bytes":
      return formatBytes(value);
    case "bits": {
      const { unit, divide } = scaleFor(kind, value);
      return `${formatNumber(value / divide)} ${unit}`;
    }
    case "count":
      return formatNumber(value);
  }
}

/** An instant or a length in seconds. */
export function saySeconds(seconds: number): string {
  return formatDurationNs(seconds * 1e9);
}
