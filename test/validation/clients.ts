// Connections against what Linux and redis-server do: how many a frozen server takes, and how long a silent host is believed in.

import { worldConfig } from "../../bench/world-config.ts";
import { World } from "../../src/models/world.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../../src/units.ts";
import type { Row, Subject } from "./row.ts";

const ONE_NODE = { shards: 1, replicasPerShard: 0, multiAz: false, mode: "cluster" } as const;

/** Connections that a server's kernel takes while its process stands still. */
function takenWhileFrozen(backlog: number): number {
  const config = worldConfig({ keys: 1, rate: 1, seconds: 3, cluster: ONE_NODE });
  const [web] = config.clients;
  const world = new World({
    ...config,
    cluster: { ...config.cluster, listen: { ...config.cluster.listen, backlog } },
    clients: [
      { ...web, instances: 2_000, zones: new Array(2_000).fill(0), pool: { ...web.pool, size: 1, initial: 0 } },
    ],
    workloads: [],
  });
  world.start();
  const [{ connections }] = world.clients;
  world.sim.after(NS_PER_SECOND, "freeze", () => world.cluster.nodes[0].block(NS_PER_SECOND));
  world.sim.after(NS_PER_SECOND + NS_PER_MS, "connect", () => {
    for (let i = 0; i < 2_000; i++) connections.dialer.fill(connections.poolOf(i, 0), 1);
  });
  world.sim.run(1.5 * NS_PER_SECOND);
  return world.cluster.nodes[0].listener.waiting;
}

/** Seconds from the first command that a vanished host does not acknowledge until its connection is given up. */
function givenUpAfter(tcp: { readonly retransmissions: number; readonly userTimeoutNs: number }): number {
  const config = worldConfig({ keys: 100, rate: 2, seconds: 1_000, cluster: ONE_NODE });
  const [web] = config.clients;
  const world = new World({
    ...config,
    clients: [
      {
        ...web,
        instances: 1,
        zones: [0],
        pool: { ...web.pool, size: 1, initial: 1, multiplex: true },
        tcp: { ...tcp, keepAlive: null },
        retry: { ...web.retry, attempts: 1 },
      },
    ],
  });
  world.start();
  world.sim.run(2 * NS_PER_SECOND);
  world.crash(world.cluster.nodes[0], "lost");
  const { tcp: timers } = world.clients[0].connections;
  while (timers.gaveUp === 0 && world.sim.now < 1_000 * NS_PER_SECOND) world.sim.run(world.sim.now + NS_PER_SECOND);
  return timers.longestSilenceNs / NS_PER_SECOND;
}

const NEVER = Number.POSITIVE_INFINITY;

export const clients: Subject = {
  title: "Connections and silent hosts",
  about:
    "How many of 2,000 connects a frozen server's kernel takes (measured on redis-server 7.0.15, models/physics.md 5), and after how " +
    "long a pipelining client is told that a vanished host is gone (Linux, ip-sysctl: tcp_retries2 of 15 is 924.6 s, of 8 at least " +
    "100 s; TCP_USER_TIMEOUT, which valkey-glide sets to 5 s).",
  missing: null,
  rows: () => [
    ...[
      [128, 129],
      [511, 512],
    ].map(
      ([backlog, reference]): Row => ({
        what: `connections taken with a backlog of ${backlog}`,
        predicted: takenWhileFrozen(backlog),
        reference,
        unit: "connections",
        bound: 0,
        kind: "absolute",
      }),
    ),
    ...(
      [
        ["given up with tcp_retries2 of 15", { retransmissions: 15, userTimeoutNs: NEVER }, 924.6, 0.001],
        ["given up with tcp_retries2 of 8", { retransmissions: 8, userTimeoutNs: NEVER }, 100, 0.03],
        ["given up with TCP_USER_TIMEOUT of 5 s", { retransmissions: 15, userTimeoutNs: 5 * NS_PER_SECOND }, 5, 0.001],
      ] as const
    ).map(
      ([what, tcp, reference, bound]): Row => ({
        what,
        predicted: givenUpAfter(tcp),
        reference,
        unit: "s",
        bound,
        kind: "relative",
      }),
    ),
  ],
};
