// What makes an instance ask for the topology again, and what becomes of one that does not.

import { describe, expect, it } from "vitest";
import { addShard } from "../../../src/models/cluster-members.ts";
import type { RefreshConfig } from "../../../src/models/config.ts";
import type { World } from "../../../src/models/world.ts";
import { CALM, managed, runTo, smallWorld } from "../world.ts";

const SECOND = 1e9;
const NOTHING: RefreshConfig = {
  spacingNs: SECOND,
  everyNs: Number.POSITIVE_INFINITY,
  onMoved: false,
  onDisconnect: false,
  onTimeout: false,
};
const FAILOVER = managed({ detection: 1, promotion: 0.5 });

/** A shard's primary dies at 2 s, another one is promoted at 3.5 s. */
function failedOver(refresh: Partial<RefreshConfig>, state: "down" | "lost" = "down", multiplex = false): World {
  const world = smallWorld({
    zones: 1,
    rate: 300,
    seconds: 30,
    latency: CALM,
    cluster: { shards: 3, replicasPerShard: 1, multiAz: false, failover: FAILOVER },
    client: {
      instances: 2,
      pool: { size: 2, multiplex },
      refresh: { ...NOTHING, ...refresh },
      retry: { attempts: 1 },
      timeoutNs: 100e6,
    },
  });
  runTo(world, 2);
  world.crash(world.cluster.shards[0].primary, state);
  return world;
}

/** Failed tries in the last ten seconds. */
function lateErrors(world: World): number {
  const [{ counters }] = world.clients;
  const of = () => counters.timeouts + counters.connectionErrors;
  runTo(world, 20);
  const before = of();
  runTo(world, 30);
  return of() - before;
}

describe("a library that asks for the topology", () => {
  it("on nothing never finds the new primary of a dead one", () => {
    expect(lateErrors(failedOver({}))).toBeGreaterThan(500);
  });

  it.each([
    ["a lost connection", { onDisconnect: true }, "down"],
    ["a timeout", { onTimeout: true }, "lost"],
    ["nothing, but every five seconds", { everyNs: 5 * SECOND }, "lost"],
  ] as const)("on %s finds it", (_name, refresh, state) => {
    expect(lateErrors(failedOver(refresh, state))).toBe(0);
  });

  it("on lost connections learns of a host that vanished in silence by those it opens in vain, if it opens any", () => {
    expect(lateErrors(failedOver({ onDisconnect: true }, "lost"))).toBe(0);
    expect(lateErrors(failedOver({ onDisconnect: true }, "lost", true))).toBeGreaterThan(500);
  });
});

describe("MOVED to a shard that the instance has not heard of", () => {
  it("is followed for reads of replicas too, though a shard before it is as new", () => {
    const world = smallWorld({
      zones: 1,
      rate: 300,
      seconds: 5,
      latency: CALM,
      cluster: { shards: 1, replicasPerShard: 1, multiAz: false, failover: FAILOVER },
      client: { instances: 2, readFrom: "replica", refresh: { ...NOTHING, onMoved: true } },
    });
    runTo(world, 2);
    const { cluster } = world;
    for (let shard = 0; shard < 2; shard++) addShard(cluster, 1, null);
    runTo(world, 3);
    for (const slot of cluster.slots.slotsOf(0)) cluster.slots.assign(slot, 2);
    runTo(world, 3.005);
    expect(world.clients[0].counters.redirects).toBeGreaterThan(0);
    runTo(world, 4);
    const { redirects } = world.clients[0].counters;
    runTo(world, 5);
    expect(world.clients[0].counters.redirects).toBe(redirects);
    expect(cluster.shards[2].replicas[0].engine.stats.commandsProcessed).toBeGreaterThan(100);
  });
});

describe("an endpoint's old answer", () => {
  it("counts for each connection that is opened by it, not for each read that asks who is near", () => {
    const world = smallWorld({
      zones: 1,
      rate: 500,
      seconds: 10,
      latency: CALM,
      cluster: { mode: "single", shards: 1, replicasPerShard: 1, multiAz: true, failover: FAILOVER },
      client: { instances: 1, pool: { size: 2 }, dnsTtlNs: Number.POSITIVE_INFINITY, readFrom: "nearest" },
      workload: { preload: 1 },
    });
    runTo(world, 2);
    const [client] = world.clients;
    const [record, opened] = [world.cluster.primaryEndpoint!, client.connections.dialer.attempts];
    record.node = world.cluster.shards[0].replicas[0].id;
    runTo(world, 10);
    expect(client.outdatedNames).toBe(client.connections.dialer.attempts - opened);
  });
});

describe("MOVED", () => {
  /** Slots of shard 1 go to shard 2 while the client looks. */
  const redirects = (onMoved: boolean) => {
    const world = smallWorld({
      zones: 1,
      rate: 300,
      seconds: 20,
      latency: CALM,
      cluster: { shards: 2, replicasPerShard: 1, multiAz: false, failover: FAILOVER },
      client: { instances: 2, refresh: { ...NOTHING, onMoved } },
    });
    runTo(world, 2);
    const { cluster } = world;
    const [shard] = cluster.shards;
    cluster.promote(shard, shard.replicas[0], null);
    runTo(world, 10);
    const before = world.clients[0].counters.redirects;
    runTo(world, 20);
    return [before > 0, world.clients[0].counters.redirects - before] as const;
  };

  it("is followed once by a library that learns from it, and every time by one that does not", () => {
    const [sawAny, late] = redirects(true);
    expect([sawAny, late]).toEqual([true, 0]);
    expect(redirects(false)[1]).toBeGreaterThan(500);
  });
});
