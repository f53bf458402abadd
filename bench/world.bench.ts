// Whole scenarios without files: simulated requests per CPU second for cache-aside over 1 M keys on three shards with a
// replica each, exact fidelity, all statistics on.

import { World } from "../src/models/world.ts";
import { NS_PER_SECOND } from "../src/units.ts";
import { cpuSeconds } from "./cpu.ts";
import { worldConfig } from "./world-config.ts";

for (const [label, rate, seconds, preload] of [
  ["warm, 100 k/s", 100_000, 20, 1],
  ["cold, 100 k/s", 100_000, 20, 0],
  ["cold, 30 k/s", 30_000, 60, 0],
] as const) {
  globalThis.gc?.();
  const world = new World(worldConfig({ keys: 1_000_000, rate, seconds, preload }));
  world.start(); // fills the cache where it is preloaded: not a part of the run
  const cpu = cpuSeconds(() => {
    world.sim.run(seconds * NS_PER_SECOND);
  });
  const arrived = world.traffic.reduce((sum, traffic) => sum + traffic.arrived, 0);
  world.checkConservation();
  console.log(
    `${label.padEnd(16)} ${arrived} requests in ${cpu.toFixed(2)} CPU-s: ${Math.round(arrived / cpu).toLocaleString("en")} requests/CPU-s, ` +
      `${(world.sim.eventCount / arrived).toFixed(2)} events a request, digest ${world.sim.digest}, outcomes ${[...world.recorder.totals].join("/")}`,
  );
}
