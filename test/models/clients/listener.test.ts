// Storms of connections against what was measured on redis-server 7.0.15 (models/physics.md, section 5 and 4.3).

import { describe, expect, it } from "vitest";
import { nodeType } from "../../../src/catalog/nodes.ts";
import { DONE } from "../../../src/models/outcome.ts";
import type { World } from "../../../src/models/world.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { CALM, commands, outcomes, runTo, smallWorld, type Wanted } from "../world.ts";

const MS = 1e6;
const SECOND = 1e9;
/** One node without I/O threads, as the measured server. */
const ONE_NODE = {
  shards: 1,
  replicasPerShard: 0,
  multiAz: false,
  node: nodeType("cache.r6g.large"),
} as const;
const SINCE_7 = {
  acceptsPerTurn: 1_000,
  tlsAcceptsPerTurn: 1_000,
  closesOnReplicaWrite: false,
  idleSeconds: 0,
  subscriberLimit: { hardBytes: 32e6, softBytes: 8e6, softNs: 60e9 },
} as const;

/** A server that is frozen for a while, and so many connects that come meanwhile, 20 us apart, as from one loop. */
function frozen(backlog: number, freezeSeconds: number, connects: number): World {
  const world = smallWorld({
    zones: 1,
    rate: 0,
    seconds: 20,
    latency: CALM,
    cluster: { ...ONE_NODE, listen: { ...SINCE_7, backlog } },
    client: { instances: connects, pool: { size: 1, initial: 0 }, connect: { timeoutNs: 60 * SECOND } },
  });
  const { connections } = world.clients[0];
  world.sim.after(SECOND, "freeze", () => world.cluster.nodes[0].block(freezeSeconds * SECOND));
  for (let i = 0; i < connects; i++) {
    world.sim.after(SECOND + 1_000 + i * 20_000, "connect", () =>
      connections.dialer.fill(connections.poolOf(i, world.cluster.nodes[0].id), 1),
    );
  }
  return world;
}

/** Connections that are open, by the whole seconds that they took. */
function bySeconds(world: World): Map<number, number> {
  const { connections } = world;
  const counts = new Map<number, number>();
  for (let connection = 0; connection < connections.limit; connection++) {
    const took = connections.openedNs[connection] - connections.startedNs[connection];
    const seconds = Math.floor(took / SECOND);
    counts.set(seconds, (counts.get(seconds) ?? 0) + 1);
  }
  return counts;
}

describe("a frozen server's accept queue", () => {
  it.each([
    [128, 129],
    [511, 512],
  ])("with a backlog of %d takes exactly %d connections, and drops the SYNs of the rest", (backlog, taken) => {
    const world = frozen(backlog, 2, 2_000);
    runTo(world, 1.5);
    const { listener } = world.cluster.nodes[0];
    expect(listener.waiting).toBe(taken);
    expect(listener.dropped).toBe(2_000 - taken);
    expect(world.clients[0].openConnections).toBe(0);
  });

  it.each([
    [0.5, [0, 1, 2]],
    [2, [2, 3, 5]],
    [5, [5, 7]],
  ])("frozen for %d s: connections stand after whole steps of the SYN timer", (freeze, steps) => {
    const world = frozen(511, freeze, 2_000);
    runTo(world, 16);
    expect(world.clients[0].openConnections).toBe(2_000);
    const took = bySeconds(world);
    expect([...took.keys()].sort((a, b) => a - b).every(seconds => (steps as number[]).includes(seconds))).toBe(true);
    // The queue's worth comes through as soon as the server goes on; of a frozen half second the bulk comes after one.
    if (freeze === 0.5) {
      expect(took.get(0)).toBe(512);
      expect(took.get(1)!).toBeGreaterThan(900);
    }
  });

  it("drops nothing as long as fewer come while it is frozen than it holds", () => {
    const world = frozen(511, 0.5, 512);
    runTo(world, 5);
    expect(world.cluster.nodes[0].listener.dropped).toBe(0);
    expect(world.clients[0].openConnections).toBe(512);
  });
});

