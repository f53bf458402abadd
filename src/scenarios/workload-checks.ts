// What a workload says and nothing reads.

import { patternOf } from "./build-pattern.ts";
import type { Report } from "./build-report.ts";
import type { WorkloadInput } from "./schema.ts";
import { partOf } from "./written.ts";
import type { Path } from "./yaml-file.ts";

/** `written`: the workload without defaults, and without what a ready one fills in. */
export function checkWithoutEffect(
  input: WorkloadInput,
  written: Readonly<Record<string, unknown>>,
  path: (...rest: Path) => Path,
  report: Report,
): void {
  if (input.rate === undefined) {
    const other = input.users === undefined ? "trace" : "users";
    for (const key of ["arrivals", "pipeline"] as const) {
      if (written[key] === undefined || input[other] === undefined) continue;
      report(path(key), `has no effect with «${other}:»: it is about the requests of a «rate:»`);
    }
  }
  const trace = partOf(written, "trace");
  if (written.values !== undefined && trace.sizes !== undefined) {
    report(path("trace", "sizes"), "has no effect beside «values:», which say it already");
  }
  const pattern = patternOf(input);
  if (pattern !== null) {
    const why = `has no effect: values live as long as «pattern.${pattern.name}.ttl» says`;
    if (written.ttl !== undefined) report(path("ttl"), why);
    if (trace.ttl !== undefined) report(path("trace", "ttl"), why);
    return;
  }
  if (written.ttl === undefined) return;
  if (trace.ttl !== undefined) report(path("trace", "ttl"), "has no effect beside «ttl:», which says it already");
  const isRead = Object.keys(input.commands ?? {}).some(template => template.includes("{ttl}"));
  if (input.trace === undefined && input.preload === 0 && !isRead) {
    report(path("ttl"), "has no effect: no command has {ttl}, and nothing is preloaded");
  }
}
