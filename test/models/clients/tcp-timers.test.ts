// Hosts that vanish without a word: how long a library goes on sending to them. Figures: Linux ip-sysctl (tcp_retries2 15:
// 924.6 s; 8: at least 100 s), tcp(7).

import { describe, expect, it } from "vitest";
import { giveUpNs, idleGiveUpNs } from "../../../src/models/clients/tcp-timers.ts";
import { DEFAULT_HARDWARE } from "../../../src/models/config/hardware.ts";
import type { TcpConfig } from "../../../src/models/config.ts";
import type { World } from "../../../src/models/world.ts";
import { CALM, managed, runTo, smallWorld, type Wanted } from "../world.ts";

const SECOND = 1e9;
const LINUX: TcpConfig = { userTimeoutNs: Number.POSITIVE_INFINITY, retransmissions: 15, keepAlive: null };
/** The primary is gone at 2 s; DNS leads to the other node from 4 s on. */
const FAILOVER = managed({ detection: 1, promotion: 0.5, dns: 0.5 });

/** A pipelining client on cluster mode disabled, whose primary's host is lost after two seconds. */
function vanished(tcp: Partial<TcpConfig>, more: Wanted = {}, seconds = 30): World {
  const world = smallWorld({
    zones: 1,
    rate: 50,
    seconds,
    latency: CALM,
    ...more,
    cluster: { mode: "single", shards: 1, replicasPerShard: 1, multiAz: true, failover: FAILOVER, ...more.cluster },
    client: {
      instances: 1,
      dnsTtlNs: 0,
      pool: { size: 1, multiplex: true },
      tcp: { ...LINUX, ...tcp },
      ...more.client,
    },
  });
  runTo(world, 2);
  world.crash(world.cluster.nodes[0], "lost");
  return world;
}

const timeouts = (world: World) => world.clients[0].counters.timeouts;

