// Circuit breakers and retry budgets: what they let through. The breaker's rules are resilience4j's count-based window, the
// budget's are Finagle's.

import { describe, expect, it } from "vitest";
import { CircuitBreakers } from "../../../src/models/clients/circuit-breaker.ts";
import { RetryBudgets } from "../../../src/models/clients/retry-budget.ts";
import type { World } from "../../../src/models/world.ts";
import { CALM, commands, managed, runTo, smallWorld, type Wanted } from "../world.ts";

const SECOND = 1e9;
const CONFIG = { failures: 0.5, calls: 10, minimum: 4, openNs: 5 * SECOND, probes: 2 };

/** Ends so many calls of the first instance. */
function end(breakers: CircuitBreakers, failures: readonly boolean[], nowNs = 0): void {
  for (const failure of failures) breakers.ended(0, failure, nowNs);
}

describe("a circuit breaker", () => {
  it("stays closed before the minimum of calls, and below the share of failures", () => {
    const breakers = new CircuitBreakers(CONFIG, 1);
    end(breakers, [true, true, true]);
    expect([breakers.admits(0, 0), breakers.opened]).toEqual([true, 0]);
    const mixed = new CircuitBreakers(CONFIG, 1);
    end(mixed, [true, false, false, true, false, false]);
    // The fourth call was the first that counted: two of four are the share.
    expect(mixed.opened).toBe(1);
    const fewer = new CircuitBreakers(CONFIG, 1);
    end(fewer, [true, false, false, false, true, false, false]);
    expect([fewer.admits(0, 0), fewer.opened]).toEqual([true, 0]);
  });

  it("opens at the share, for its instance alone, and turns everything away", () => {
    const breakers = new CircuitBreakers(CONFIG, 2);
    end(breakers, [false, false, true, true]);
    expect([breakers.admits(0, 0), breakers.admits(1, 0)]).toEqual([false, true]);
    expect([breakers.opened, breakers.rejected, breakers.openNow]).toEqual([1, 1, 1]);
  });

  it("forgets what is older than its window", () => {
    const breakers = new CircuitBreakers(CONFIG, 1);
    end(breakers, [true, false, false, false, false, false, false, false, false, false]);
    // The failure at the front leaves the window: four of ten are too few.
    end(breakers, [true, true, true, true]);
    expect(breakers.opened).toBe(0);
    end(breakers, [true]);
    expect(breakers.opened).toBe(1);
  });

  it("lets probes through after its time, closes when they succeed and opens again when they fail", () => {
    const breakers = new CircuitBreakers(CONFIG, 1);
    end(breakers, [true, true, true, true]);
    expect(breakers.admits(0, 4.9 * SECOND)).toBe(false);
    expect([1, 2, 3].map(() => breakers.admits(0, 5 * SECOND))).toEqual([true, true, false]);
    end(breakers, [true, true], 5 * SECOND);
    expect(breakers.admits(0, 9.9 * SECOND)).toBe(false);
    expect([1, 2].map(() => breakers.admits(0, 10 * SECOND))).toEqual([true, true]);
    end(breakers, [false, false], 10 * SECOND);
    expect([1, 2, 3].map(() => breakers.admits(0, 10 * SECOND))).toEqual([true, true, true]);
  });
});

describe("a circuit breaker with more probes than calls in its window", () => {
  it("closes when all probes succeed, and looks at its calls again", () => {
    const breakers = new CircuitBreakers({ ...CONFIG, calls: 5, minimum: 5, probes: 10 }, 2);
    end(breakers, [true, true, true, true, true]);
    expect(Array.from({ length: 11 }, () => breakers.admits(0, 5 * SECOND)).filter(admitted => admitted)).toHaveLength(
      10,
    );
    end(breakers, Array(10).fill(false), 5 * SECOND);
    expect([breakers.admits(0, 5 * SECOND), breakers.openNow]).toEqual([true, 0]);
    end(breakers, [false, false, false, true, true, true], 5 * SECOND);
    expect([breakers.opened, breakers.admits(1, 5 * SECOND)]).toEqual([2, true]);
  });
});

describe("what a circuit breaker takes for a failure", () => {
  const opened = (node: (world: World) => void, command: string) => {
    const world = smallWorld({
      zones: 1,
      rate: 200,
      preload: 1,
      latency: CALM,
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
      client: { instances: 1, retry: { attempts: 2 }, breaker: CONFIG },
      workload: { preload: 1, ...commands(command) },
    });
    node(world);
    runTo(world, 2);
    expect(world.clients[0].counters.errorReplies).toBeGreaterThan(3);
    return world.clients[0].breakers!.opened;
  };

  it("is an error that a later try may cure and none did, not what the command itself got wrong", () => {
    const loading = (world: World) => {
      world.cluster.nodes[0].engine.isLoading = true;
    };
    expect(opened(loading, "GET {key}")).toBe(1);
    expect(opened(() => {}, "LPUSH {key} x")).toBe(0);
  });
});

describe("a retry budget", () => {
  it("lets a fifth of the commands be tried again, beside its reserve", () => {
    const budgets = new RetryBudgets({ share: 0.2, reserve: 10 }, 1);
    let retries = 0;
    for (let command = 0; command < 1_000; command++) {
      budgets.earn(0);
      for (let attempt = 0; attempt < 3; attempt++) if (budgets.spend(0)) retries++;
    }
    expect(retries).toBeGreaterThanOrEqual(205);
    expect(retries).toBeLessThanOrEqual(210);
    expect(budgets.denied).toBe(3_000 - retries);
  });

  it("saves no more than its reserve", () => {
    const budgets = new RetryBudgets({ share: 0.2, reserve: 2 }, 1);
    for (let command = 0; command < 1_000; command++) budgets.earn(0);
    expect([1, 2, 3].map(() => budgets.spend(0))).toEqual([true, true, false]);
  });
});

describe("against a cache that answers nobody", () => {
  const dead: Wanted = {
    zones: 1,
    rate: 200,
    seconds: 20,
    latency: CALM,
    cluster: {
      shards: 1,
      replicasPerShard: 0,
      multiAz: false,
      failover: managed({}),
    },
  };
  const tries = (client: NonNullable<Wanted["client"]>) => {
    const world = smallWorld({ ...dead, client: { instances: 1, timeoutNs: 50e6, ...client } });
    runTo(world, 1);
    world.crash(world.cluster.nodes[0], "lost");
    const before = world.clients[0].counters.tries;
    runTo(world, 19);
    return (world.clients[0].counters.tries - before) / (200 * 18);
  };

  it("retries multiply the load, a budget holds it at 1.2 times, a breaker keeps it away", () => {
    expect(tries({ retry: { attempts: 4 } })).toBeGreaterThan(3.5);
    expect(tries({ retry: { attempts: 4, budget: { share: 0.2, reserve: 10 } } })).toBeCloseTo(1.2, 1);
    expect(tries({ retry: { attempts: 4 }, breaker: { ...CONFIG, openNs: 5 * SECOND } })).toBeLessThan(0.2);
  });
});
