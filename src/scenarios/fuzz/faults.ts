// Faults, each of which begins and ends within the given time.
//
// A case has one slow node at most: factors of several multiply, and what a node has taken while it is slow it finishes at that
// pace (work is promised ahead), so that a million times slower for a second is minutes of work that no recovery shortens.

import type { Dice } from "./dice.ts";
import type { Entry, Manoeuvres } from "./manoeuvres.ts";
import type { Shape } from "./topology.ts";

const SLOW = "slow-node";

export function drawFaults(dice: Dice, shape: Shape, manoeuvres: Manoeuvres, fromMs: number, toMs: number): Entry[] {
  const faults: Entry[] = [];
  for (let left = dice.whole(1, 5); left > 0; left--) {
    const maySlow = !faults.some(fault => SLOW in fault);
    faults.push(drawFault(dice, shape, manoeuvres, maySlow, fromMs, toMs));
  }
  return faults;
}

function drawFault(
  dice: Dice,
  shape: Shape,
  { lastShard }: Manoeuvres,
  maySlow: boolean,
  fromMs: number,
  toMs: number,
): Entry {
  const atMs = fromMs + dice.below(toMs - fromMs - 500);
  const length = { for: `${100 + dice.below(Math.max(1, toMs - atMs - 100))}ms` };
  const shard = dice.whole(1, lastShard(atMs));
  const isReplica = shape.replicas > 0 && dice.rarely(2);
  const node = isReplica
    ? { role: "replica", shard, replica: dice.whole(1, shape.replicas) }
    : { role: "primary", shard };
  const zone = dice.whole(1, shape.zones);
  const side = dice.oneOf(
    `zone ${zone}`,
    `shard ${shard}`,
    `primary of shard ${shard}`,
    "nodes",
    "clients",
    `clients of zone ${zone}`,
  );
  const between = { from: side, to: "rest", direction: dice.oneOf("both", "one-way"), ...length };
  const faults: (readonly [string, object])[] = [
    ["crash-node", node],
    ["lose-host", node],
    ["freeze-node", { ...node, ...length }],
    ["partition", between],
    ["partition", between],
    ["packet-loss", { ...between, loss: `${dice.whole(1, 30)}%` }],
    ["inject-latency", { ...between, delay: `${dice.whole(1, 80)}ms`, jitter: `${dice.below(20)}ms` }],
    ["snapshot", {}],
  ];
  if (maySlow) faults.push([SLOW, { ...node, factor: dice.whole(2, 200), ...length }]);
  if (shape.zones > 1) faults.push(["isolate-zone", { zone, ...length }]);
  if (shape.zones > 1) faults.push(["zone-outage", { zone, clients: "stay", ...length }]);
  if (!shape.isUpstream && shape.replicas > 0 && (!shape.isSingle || shape.zones > 1)) {
    faults.push(["test-failover", { shard }]);
  }
  if (shape.isSingle) faults.push(["reboot-node", { ...node, ...length }]);
  const [name, options] = dice.oneOf(...faults);
  return { at: `${atMs}ms`, [name]: options };
}
