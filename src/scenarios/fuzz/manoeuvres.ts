// What is done to the cluster on purpose while faults go on: slots move between shards, shards come and go.

import type { Dice } from "./dice.ts";
import type { Shape } from "./topology.ts";

/** A drill as it would be written. */
export type Entry = Readonly<Record<string, unknown>>;

export interface Manoeuvres {
  readonly drills: readonly Entry[];
  /** The highest number that a shard may have by then. */
  lastShard(atMs: number): number;
}

export function drawManoeuvres(dice: Dice, shape: Shape, fromMs: number, toMs: number): Manoeuvres {
  const count = shape.isSingle || dice.rarely(3) ? 0 : dice.whole(1, 3);
  const times = Array.from({ length: count }, () => fromMs + dice.below(toMs - fromMs)).sort((a, b) => a - b);
  const added: number[] = [];
  let { shards } = shape;
  const drills = times.map((atMs, i): Entry => {
    // A cross-field check says what is there «by then»: what happens at the same instant does not count.
    const earlier = i > 0 && times[i - 1] === atMs;
    const kind = dice.oneOf("out", "in", "move", "even", "by load");
    const at = `${atMs}ms`;
    if (kind === "out" || shards === 1) {
      const more = dice.whole(1, 2);
      if (shards === 1 && kind !== "out" && dice.rarely(2)) return { at, reshard: { plan: "even" } };
      shards += more;
      for (let one = 0; one < more; one++) added.push(atMs);
      return { at, "scale-out": { shards: more } };
    }
    if (kind === "in" && !earlier) {
      shards--;
      return { at, "scale-in": { shards: 1 } };
    }
    if (kind === "by load") return { at, reshard: { plan: "by-load", measure: `${dice.whole(1, 3)}s` } };
    if (kind !== "move") return { at, reshard: { plan: "even" } };
    const from = dice.whole(1, shape.shards);
    const to = 1 + ((from + dice.below(Math.max(1, shape.shards - 1))) % shape.shards);
    if (from === to) return { at, reshard: { plan: "even" } };
    const method = shape.isAtomic && dice.rarely(4) ? { method: "slot-by-slot" } : {};
    return { at, reshard: { from, to, slots: dice.oneOf(1, 50, 800, 4_000), ...method } };
  });
  return { drills, lastShard: atMs => shape.shards + added.filter(addedMs => addedMs < atMs).length };
}
