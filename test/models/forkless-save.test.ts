// Saves without a fork: which one a node makes, how long it lasts, what writes pay for it.

import { describe, expect, it } from "vitest";
import { nodeType } from "../../src/catalog/nodes.ts";
import type { SaveConfig } from "../../src/models/config.ts";
import { isForkless } from "../../src/models/forkless-save.ts";
import { type SaveReport, saveDurationNs, startSave } from "../../src/models/save.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, commands, runTo, smallWorld, type Wanted } from "./world.ts";

const AUTO: SaveConfig = { method: "auto", headroom: 1, share: 0.25 };
const VALUE = 20_000;

function world(save: SaveConfig | undefined, wanted: Wanted = {}) {
  return smallWorld({
    latency: CALM,
    zones: 1,
    keys: 5_000,
    rate: 200,
    seconds: 40,
    ...wanted,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false, save, ...wanted.cluster },
    client: { timeoutNs: 10e9, pool: { size: 200 }, ...wanted.client },
    workload: {
      preload: 1,
      ttlSeconds: null,
      valueBytes: constant(VALUE),
      ...commands("SET {key} {value}"),
      ...wanted.workload,
    },
  });
}

function saved(save: SaveConfig | undefined, wanted: Wanted = {}) {
  const one = world(save, wanted);
  const node = one.cluster.nodes[0];
  const workNs = saveDurationNs(node);
  let report: SaveReport | null = null;
  one.sim.after(2e9, "save", () => startSave(node, one.sim, done => (report = done)));
  runTo(one, 30);
  const slowest = Math.max(...one.recorder.periods.slice(2, 10).map(period => period.rows[0].latency.max));
  return { report: report! as SaveReport, workNs, slowest };
}

describe("a node", () => {
  it("forks while what is in use could be copied, and saves without a fork when it could not", () => {
    const node = nodeType("cache.t4g.micro");
    const onHost = (keys: number, save: SaveConfig | undefined) =>
      isForkless(world(save, { keys, rate: 1, cluster: { node } }).cluster.nodes[0]);
    // The host has 1 GiB: 200 MB leave more than as much free, 560 MB do not.
    expect(onHost(10_000, AUTO)).toBe(false);
    expect(onHost(28_000, AUTO)).toBe(true);
    expect(onHost(28_000, { ...AUTO, method: "fork" })).toBe(false);
    expect(onHost(28_000, undefined)).toBe(false);
    expect(onHost(100, { ...AUTO, method: "forkless" })).toBe(true);
  });
});

describe("a forkless save", () => {
  const FORKLESS: SaveConfig = { ...AUTO, method: "forkless" };

  it("takes the child's work over its share of the engine thread, and stops nobody for a fork", () => {
    const { report, workNs, slowest } = saved(FORKLESS, { rate: 20 });
    expect(report.forkless).toBe(true);
    expect(report.forkNs).toBe(0);
    expect(report.durationNs / (workNs / 0.25)).toBeGreaterThan(0.99);
    expect(report.durationNs / (workNs / 0.25)).toBeLessThan(1.05);
    expect(report.delayedNs).toBe(0);
    // A slice and the key's own part.
    expect(slowest).toBeLessThan(4e6);
  });

  it("makes writes wait that would outrun it, so that the changes stay below what is saved and a burst", () => {
    // A quarter of a core saves some 20 MB/s here, 2,000 writes a second of 20 kB are 40.
    const fast = saved(FORKLESS, { rate: 2_000 });
    expect(fast.report.completed).toBe(true);
    expect(fast.report.delayedNs).toBeGreaterThan(0.5e9);
    expect(fast.report.peakCopiedBytes).toBeLessThan(1.1 * fast.report.dataBytes + 2 ** 20);
    expect(fast.slowest).toBeGreaterThan(100e6);
    expect(saved(undefined, { rate: 2_000 }).report.delayedNs).toBe(0);
  });
});