describe("the kernel's patience", () => {
  it.each([
    [15, 924.6],
    [8, 102.2],
    [5, 12.6],
  ])("tcp_retries2 of %d is %d s", (retransmissions, seconds) => {
    expect(giveUpNs({ ...LINUX, retransmissions }, 0.2 * SECOND) / SECOND).toBeCloseTo(seconds, 6);
  });

  it("TCP_USER_TIMEOUT stands for it, of data and of keep-alive", () => {
    const keepAlive = { idleNs: 13 * SECOND, intervalNs: 13 * SECOND, probes: 3 };
    expect(giveUpNs({ ...LINUX, userTimeoutNs: 5 * SECOND }, 0.2 * SECOND)).toBe(5 * SECOND);
    expect(idleGiveUpNs({ ...LINUX, keepAlive })).toBe(52 * SECOND);
    expect(idleGiveUpNs({ ...LINUX, keepAlive, userTimeoutNs: 5 * SECOND })).toBe(26 * SECOND);
    expect(idleGiveUpNs({ ...LINUX, keepAlive, userTimeoutNs: 30 * SECOND })).toBe(39 * SECOND);
    expect(idleGiveUpNs(LINUX)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a shared connection to a host that has vanished", () => {
  it("swallows commands until tcp_retries2 is used up, long after the failover", () => {
    const world = vanished({}, { rate: 2 }, 1_000);
    runTo(world, 924);
    const { tcp } = world.clients[0].connections;
    expect(tcp.gaveUp).toBe(0);
    const hung = timeouts(world);
    expect(hung).toBeGreaterThan(1_000);
    // The first command after the crash is the first whose bytes nobody acknowledges.
    runTo(world, 930);
    expect(tcp.gaveUp).toBe(1);
    expect(tcp.longestSilenceNs / SECOND).toBeCloseTo(924.6, 1);
    const after = timeouts(world);
    runTo(world, 1_000);
    expect(timeouts(world)).toBe(after);
    expect(world.clients[0].openConnections).toBe(1);
  });

  it("is given up sooner where retransmissions begin sooner", () => {
    const network = { ...DEFAULT_HARDWARE.network, retransmitNs: 0.05 * SECOND };
    const world = vanished({ retransmissions: 5 }, { cluster: { hardware: { ...DEFAULT_HARDWARE, network } } });
    runTo(world, 10);
    const { tcp } = world.clients[0].connections;
    // 50 ms * (1 + 2 + 4 + 8 + 16 + 32).
    expect([tcp.gaveUp, tcp.longestSilenceNs / SECOND]).toEqual([1, 3.15]);
  });

  it("is given up after TCP_USER_TIMEOUT, and the next one finds the new primary", () => {
    const world = vanished({ userTimeoutNs: 5 * SECOND });
    runTo(world, 8);
    const { tcp } = world.clients[0].connections;
    expect([tcp.gaveUp, Math.round(tcp.longestSilenceNs / SECOND)]).toEqual([1, 5]);
    const before = timeouts(world);
    runTo(world, 30);
    expect(timeouts(world)).toBe(before);
  });

  it("fails all commands that are on it when it is given up, also those without a timeout of their own", () => {
    const world = vanished({ userTimeoutNs: 5 * SECOND }, { client: { timeoutNs: Number.POSITIVE_INFINITY } });
    runTo(world, 6.9);
    expect(world.requests.active).toBeGreaterThan(200);
    runTo(world, 30);
    expect(world.requests.active).toBeLessThan(5);
  });

  it("keep-alive does not help while commands are under way", () => {
    const keepAlive = { idleNs: 3 * SECOND, intervalNs: SECOND, probes: 2 };
    const world = vanished({ keepAlive });
    runTo(world, 30);
    expect(world.clients[0].connections.tcp.gaveUp).toBe(0);
  });

  it("keep-alive finds an idle one", () => {
    const keepAlive = { idleNs: 3 * SECOND, intervalNs: SECOND, probes: 2 };
    const world = vanished({ keepAlive }, { rate: 0 });
    runTo(world, 4.9);
    expect(world.clients[0].openConnections).toBe(1);
    runTo(world, 8);
    expect(world.clients[0].connections.tcp.gaveUp).toBe(1);
  });

  it("is closed by a library with a socket timeout", () => {
    const world = vanished({}, { client: { socketTimeoutNs: 4 * SECOND } });
    runTo(world, 7);
    const before = timeouts(world);
    expect(before).toBeGreaterThan(100);
    runTo(world, 30);
    expect(timeouts(world)).toBe(before);
    expect(world.clients[0].connections.tcp.gaveUp).toBe(0);
  });
});

describe("an exclusive connection to a host that has vanished", () => {
  it("without a command timeout hangs until the kernel gives up", () => {
    const world = vanished(
      { retransmissions: 5 },
      { client: { pool: { size: 4, multiplex: false, maxWaitNs: 1e15 }, timeoutNs: Number.POSITIVE_INFINITY } },
    );
    runTo(world, 14);
    expect(world.clients[0].counters.connectionErrors).toBe(0);
    expect(world.requests.active).toBeGreaterThan(500);
    runTo(world, 30);
    expect(world.clients[0].connections.tcp.gaveUp).toBeGreaterThan(0);
    expect(world.requests.active).toBeLessThan(5);
  });
});

describe("a silence that is none of a vanished host", () => {
  it("a frozen process acknowledges: TCP_USER_TIMEOUT does not end its connections", () => {
    const world = smallWorld({
      zones: 1,
      rate: 50,
      seconds: 30,
      latency: CALM,
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
      client: { instances: 1, pool: { size: 1, multiplex: true }, tcp: { ...LINUX, userTimeoutNs: SECOND } },
    });
    runTo(world, 2);
    world.nodeFaults.freeze(world.cluster.nodes[0]);
    runTo(world, 10);
    expect(world.clients[0].connections.tcp.gaveUp).toBe(0);
    expect(timeouts(world)).toBeGreaterThan(100);
  });

  it("a cut that heals in time leaves the connection as it was; one that does not ends it", () => {
    const cut = (seconds: number) => {
      const world = smallWorld({
        zones: 1,
        rate: 50,
        seconds: 30,
        latency: CALM,
        cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
        client: { instances: 1, pool: { size: 1, multiplex: true }, tcp: { ...LINUX, userTimeoutNs: 5 * SECOND } },
      });
      runTo(world, 2);
      const fault = { covers: () => true, loss: 1, extraNs: 0, jitterNs: 0 };
      const { heal } = world.breakLinks(fault, "network", "cut");
      world.sim.after(seconds * SECOND, "heal", heal);
      runTo(world, 30);
      return world.clients[0];
    };
    expect(cut(3).connections.tcp.gaveUp).toBe(0);
    const broken = cut(8);
    expect(broken.connections.tcp.gaveUp).toBe(1);
    expect(broken.openConnections).toBe(1);
  });

  it("a process that has started again on the same host resets what it does not know", () => {
    const world = vanished({}, { cluster: { mode: "cluster", replicasPerShard: 0, failover: FAILOVER } });
    runTo(world, 5);
    const [node] = world.cluster.nodes;
    world.cluster.startEmpty(world.cluster.shards[0], node, null);
    runTo(world, 30);
    const [client] = world.clients;
    expect(client.connections.tcp.gaveUp).toBe(0);
    expect(client.counters.timeouts).toBeLessThan(3 * 50 * 3.5);
    expect(world.requests.active).toBeLessThan(5);
  });
});