describe("a connection over a network with faults", () => {
  const dialled = (loss: number, timeoutSeconds: number) => {
    const world = smallWorld({
      zones: 1,
      rate: 0,
      seconds: 20,
      latency: CALM,
      cluster: ONE_NODE,
      client: {
        instances: 300,
        pool: { size: 1, initial: 0 },
        connect: { workNs: 2 * MS, timeoutNs: timeoutSeconds * SECOND },
      },
    });
    if (loss >= 0) world.links.add({ covers: () => true, loss, extraNs: 0, jitterNs: 0 });
    const { connections } = world.clients[0];
    for (let i = 0; i < 300; i++) connections.dialer.fill(connections.poolOf(i, world.cluster.nodes[0].id), 1);
    return runTo(world, 20);
  };

  it("is the client's work too, as ever", () => {
    const first = ({ connections }: World) => Math.min(...connections.openedNs.slice(0, connections.limit));
    expect(first(dialled(-1, 10))).toBeGreaterThan(2 * MS);
    expect(first(dialled(0, 10))).toBe(first(dialled(-1, 10)));
  });

  it("is tried every second at first where packets are lost, not after one, three and seven", () => {
    const took = bySeconds(dialled(0.4, 60));
    // A SYN and its answer get through in 36 of 100 tries; what is lost after them takes a part of a second more.
    for (const second of [0, 1, 2, 3]) {
      const share = 0.36 * 0.64 ** second;
      const deviation = Math.sqrt((share * (1 - share)) / 300);
      expect(Math.abs(took.get(second)! / 300 - share), `${second} s`).toBeLessThan(3 * deviation);
    }
  });
});

describe("connections that are opened for one PING each", () => {
  const ping = commands("PING");

  /** `count` of them, so many at a time; microseconds of engine thread each, seconds in all, median wait. */
  function storm(count: number, parallel: number, wanted: Wanted = {}) {
    const seconds = 20;
    const world = smallWorld({
      zones: 1,
      seconds,
      latency: { ...CALM, inZoneRttNs: 40_000 },
      ...wanted,
      cluster: { ...ONE_NODE, listen: { ...SINCE_7, backlog: 10_000 }, ...wanted.cluster },
      client: {
        instances: 1,
        timeoutNs: 100 * SECOND,
        pool: { size: 10_000, initial: 0, reuse: false },
        connect: { timeoutNs: 100 * SECOND },
      },
      workload: { ...ping, load: { kind: "closed", users: parallel, thinkNs: constant(0) } },
    });
    const [node] = world.cluster.nodes;
    while (world.recorder.totals[DONE] < count && world.sim.now < seconds * SECOND) world.sim.run(world.sim.now + MS);
    const done = world.recorder.totals[DONE];
    const referenceUs = node.workedNs / node.cpu.factor / 1_000 / done;
    return { referenceUs, seconds: world.sim.now / SECOND / (done / count), done };
  }

  it("cost the engine thread 37-74 us each, however many come at once", () => {
    for (const parallel of [1, 128, 4_000]) {
      const { referenceUs } = storm(4_000, parallel);
      expect(referenceUs).toBeGreaterThan(37);
      expect(referenceUs).toBeLessThan(74);
    }
  });

  it("take as long in all whether all come at once or 128 at a time: the thread is the bound", () => {
    const all = storm(4_000, 4_000);
    const some = storm(4_000, 128);
    expect(all.seconds / some.seconds).toBeGreaterThan(0.8);
    expect(all.seconds / some.seconds).toBeLessThan(1.25);
  });

  it("with TLS cost 10 times as much and more", () => {
    const plain = storm(1_000, 16).referenceUs;
    const cost = (client: Wanted["client"], certificate: "rsa-2048" | "ecdsa-p256" = "rsa-2048") =>
      storm(1_000, 16, { cluster: { tls: true, certificate }, ...(client && { client }) }).referenceUs;
    const rsa = cost(undefined);
    const ecdsa = cost(undefined, "ecdsa-p256");
    // Measured 971, 536 and 37-48 us: 20 and 11 plain connections' worth on a crowded core, half of that on a free one.
    expect(rsa / plain).toBeGreaterThan(8);
    expect(rsa / plain).toBeLessThan(20);
    expect(rsa / ecdsa).toBeGreaterThan(1.5);
    expect(rsa / ecdsa).toBeLessThan(2.1);
  });
});

