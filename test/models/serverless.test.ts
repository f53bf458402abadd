// The parts of a serverless cache against AWS's sentences: what a command costs, what is let through, how that grows.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeType } from "../../src/catalog/nodes.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import type { ServerlessConfig } from "../../src/models/config/serverless.ts";
import { Cpu } from "../../src/models/cpu.ts";
import { Capacity, REFUSED } from "../../src/models/serverless/capacity.ts";
import { EcpuMeter } from "../../src/models/serverless/ecpu.ts";
import { Ledger } from "../../src/models/serverless/ledger.ts";
import { isRestricted } from "../../src/models/serverless/restrictions.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { NS_PER_HOUR, NS_PER_MINUTE, NS_PER_SECOND } from "../../src/units.ts";

const profile = engineProfile("valkey-8.0")!;
const { commands } = new Engine({ profile, random: randomFrom("test"), quantum: 8, parameters: {}, nowMs: 0 });
const cpu = new Cpu({ node: nodeType("cache.r7g.xlarge"), profile, tls: true }, commands);
const KB = 1_024;

describe("ECPU of a command (pricing text and AWS toolkit, 2026-08)", () => {
  const meter = new EcpuMeter(commands, cpu, null);
  const id = (name: string) => commands.get(name)!.id;
  /** With so many times the vCPU time of a simple GET. */
  const ecpu = (name: string, bytes: number, times = 1, within = 0) =>
    meter.ecpu(id(name), bytes, times * meter.unitNs, within);

  test("a GET or SET that moves 3.2 KB is 3.2, a small one is 1", () => {
    expect(ecpu("get", 3.2 * KB)).toBeCloseTo(3.2, 12);
    expect(ecpu("set", 3.2 * KB)).toBeCloseTo(3.2, 12);
    expect(ecpu("get", 100)).toBe(1);
    expect(ecpu("set", 100, 1.7)).toBe(1);
  });

  test.each(["hmget", "sort"])(
    "%s at three times a GET's vCPU time: 3.2 KB are 3.2, 2 KB are 3, nothing is added",
    name => {
      expect(ecpu(name, 3.2 * KB, 3)).toBeCloseTo(3.2, 12);
      expect(ecpu(name, 2 * KB, 3)).toBeCloseTo(3, 12);
      expect(ecpu(name, 10, 0.2)).toBe(1);
    },
  );

  test("what is not metered costs nothing; commands of a transaction are charged one by one", () => {
    for (const name of [
      "auth",
      "hello",
      "multi",
      "exec",
      "discard",
      "subscribe",
      "publish",
      "info",
      "config",
      "cluster",
    ]) {
      expect(ecpu(name, 10 * KB, 10), name).toBe(0);
    }
    expect(meter.ecpu(commands.get("cluster")!.children!.get("slots")!.id, 5_000, 1e6, 0)).toBe(0);
    expect(ecpu("exec", 100, 1, 4)).toBe(4);
    expect(ecpu("spublish", 100)).toBe(1);
    expect(ecpu("ping", 10)).toBe(1);
  });

  test("AWS's own estimator takes 3 us for one ECPU, which comes out lower", () => {
    const estimator = new EcpuMeter(commands, cpu, 3_000);
    const tenFields = cpu.overheadNs + cpu.commandNs(id("hmget"), 10);
    expect(estimator.ecpu(id("hmget"), 200, tenFields, 0)).toBeLessThan(meter.ecpu(id("hmget"), 200, tenFields, 0));
    expect(estimator.ecpu(id("hmget"), 200, 9_000, 0)).toBe(3);
  });

  test("law: never below 1 for what is metered, and more bytes or time never cost less", () => {
    const metered = [...commands.values()].filter(one => meter.ecpu(one.id, 1, 1, 0) > 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...metered),
        fc.integer({ min: 0, max: 1e7 }),
        fc.integer({ min: 0, max: 1e7 }),
        fc.integer({ min: 0, max: 1e6 }),
        (command, bytes, ns, more) => {
          const cost = meter.ecpu(command.id, bytes, ns, 0);
          expect(cost).toBeGreaterThanOrEqual(1);
          expect(meter.ecpu(command.id, bytes + more, ns + more, 0)).toBeGreaterThanOrEqual(cost);
        },
      ),
    );
  });
});

const CONFIG: ServerlessConfig = {
  supportedEcpu: 30_000,
  maximumEcpu: 15_000_000,
  minimumEcpu: 0,
  minimumBytes: 0,
  slotEcpu: 30_000,
  slotReplicaEcpu: 60_000,
  doublingNs: 2 * NS_PER_MINUTE,
  growAt: 0.5,
  holdNs: 100_000_000,
  proxyNs: constant(0),
  ecpuNs: null,
};

interface Demand {
  readonly perSecond: number;
  readonly seconds: number;
  readonly slots?: number;
  readonly replica?: boolean;
  readonly fromNs?: number;
}

/** Commands that get through in so many seconds of a steady demand, and of those the ones that were not held. */
function through(capacity: Capacity, { perSecond, seconds, slots = 1_000, replica = false, fromNs = 0 }: Demand) {
  let [passed, held] = [0, 0];
  for (let i = 0; i < perSecond * seconds; i++) {
    const wait = capacity.admit(fromNs + Math.round((i / perSecond) * NS_PER_SECOND), i % slots, replica);
    if (wait === REFUSED) continue;
    passed++;
    if (wait > 0) held++;
  }
  return { passed, held };
}

