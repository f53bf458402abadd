// The first and last key and the step between them, as COMMAND showed keys before there were key specs. Keys that stand
// elsewhere are "movable".

import type { KeyRange } from "../command.ts";
import { INCOMPLETE, type KeySpec } from "./key-specs.ts";

export interface LegacyRange {
  readonly range: KeyRange | null;
  readonly movable: boolean;
}

/** What of the specs one range can tell. Neighbouring ranges with step 1 become one. */
export function legacyRange(specs: readonly KeySpec[]): LegacyRange {
  if (specs.length === 1) {
    const [{ begin, find, flags }] = specs;
    if (begin.type === "index" && find.type === "range") {
      const last = find.last >= 0 ? begin.index + find.last : find.last;
      return { range: { first: begin.index, last, step: find.step }, movable: (flags & INCOMPLETE) !== 0 };
    }
  }
  let movable = false;
  let range = null as KeyRange | null;
  for (const { begin, find, flags } of specs) {
    if (begin.type !== "index" || find.type !== "range" || find.step !== 1) {
      movable = true;
      continue;
    }
    if (range !== null && range.last !== begin.index - 1) {
      movable = true;
      continue;
    }
    if ((flags & INCOMPLETE) !== 0) movable = true;
    const last: number = find.last >= 0 ? begin.index + find.last : find.last;
    if (range === null) range = { first: begin.index, last, step: 1 };
    else range = { ...range, last };
  }
  return { range, movable };
}
