// Little's law over a whole node; its waits and hit rates against theory are in test/validation/node.ts.

import { describe, expect, it } from "vitest";
import { World } from "../../src/models/world.ts";
import { getServiceNs, oneNode } from "../validation/node.ts";

describe("a node", () => {
  it("requests in progress = rate x latency (Little's law)", () => {
    const world = new World(oneNode({ keys: 20_000, rate: 20_000, seconds: 10 }));
    world.start();
    world.sim.run(10e9);
    const { periods } = world.recorder;
    const inProgress = periods.reduce((sum, period) => sum + period.inProgress, 0) / periods.length;
    const ended = periods.reduce((sum, period) => sum + period.rows[0].latency.count, 0) / 10;
    const latency = periods.reduce((sum, period) => sum + period.rows[0].latency.sum, 0) / (ended * 10) / 1e9;
    expect(inProgress / (ended * latency)).toBeCloseTo(1, 2);
  });

  it("is as busy as its load says", () => {
    const rate = 0.6e9 / getServiceNs("product:500".length, 200);
    const config = oneNode({ keys: 900, rate, seconds: 4 });
    const workload = { ...config.workloads[0], preload: 1, popularity: () => 500 };
    const world = new World({ ...config, workloads: [workload] });
    world.start();
    world.sim.run(4e9);
    expect(world.cluster.nodes[0].workedNs / 4e9).toBeCloseTo(0.6, 2);
  });
});
