// What a scenario says itself, before defaults and ready workloads fill it in: only of that it is told that it has no effect.

import type { Path } from "./yaml-file.ts";

/** The mapping at a path; an empty one where there is none. */
export function partOf(written: unknown, ...path: Path): Readonly<Record<string, unknown>> {
  let part = written;
  for (const step of path) part = (part as Record<string | number, unknown> | null | undefined)?.[step];
  return typeof part === "object" && part !== null ? (part as Record<string, unknown>) : {};
}
