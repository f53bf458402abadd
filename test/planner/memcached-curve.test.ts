// Hit-rate curves of Memcached against what memcached 1.6.18 answered to the same sequence (shared/truth): z120-n100k-fix500, one
// size of value, 2, 4 and 8 MB.

import { expect, it } from "vitest";
import { memcachedSimulation } from "../../src/planner/curves/memcached-simulation.ts";
import { RequestLog } from "../../src/planner/curves/requests.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { TRACE_GET, TraceKeys, UNKNOWN_TTL } from "../../src/workload/traces/trace.ts";
import { memcachedCells, noTruth, workload } from "../oracle/truth.ts";

it.skipIf(noTruth !== null)(`a curve goes through what a real server measured (${noTruth ?? "measured"})`, () => {
  const cells = memcachedCells().filter(one => one.workload === "z120-n100k-fix500");
  const { keys, size } = workload("z120-n100k-fix500");
  const names = new TraceKeys();
  const log = new RequestLog(names, { valueBytes: constant(500), ttlSeconds: null });
  const perMs = cells[0].reps[0].replay_rps / 1_000;
  keys.forEach((key, i) => {
    log.push((i / perMs) * 1e6, names.number(key), TRACE_GET, size[i], UNKNOWN_TTL);
  });
  for (const { m_mb, hit_ratio } of cells) {
    expect(Math.abs(memcachedSimulation(log, "memcached", m_mb * 1_048_576).hitRate - hit_ratio)).toBeLessThan(0.0015);
  }
  // One list without segments keeps the popular ones less well.
  const [smallest] = cells.toSorted((a, b) => a.m_mb - b.m_mb);
  const flat = memcachedSimulation(log, "memcached-flat", smallest.m_mb * 1_048_576).hitRate;
  expect(flat).toBeLessThan(smallest.hit_ratio);
  expect(flat).toBeGreaterThan(smallest.hit_ratio - 0.1);
});
