// PING before lending: what it costs, and what it spares.

import { describe, expect, it } from "vitest";
import { worldConfig } from "../../../bench/world-config.ts";
import { COMMANDS } from "../../../src/engine/commands/index.ts";
import type { PoolConfig } from "../../../src/models/config.ts";
import type { World } from "../../../src/models/world.ts";
import { CALM, meanLatencyNs, runTo, smallWorld } from "../world.ts";

const { listen } = worldConfig({ keys: 1, rate: 1, seconds: 1 }).cluster;
const PING = COMMANDS.get("ping")!.id;

/** One instance with eight connections to one node. */
function world(pool: Partial<PoolConfig>, rate: number, idleSeconds = 0): World {
  return smallWorld({
    zones: 1,
    rate,
    preload: 1,
    seconds: 60,
    latency: CALM,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false, listen: { ...listen, idleSeconds } },
    client: { instances: 1, pool: { size: 8, initial: 8, ...pool }, retry: { attempts: 1 } },
  });
}

describe("validation by PING", () => {
  it("sends one before every command, which then takes twice as long", () => {
    const [plain, tested] = [world({}, 100), world({ validation: "ping" }, 100)];
    for (const one of [plain, tested]) runTo(one, 30);
    const [client] = tested.clients;
    expect(client.counters.tries).toBeGreaterThan(2_500);
    expect(client.pings).toMatchObject({ sent: client.counters.tries, failed: 0 });
    expect(tested.cluster.nodes[0].engine.counters.calls[PING]).toBe(client.counters.tries);
    expect(meanLatencyNs(tested) / meanLatencyNs(plain)).toBeGreaterThan(1.8);
    expect(meanLatencyNs(tested) / meanLatencyNs(plain)).toBeLessThan(2.1);
    tested.checkConservation();
  });

  it("finds what the server has closed: no command fails, where a pool that does not look loses some", () => {
    const errors = (validation: PoolConfig["validation"]) => {
      const one = world({ validation, order: "fifo" }, 2, 3);
      runTo(one, 60);
      one.checkConservation();
      const [{ counters, pings }] = one.clients;
      return { errors: counters.connectionErrors, failed: pings?.failed ?? 0 };
    };
    expect(errors("none").errors).toBeGreaterThan(5);
    const { errors: none, failed } = errors("ping");
    expect(none).toBe(0);
    expect(failed).toBeGreaterThan(3);
  });

  it("gives up after as many connections as the pool has, and the command is asked whole at the next try", () => {
    const one = world({ validation: "ping" }, 50);
    runTo(one, 5);
    const [node] = one.cluster.nodes;
    one.crash(node, "down");
    runTo(one, 6);
    one.cluster.startEmpty(one.cluster.shards[0], node, null);
    runTo(one, 30);
    one.checkConservation();
    expect(one.clients[0].counters.errorReplies).toBe(0);
    // Every call that was no PING was one of the pattern's own.
    const { calls } = node.engine.counters;
    const get = calls[COMMANDS.get("get")!.id];
    expect(get).toBeGreaterThan(500);
    expect(calls[PING]).toBeGreaterThanOrEqual(get);
  });
});
