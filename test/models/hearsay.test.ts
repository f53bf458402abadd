// What nodes know of slots while they have missed a change of roles.

import { describe, expect, it } from "vitest";
import { viewOf } from "../../src/models/cluster-view.ts";
import { outlookOf } from "../../src/models/hearsay.ts";
import type { Node } from "../../src/models/node.ts";
import { smallWorld } from "./world.ts";

/** Three shards, whose first two primaries and third have missed something; slot 0 is the first one's. */
function behind() {
  const { cluster } = smallWorld({ cluster: { shards: 3, replicasPerShard: 0, multiAz: false } });
  const [source, target, other] = cluster.shards.map(shard => shard.primary);
  for (const node of [source, target, other]) node.state = "frozen";
  cluster.hearsay.announce(target, outlookOf(cluster.shards, cluster.slots));
  for (const node of [source, target, other]) node.state = "up";
  const answer = (node: Node) => {
    const { engine } = node;
    const session = engine.session(99, false);
    return viewOf(cluster, node).refusal(0, session, engine.commands.get("incr")!, ["incr", "n"])?.text ?? null;
  };
  return { cluster, source, target, other, answer };
}

describe("a node that has missed a change of roles", () => {
  it("knows of a slot that it gives away: it serves nobody there any more", () => {
    const { cluster, source, target, other, answer } = behind();
    expect([source, other].every(node => node.outlook !== null)).toBe(true);
    expect(answer(source)).toBeNull();
    cluster.hearsay.handOver([0], 0, 1);
    expect(answer(source)).toBe(`MOVED 0 ${target.name}:6379`);
    expect(answer(target)).toBeNull();
    // Who has no part in it lives in the past.
    expect(answer(other)).toBe(`MOVED 0 ${source.name}:6379`);
  });

  it("asks of keys that have gone while the slot is on the move", () => {
    const { cluster, source, target, answer } = behind();
    cluster.slots.moving.set(0, { slot: 0, from: 0, to: 1 });
    expect(answer(source)).toBe(`ASK 0 ${target.name}:6379`);
  });
});
