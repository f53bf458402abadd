// One fault, which begins and ends within the given time.

import type { Dice } from "./dice.ts";
import type { Entry, Manoeuvres } from "./manoeuvres.ts";
import type { Shape } from "./topology.ts";

export function drawFault(dice: Dice, shape: Shape, { lastShard }: Manoeuvres, fromMs: number, toMs: number): Entry {
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
    ["slow-node", { ...node, factor: dice.whole(2, 200), ...length }],
    ["partition", between],
    ["partition", between],
    ["packet-loss", { ...between, loss: `${dice.whole(1, 30)}%` }],
    ["inject-latency", { ...between, delay: `${dice.whole(1, 80)}ms`, jitter: `${dice.below(20)}ms` }],
    ["snapshot", {}],
  ];
  if (shape.zones > 1) faults.push(["isolate-zone", { zone, ...length }]);
  if (shape.zones > 1) faults.push(["zone-outage", { zone, clients: "stay", ...length }]);
  if (!shape.isUpstream && shape.replicas > 0 && (!shape.isSingle || shape.zones > 1)) {
    faults.push(["test-failover", { shard }]);
  }
  if (shape.isSingle) faults.push(["reboot-node", { ...node, ...length }]);
  const [name, options] = dice.oneOf(...faults);
  return { at: `${atMs}ms`, [name]: options };
}
