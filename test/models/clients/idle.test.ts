// Connections that nobody uses, and those whose other end is gone: who closes them, who finds out, who restarts.

import { describe, expect, it } from "vitest";
import { worldConfig } from "../../../bench/world-config.ts";
import { restartInstance } from "../../../src/models/clients/restart.ts";
import type { PoolConfig } from "../../../src/models/config.ts";
import type { World } from "../../../src/models/world.ts";
import { CALM, managed, runTo, smallWorld } from "../world.ts";

const SECOND = 1e9;
const { listen } = worldConfig({ keys: 1, rate: 1, seconds: 1 }).cluster;

/** One instance with eight connections to one node, of which a slow load needs one. */
function idle(pool: Partial<PoolConfig>, idleSeconds: number, rate = 20, attempts = 1): World {
  return smallWorld({
    zones: 1,
    rate,
    seconds: 60,
    latency: CALM,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false, listen: { ...listen, idleSeconds } },
    client: { instances: 1, pool: { size: 8, ...pool }, retry: { attempts } },
  });
}

const states = (world: World) => {
  const [{ connections, openConnections, counters }] = world.clients;
  return {
    open: openConnections,
    closed: connections.idleClosed,
    dead: connections.deadBorrowed,
    errors: counters.connectionErrors,
  };
};

describe("the server's timeout", () => {
  it("closes what has been idle for so long, within a second; the pool that looks has lost it", () => {
    const world = idle({}, 10, 5);
    runTo(world, 9.9);
    expect(states(world)).toEqual({ open: 8, closed: 0, dead: 0, errors: 0 });
    runTo(world, 11.1);
    expect(states(world)).toEqual({ open: 1, closed: 7, dead: 0, errors: 0 });
    expect(world.cluster.nodes[0].connections).toBe(1);
  });

  it("leaves dead ones with a pool that does not look: each of them fails a request", () => {
    const world = idle({ validation: "none", order: "fifo" }, 10, 0);
    runTo(world, 12);
    expect(states(world)).toMatchObject({ open: 8, closed: 8, dead: 0 });
    expect(world.cluster.nodes[0].connections).toBe(0);
    // The longest idle is lent first, and one comes a second: all eight are idle for longer than that.
    const loaded = idle({ validation: "none", order: "fifo" }, 5, 1);
    runTo(loaded, 60);
    const { dead, errors } = states(loaded);
    expect([dead, errors]).toEqual([8, 8]);
  });

  it("of 0 closes nothing", () => {
    const world = idle({}, 0);
    runTo(world, 60);
    expect(states(world)).toEqual({ open: 8, closed: 0, dead: 0, errors: 0 });
  });
});

describe("the client's own idle timeout", () => {
  it("below the server's spares it that, down to what it always keeps", () => {
    const world = idle({ validation: "none", idleNs: 8 * SECOND, minIdle: 3 }, 0);
    runTo(world, 30);
    expect(states(world)).toEqual({ open: 3, closed: 0, dead: 0, errors: 0 });
    expect(world.cluster.nodes[0].connections).toBe(3);
  });
});

describe("a process that has died", () => {
  it.each([
    ["local", 0],
    ["none", 8],
  ] as const)("leaves a pool with validation %s with so many dead ones to lend: %d", (validation, lent) => {
    const world = idle({ validation }, 0, 200);
    runTo(world, 5);
    const [node] = world.cluster.nodes;
    world.crash(node, "down");
    runTo(world, 5.1);
    world.cluster.startEmpty(world.cluster.shards[0], node, null);
    runTo(world, 30);
    expect(states(world).dead).toBe(lent);
  });
});

describe("an instance that restarts", () => {
  it("loses what was on its connections and opens as many as its pool begins with", () => {
    const world = idle({}, 0, 200);
    runTo(world, 5);
    const [client] = world.clients;
    const before = client.connections.dialer.attempts;
    expect(restartInstance(client, world.connections, world.requests, 0, world.sim.now)).toBe(8);
    expect(client.openConnections).toBe(0);
    runTo(world, 6);
    expect(client.openConnections).toBe(8);
    expect(client.connections.dialer.attempts).toBe(before + 8);
    expect(world.cluster.nodes[0].connections).toBe(8);
  });

  it("tries none of the dead process's commands again, neither those that were sent nor those that waited", () => {
    const world = idle({}, 0, 300, 3);
    runTo(world, 5);
    const [client] = world.clients;
    const [node] = world.cluster.nodes;
    node.block(0.1e9);
    runTo(world, 5.05);
    expect(client.waiting).toBeGreaterThan(0);
    const { retries, tries } = client.counters;
    restartInstance(client, world.connections, world.requests, 0, world.sim.now);
    expect([client.counters.retries, client.counters.tries, client.waiting]).toEqual([retries, tries, 0]);
    runTo(world, 6);
    world.checkConservation();
  });

  it("asks for the endpoint's name anew, though it kept answers for ever", () => {
    const world = smallWorld({
      zones: 1,
      rate: 50,
      seconds: 20,
      latency: CALM,
      cluster: {
        mode: "single",
        shards: 1,
        replicasPerShard: 1,
        multiAz: true,
        failover: managed({ detection: 1, promotion: 0.5, dns: 0.1, replacement: 1_000 }),
      },
      client: { instances: 1, dnsTtlNs: Number.POSITIVE_INFINITY, pool: { size: 2 } },
    });
    const [client] = world.clients;
    runTo(world, 2);
    world.crash(world.cluster.shards[0].primary, "down");
    runTo(world, 8);
    expect(client.openConnections).toBe(0);
    expect(client.outdatedNames).toBeGreaterThan(10);
    restartInstance(client, world.connections, world.requests, 0, world.sim.now);
    const outdated = client.outdatedNames;
    runTo(world, 20);
    expect([client.openConnections, client.outdatedNames]).toEqual([2, outdated]);
  });
});
