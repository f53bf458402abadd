// CPU credits against AWS's table (aws-facts.md 1) and the law of the throttle, first alone, then in a node.

import { describe, expect, it } from "vitest";
import { nodeType, nodeTypes } from "../../../src/catalog/nodes.ts";
import { DEFAULT_HARDWARE } from "../../../src/models/config/hardware.ts";
import { BurstCredits } from "../../../src/models/hardware/burst-credits.ts";
import { runTo, smallWorld, type Wanted } from "../world.ts";

const SECOND = 1e9;
const HOUR = 3_600 * SECOND;

function creditsOf(type: string, startShare: number, nowNs = 0, throttleOverNs = 15 * 60 * SECOND) {
  const node = nodeType(type);
  return new BurstCredits(node.cpuCredits!, node.vcpu, { startShare, throttleOverNs }, nowNs);
}

/** A host that wants `vcpus` all the time, for so many seconds in steps of 100 ms. */
function burn(credits: BurstCredits, vcpus: number, seconds: number, fromNs = 0, usedNs = 0) {
  let used = usedNs;
  for (let now = fromNs; now < fromNs + seconds * SECOND; now += SECOND / 10) {
    used += Math.min(vcpus, credits.allowedVcpus) * (SECOND / 10);
    credits.update(now + SECOND / 10, used);
  }
  return used;
}

describe("CPU credits", () => {
  it("an idle node earns what AWS's table says, and its most in a day", () => {
    for (const { type, cpuCredits } of nodeTypes()) {
      if (cpuCredits === null) continue;
      const credits = creditsOf(type, 0);
      credits.update(HOUR, 0);
      expect(credits.balance).toBeCloseTo(cpuCredits.perHour, 6);
      credits.update(24 * HOUR, 0);
      expect(credits.balance).toBeCloseTo(cpuCredits.max, 6);
      credits.update(48 * HOUR, 0);
      expect(credits.balance).toBeCloseTo(cpuCredits.max, 6);
    }
  });

  it("a busy thread spends one a minute less what comes in: 576 credits of t3.medium last 16 hours, 288 of t3.micro 6", () => {
    const hours = (type: string) => {
      const credits = creditsOf(type, 1);
      let now = 0;
      while (credits.stretch === 1) {
        now += SECOND;
        credits.update(now, now);
      }
      return now / HOUR;
    };
    // Held back only when the last credits go: max / (1 - base) minutes.
    expect(hours("cache.t3.medium")).toBeCloseTo(576 / 0.6 / 60, 0);
    expect(hours("cache.t3.micro")).toBeCloseTo(288 / 0.8 / 60, 0);
  });

  it("without credits a node that wants more comes down to its baseline gradually, to 5 % after the given time", () => {
    const credits = creditsOf("cache.t3.micro", 0);
    credits.balance = 9; // 1.8 vCPU * 5 minutes: just where it begins to be held back
    let used = 0;
    let before = credits.allowedVcpus;
    expect(before).toBeCloseTo(2, 6);
    for (let minute = 0; minute < 15; minute++) {
      used = burn(credits, 2, 60, minute * 60 * SECOND, used);
      expect(credits.allowedVcpus).toBeLessThan(before);
      before = credits.allowedVcpus;
    }
    expect((before - 0.2) / 1.8).toBeCloseTo(0.05, 2);
    // What is used at the baseline is what is earned.
    expect(burn(credits, 2, 3_600, 15 * 60 * SECOND, used) - used).toBeLessThan(0.21 * HOUR);
  });

  it("an idle spell brings the speed back", () => {
    const credits = creditsOf("cache.t4g.micro", 0);
    expect(credits.stretch).toBeCloseTo(5, 6);
    credits.update(HOUR, 0);
    expect(credits.stretch).toBe(1);
  });

  it("a node that is launched later has the launch credits of its family: 30 a vCPU on t2, on top of the most; else none", () => {
    expect(creditsOf("cache.t3.small", 1, HOUR).balance).toBe(0);
    const t2 = creditsOf("cache.t2.medium", 1, HOUR);
    expect(t2.balance).toBe(60);
    t2.update(HOUR + 30 * HOUR, 0);
    expect(t2.balance).toBeCloseTo(576 + 60, 6);
  });

  it("publishes balance and usage every five minutes, of t3 and t4g only", () => {
    const credits = creditsOf("cache.t3.micro", 0.5);
    burn(credits, 0.5, 299);
    expect(credits.reading).toBeNull();
    const used = burn(credits, 0.5, 2, 299 * SECOND, 299 * SECOND * 0.5);
    expect(credits.reading!.usage).toBeCloseTo(2.5, 1);
    expect(credits.reading!.balance).toBeCloseTo(144 + 1 - 2.5, 1);
    burn(credits, 0.5, 300, 301 * SECOND, used);
    expect(credits.reading!.atNs).toBe(600 * SECOND);
    expect(credits.reading!.usage).toBeCloseTo(2.5, 1);
    const t2 = creditsOf("cache.t2.micro", 0.5);
    burn(t2, 0.5, 400);
    expect(t2.reading).toBeNull();
  });
});

describe("a burstable node", () => {
  const T3: Wanted = {
    rate: 3_000,
    seconds: 12,
    cluster: {
      node: nodeType("cache.t3.micro"),
      shards: 1,
      replicasPerShard: 0,
      multiAz: false,
      tls: true,
      parameters: { maxmemory: "400000000", "maxmemory-policy": "allkeys-lru" },
    },
    workload: {
      preload: 1,
      ttlSeconds: null,
      valueBytes: { sample: () => 65_536, mean: 65_536, variance: 0, support: [65_536, 65_536] },
    },
  };
  const credits = (startShare: number) => ({
    ...T3,
    cluster: { ...T3.cluster!, hardware: { ...DEFAULT_HARDWARE, credits: { startShare, throttleOverNs: 15e9 } } },
  });

  it("with credits serves what its thread can, without them what its baseline can, and shows the baseline as its CPU", () => {
    const rich = runTo(smallWorld(credits(1)), 12);
    const poor = runTo(smallWorld(credits(0)), 12);
    const last = (world: typeof rich, metric: string) =>
      world.recorder.columns
        .find(column => column.metric === metric && column.where === "bench-0001-001")!
        .values.at(-1)!;
    expect(last(rich, "EngineCPUUtilization")).toBeGreaterThan(21);
    expect(last(rich, "CPUAllowance")).toBe(100);
    expect(last(poor, "CPUAllowance")).toBeCloseTo(10, 0);
    // One thread may use what both vCPUs earn: 20 % of one, 10 % of the host.
    expect(last(poor, "EngineCPUUtilization")).toBeGreaterThan(18);
    expect(last(poor, "EngineCPUUtilization")).toBeLessThan(21);
    expect(last(poor, "CPUUtilization")).toBeLessThan(10.5);
    expect(last(poor, "TrafficManagementActive")).toBe(1);
    expect(last(rich, "TrafficManagementActive")).toBe(0);
    expect(rich.recorder.periods.at(-1)!.inProgress).toBeLessThan(10);
    expect(poor.recorder.periods.at(-1)!.inProgress).toBeGreaterThan(100);
  });
});