describe("accepting in turns", () => {
  /** The longest wait of a GET that comes every ms beside 2,000 connects at once. */
  function longestBeside(acceptsPerTurn: number): number {
    const world = smallWorld({
      zones: 1,
      rate: 1_000,
      seconds: 3,
      latency: CALM,
      cluster: { ...ONE_NODE, listen: { ...SINCE_7, backlog: 4_000, acceptsPerTurn } },
      client: { instances: 2_000, pool: { size: 2, initial: 1 } },
      workload: { preload: 1, ttlSeconds: null },
    });
    const { connections } = world.clients[0];
    world.sim.after(SECOND, "storm", () => {
      for (let i = 0; i < 2_000; i++) connections.dialer.fill(connections.poolOf(i, world.cluster.nodes[0].id), 2);
    });
    runTo(world, 3);
    return Math.max(...world.recorder.periods.flatMap(period => period.rows.map(row => row.latency.max)));
  }

  it("of up to a thousand makes others wait for tens of milliseconds, of ten for less than a millisecond each", () => {
    const [upTo7, since8] = [longestBeside(1_000), longestBeside(10)];
    // 1,000 accepts of 35 us and what follows them; measured 34-340 ms.
    expect(upTo7).toBeGreaterThan(25 * MS);
    expect(upTo7).toBeLessThan(340 * MS);
    expect(since8).toBeLessThan(upTo7 / 5);
  });
});

describe("maxclients", () => {
  it("refuses exactly those that come too many", () => {
    const world = smallWorld({
      rate: 0,
      zones: 1,
      cluster: { ...ONE_NODE, maxclients: 300 },
      client: { instances: 500, pool: { size: 1, initial: 0 } },
    });
    const { connections } = world.clients[0];
    for (let i = 0; i < 500; i++) connections.dialer.fill(connections.poolOf(i, world.cluster.nodes[0].id), 1);
    runTo(world, 2);
    expect(world.cluster.nodes[0].connections).toBe(300);
    expect(world.cluster.nodes[0].listener.refused).toBe(200);
    expect(connections.dialer.failures).toBe(200);
  });
});

describe("encryption in use", () => {
  /** GETs per second of a node that has all it can do; `deep`: sixteen in a pipeline, else one at a time. */
  function throughput(tls: boolean, deep: boolean): number {
    const seconds = 0.3;
    const world = smallWorld({
      zones: 1,
      seconds,
      latency: { ...CALM, inZoneRttNs: 100_000 },
      cluster: { ...ONE_NODE, tls },
      client: {
        instances: 50,
        overheadNs: 0,
        timeoutNs: SECOND,
        pool: { size: 1, multiplex: deep, maxWaitNs: SECOND },
      },
      workload: {
        ...commands("GET {key}"),
        valueBytes: constant(100),
        preload: 1,
        ttlSeconds: null,
        load: { kind: "closed", users: deep ? 50 * 16 : 50, thinkNs: constant(0) },
      },
    });
    runTo(world, seconds);
    return outcomes(world)[DONE] / seconds;
  }

  it("costs about twice the CPU: throughput falls to 0.56-0.60 unpipelined, 0.35-0.61 in pipelines of sixteen", () => {
    const single = throughput(true, false) / throughput(false, false);
    expect(single).toBeGreaterThan(0.5);
    expect(single).toBeLessThan(0.65);
    const pipelined = throughput(true, true) / throughput(false, true);
    expect(pipelined).toBeGreaterThan(0.35);
    expect(pipelined).toBeLessThan(0.61);
  });
});
