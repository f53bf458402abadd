// What a sample of the keys cannot stand for.

import type { NodeType } from "../catalog/nodes.ts";
import { ORIGINLESS, patternOf } from "./build-pattern.ts";
import type { Report } from "./build-report.ts";
import type { Scenario, WorkloadInput } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

/** Why patterns that use the cache for its own sake are not sampled: a key of a sample is asked for as often as N are. */
const WHOLE_ONLY: Readonly<Record<(typeof ORIGINLESS)[number], string>> = {
  "read-modify-write": "which updates of a key meet depends on how often it is written a second",
  iterate: "a walk passes all that a node or a collection holds, and the sample has 1/N of it",
  "job-stream": "how long jobs wait depends on how many come to one stream a second, and on its own consumers",
  publish: "a channel of the sample would have the messages of N, and no more subscribers than before",
};

/** Whether the daily backup is a drill of the run. */
export function backsUp({ cluster }: Scenario): boolean {
  return cluster.backupWindow !== undefined && cluster.backups > 0;
}

export function checkSampled(scenario: Scenario, node: NodeType, keysPer: number, report: Report): void {
  const { cluster, drills } = scenario;
  const sampled = `sampled(1/${keysPer})`;
  const refuse = (path: Path, why: string) =>
    report(path, `cannot be simulated by ${sampled}: ${why}; use «fidelity: exact»`);
  if (cluster.deployment === "serverless") {
    refuse(
      ["cluster", "deployment"],
      "the limits of a serverless cache grow over minutes, and the run has 1/N of them",
    );
  }
  if (drills.length > 0) {
    refuse(["drills", 0], "failovers, copies and saves take their own time, which does not shrink with the keys");
  }
  if (backsUp(scenario)) {
    refuse(["cluster", "backupWindow"], "a backup takes its own time, which does not shrink with the keys");
  }
  if (cluster.autoScaling !== undefined) {
    refuse(["cluster", "autoScaling"], "its policies follow the load over minutes, and the run has 1/N of them");
  }
  if (node.cpuCredits !== null) {
    refuse(["cluster", "node"], "CPU credits are earned and spent over hours, and the run has 1/N of them");
  }
  if (node.ssdGiB !== null) {
    refuse(["cluster", "node"], "which values move to its SSD depends on all keys together");
  }
  if (scenario.data !== undefined && Object.keys(scenario.data).length > 0) {
    refuse(["data"], "single keys are in no sample");
  }
  scenario.workload.forEach((one, i) => {
    checkWorkload(one, (...rest) => ["workload", i, ...rest], refuse);
  });
  checkShared(scenario, refuse);
}

function checkWorkload(
  input: WorkloadInput,
  path: (...rest: Path) => Path,
  refuse: (path: Path, why: string) => void,
): void {
  if (input.trace !== undefined) {
    refuse(
      path("trace"),
      "which of its keys are the most popular is not known before the run («cachecast mrc» samples traces)",
    );
    return;
  }
  for (const template of Object.keys(input.commands ?? {})) {
    const words = template.trim().split(/\s+/u);
    if (!/^(?:get|set)$/iu.test(words[0]) || words[1] !== "{key}" || words.some(word => /^\d+$/u.test(word))) {
      refuse(
        path("commands", template),
        "a sample of the keys can be asked for GET {key} and SET {key} with {value} and {ttl} only",
      );
    }
  }
  if ((input.keys?.drift ?? 0) > 0)
    refuse(path("keys", "drift"), "which keys are popular changes while the run has 1/N of the time");
  if (input.holds !== undefined) refuse(path("holds"), "only strings are sampled");
  for (const name of ORIGINLESS) {
    if (input.pattern?.[name] !== undefined) refuse(path("pattern", name), WHOLE_ONLY[name]);
  }
  const pattern = patternOf(input);
  if (pattern === null) return;
  const { name, options } = pattern;
  const at = (...rest: Path) => path("pattern", name, ...rest);
  if (name === "write-behind") {
    refuse(at(), "how many writes of a key become one depends on how often it is written a second");
  }
  const { stampede = "none" } = options;
  if (name !== "refresh-ahead" && stampede !== "none" && stampede["single-flight"] === undefined) {
    refuse(
      at("stampede"),
      "what it saves depends on how many ask for one key at once, and those of a sample are N times as many",
    );
  }
  if (name === "refresh-ahead") {
    refuse(at(), "it refreshes a key as often as it is asked for a second");
  }
  if (options.absentTtl !== undefined) {
    refuse(at("absentTtl"), "keys that the origin lacks live by a time of their own");
  }
}

/** Workloads that share keys must choose the same sample of them. */
function checkShared({ workload }: Scenario, refuse: (path: Path, why: string) => void): void {
  const seen = new Map<string, { name: string; keys: string }>();
  workload.forEach(({ name, keys }, i) => {
    if (keys === undefined) return;
    const shape = `${keys.count} ${keys.popularity}`;
    const before = seen.get(keys.prefix);
    if (before !== undefined && before.keys !== shape) {
      refuse(["workload", i, "keys"], `it shares keys with ${before.name}, but counts them or asks for them otherwise`);
    }
    seen.set(keys.prefix, { name, keys: shape });
  });
}