describe("what gets through", () => {
  test("a new cache takes 30,000 ECPU/s; beyond, commands are held for a while and then refused", () => {
    const capacity = new Capacity(CONFIG);
    expect(through(capacity, { perSecond: 29_000, seconds: 3 })).toEqual({ passed: 87_000, held: 0 });
    expect(capacity.throttled).toBe(0);
    const { passed } = through(capacity, { perSecond: 60_000, seconds: 3, fromNs: 3 * NS_PER_SECOND });
    // Three seconds' worth, one that may be taken ahead, and a tenth that waits.
    expect(passed).toBeGreaterThanOrEqual(30_000 * 3);
    expect(passed).toBeLessThanOrEqual(30_000 * 4.1 + 1);
    expect(capacity.refused).toBe(180_000 - passed);
  });

  test("one slot takes 30,000, and 60,000 more by reads from replicas; other slots do not notice", () => {
    const wide = { ...CONFIG, supportedEcpu: 1_000_000 };
    const capacity = new Capacity(wide);
    const primary = through(capacity, { perSecond: 100_000, seconds: 4, slots: 1 });
    expect(primary.passed / 4).toBeLessThan(30_000 * 1.3);
    const replicas = through(capacity, { perSecond: 100_000, seconds: 4, slots: 1, replica: true, fromNs: 10e9 });
    expect(replicas.passed / 4).toBeGreaterThan(59_000);
    expect(replicas.passed / 4).toBeLessThan(60_000 * 1.3);
    const before = capacity.throttled;
    through(capacity, { perSecond: 100_000, seconds: 1, fromNs: 20e9 });
    expect(capacity.throttled).toBe(before);
  });

  test("what commands cost beyond one ECPU counts: at 3 each a third gets through", () => {
    const capacity = new Capacity(CONFIG);
    let passed = 0;
    for (let i = 0; i < 40_000 * 4; i++) {
      const now = Math.round((i / 40_000) * NS_PER_SECOND);
      if (capacity.admit(now, i % 1_000, false) === REFUSED) continue;
      passed++;
      capacity.settle(now, i % 1_000, false, 2);
    }
    expect(passed / 4).toBeGreaterThan(9_900);
    expect(passed / 4).toBeLessThan(10_000 * 1.3);
  });

  test("law: over any run no more passes than the supported rate, a second ahead and what is held", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 5_000 }),
        fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: 1, maxLength: 3_000 }),
        (supportedEcpu, gaps) => {
          const capacity = new Capacity({ ...CONFIG, supportedEcpu });
          let now = 0;
          let passed = 0;
          for (const gap of gaps) {
            now += gap;
            if (capacity.admit(now, now % 16_384, false) !== REFUSED) passed++;
          }
          expect(passed).toBeLessThanOrEqual(supportedEcpu * (now / NS_PER_SECOND + 1.1) + 1);
          expect(capacity.throttled).toBeGreaterThanOrEqual(capacity.refused);
          expect(passed + capacity.refused).toBe(gaps.length);
        },
      ),
    );
  });
});

describe("growth", () => {
  /** Minutes until the supported rate has reached a goal, under a demand that is always there. */
  function minutesTo(goal: number, config: ServerlessConfig): number {
    const capacity = new Capacity(config);
    let minutes = 0;
    while (capacity.supported < goal) {
      capacity.settle(minutes * NS_PER_MINUTE, 0, false, goal);
      expect(capacity.grow()).toBe(true);
      minutes += config.doublingNs / NS_PER_MINUTE;
    }
    return minutes;
  }

  test("0 to 5 million in under 13 minutes (VERS): from 90,000 with two minutes a doubling, not with three", () => {
    expect(minutesTo(5e6, { ...CONFIG, supportedEcpu: 90_000 })).toBe(12);
    expect(minutesTo(5e6, { ...CONFIG, supportedEcpu: 90_000, doublingNs: 3 * NS_PER_MINUTE })).toBe(18);
    expect(minutesTo(5e6, CONFIG)).toBe(16);
  });

  test("only when the busiest second asks for it, and never beyond the maximum", () => {
    const capacity = new Capacity({ ...CONFIG, maximumEcpu: 100_000 });
    through(capacity, { perSecond: 14_000, seconds: 2 });
    expect(capacity.grow()).toBe(false);
    through(capacity, { perSecond: 16_000, seconds: 2, fromNs: 10 * NS_PER_SECOND });
    expect([capacity.grow(), capacity.supported]).toEqual([true, 60_000]);
    for (let i = 0; i < 4; i++) {
      capacity.settle((20 + i) * NS_PER_SECOND, 0, false, 90_000);
      capacity.grow();
    }
    expect([capacity.supported, capacity.doublings]).toEqual([100_000, 2]);
    expect(new Capacity({ ...CONFIG, maximumEcpu: 1_000 }).supported).toBe(1_000);
  });
});

describe("the ledger of hours", () => {
  test("averages the samples of an hour, and begins anew", () => {
    const ledger = new Ledger();
    for (const bytes of [0, 100, 200]) ledger.sample(bytes);
    ledger.charge(7);
    ledger.closeHour();
    ledger.sample(50);
    ledger.charge(1.5);
    expect(ledger.hours(1.5 * NS_PER_HOUR)).toEqual([
      { lengthNs: NS_PER_HOUR, ecpu: 7, storedBytes: 100 },
      { lengthNs: NS_PER_HOUR / 2, ecpu: 1.5, storedBytes: 50 },
    ]);
    expect(ledger.hours(NS_PER_HOUR)).toHaveLength(1);
    expect([ledger.ecpu, ledger.peakStoredBytes]).toEqual([8.5, 200]);
  });
});

test("restricted commands: what no node offers, and more", () => {
  for (const name of ["select", "keys", "config|get", "fcall", "cluster|meet", "acl|setuser", "function|load"]) {
    expect(isRestricted(name), name).toBe(true);
  }
  for (const name of ["get", "cluster|slots", "acl|whoami", "subscribe", "scan"]) {
    expect(isRestricted(name), name).toBe(false);
  }
});
