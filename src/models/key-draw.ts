// Whom a workload's next request is for: by popularity, which may drift; or now and then a key that nobody asks for again.

import type { Simulation } from "../sim/simulation.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { WorkloadConfig } from "./config.ts";

/** Draws a key; `usual` draws one as it would be otherwise. */
export type KeyDraw = (usual: () => number) => number;

export function keyDrawer(config: WorkloadConfig, sim: Pick<Simulation, "now" | "random">): () => number {
  const { popularity, driftPerSecond = 0, onceShare = 0, keyCount, name } = config;
  const keyDraws = sim.random(`${name}/keys`);
  let draw = () => popularity(keyDraws);
  if (driftPerSecond > 0) {
    draw = () => {
      const key = popularity(keyDraws) - Math.floor((sim.now / NS_PER_SECOND) * driftPerSecond);
      // New ones have the even numbers behind the workload's own, those that are asked for once the odd ones.
      return key >= 0 ? key : keyCount - 2 * (key + 1);
    };
  }
  if (onceShare === 0) return draw;
  const onceDraws = sim.random(`${name}/once`);
  const usual = draw;
  let nextOnce = keyCount - 1;
  return () => (onceDraws.next() < onceShare ? (nextOnce += 2) : usual());
}
