// A hot shard: how much of the requests goes there, also where few keys do, and what cannot become hot.

import { describe, expect, it } from "vitest";
import { DRILLS, scheduleDrills } from "../../src/drills/index.ts";
import { KeyTable } from "../../src/workload/keys.ts";
import { CALM, runTo, smallWorld, type Wanted } from "../models/world.ts";

const spec = DRILLS.find(({ name }) => name === "hot-shard")!;

function heat(given: object, wanted: Wanted = {}) {
  const world = smallWorld({
    keys: 20_000,
    rate: 2_000,
    seconds: 3,
    latency: CALM,
    cluster: { shards: 3, replicasPerShard: 0, multiAz: false },
    ...wanted,
  });
  const options = spec.options.parse({ for: "1s", ...given });
  const [report] = scheduleDrills(world, [{ atNs: 1e9, name: "hot-shard", options }]);
  runTo(world, 1.01);
  const slots = new Map<number, number>();
  let all = 0;
  const stop = world.watchReplies(request => {
    // Each request reads once; only a miss stores its value too.
    if (world.requests.reads[request] === 0) return;
    const slot = world.requests.slot[request];
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
    all++;
  });
  runTo(world, 2);
  stop();
  const hottest = Math.max(...slots.values()) / all;
  const [slot] = [...slots].find(([, count]) => count / all === hottest)!;
  runTo(world, 3);
  return { world, report, hottest, shard: world.cluster.shardOfSlot[slot] };
}

describe("a hot shard", () => {
  it("of one slot takes the share that it is told, though few keys lie there", () => {
    const { hottest, shard, report } = heat({ shard: 2, share: "60%", slots: "one" });
    expect(shard).toBe(1);
    expect(hottest).toBeGreaterThan(0.55);
    expect(hottest).toBeLessThan(0.65);
    expect(report.phases.map(({ name }) => name)).toEqual(["hot"]);
  });

  it("is refused where no key of a workload lies", () => {
    const keys = new KeyTable(100, key => `{one}:${key}`);
    const owner = heat({ shard: 1 }, { keys: 100, workload: { keys, keyCount: 100 } }).shard;
    const { report } = heat({ shard: ((owner + 1) % 3) + 1 }, { keys: 100, workload: { keys, keyCount: 100 } });
    expect(report.refused).toContain("no key of a workload lies on shard");
  });

  it("needs a share and a workload that draws its keys", () => {
    const facts = {
      shards: 3,
      lastShard: 3,
      replicas: 0,
      mode: "cluster",
      earlier: [],
      workloads: [{ isTrace: true }],
    };
    const found = spec.problems!(spec.options.parse({ share: "0%" }), facts as never);
    expect(found.map(({ message }) => message)).toEqual([
      "must be more than nothing",
      "needs a workload that draws its keys: a trace names them itself",
    ]);
  });
});
