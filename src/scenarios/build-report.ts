// How the building of a world tells what does not fit together.

import { parseDurationNs, parseRange, UnitError } from "../units.ts";
import type { Path } from "./yaml-file.ts";

/** Tells a problem of the scenario at a path. */
export type Report = (path: Path, message: string) => void;

/** A range of durations, or its problem reported. */
export function readRange(text: string, path: Path, report: Report): [number, number] {
  try {
    const { low, high } = parseRange(text, parseDurationNs);
    return [low, high];
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    report(path, error.message);
    return [0, 0];
  }
}
