// Delays and bandwidth by themselves.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bandwidth, HEADER_BYTES, Latency } from "../../src/models/network.ts";
import { randomFrom } from "../../src/sim/random.ts";

const CONFIG = {
  inZoneRttNs: 150_000,
  crossZoneRttNs: 700_000,
  sigma: 0.25,
  spikeProbability: 1e-3,
  spikeNs: [5e6, 12e6] as const,
};

function latency(config: Partial<typeof CONFIG> = {}): Latency {
  return new Latency({ ...CONFIG, ...config }, randomFrom("network"));
}

describe("delay between zones", () => {
  it.each([
    [0, 0, 75_000],
    [0, 1, 350_000],
  ])("from zone %d to zone %d has median %d ns and the lognormal's spread", (from, to, median) => {
    const network = latency();
    const drawn = Array.from({ length: 40_000 }, () => network.oneWayNs(from, to)).sort((a, b) => a - b);
    expect(drawn[20_000] / median).toBeCloseTo(1, 1);
    // One standard deviation of the logarithm, up and down.
    expect(drawn[Math.round(40_000 * 0.841)] / median).toBeCloseTo(Math.exp(0.25), 1);
    expect(drawn[Math.round(40_000 * 0.159)] / median).toBeCloseTo(Math.exp(-0.25), 1);
  });

  it("meets a spike as often as it should, within the bounds", () => {
    const network = latency();
    const drawn = Array.from({ length: 200_000 }, () => network.oneWayNs(0, 0));
    const spikes = drawn.filter(ns => ns > 2e6);
    expect(spikes.length).toBeGreaterThan(140);
    expect(spikes.length).toBeLessThan(260);
    for (const ns of spikes) {
      expect(ns).toBeGreaterThanOrEqual(5e6 + 75_000);
      expect(ns).toBeLessThanOrEqual(12e6 + 75_000);
    }
  });

  it("without jitter is half the round trip", () => {
    expect(latency({ sigma: 0, spikeProbability: 0 }).oneWayNs(0, 1)).toBe(350_000);
  });
});

describe("bandwidth of a node", () => {
  it("passes messages one after the other at the rate of the interface", () => {
    const link = new Bandwidth(1, null); // 1 Gbit/s: 8 ns per byte
    const each = 8 * (934 + HEADER_BYTES);
    expect(link.pass(0, 934)).toBe(each);
    expect(link.pass(0, 934)).toBe(2 * each);
    expect(link.pass(100_000, 934)).toBe(each);
    expect(link.bytes).toBe(3_000);
  });

  it("bursts until its credits are used up, then goes at its baseline", () => {
    const link = new Bandwidth(1, 10);
    const bytes = 10_000_000;
    const at = (seconds: number) => {
      // Offer more than it can take for that long, and see how much comes through in the last second.
      let now = 0;
      let sent = 0;
      while (now < seconds * 1e9) {
        now += link.pass(now, bytes);
        if (now > (seconds - 1) * 1e9) sent += bytes;
      }
      return (sent * 8) / 1e9;
    };
    expect(at(10)).toBeCloseTo(10, 0);
    // The bucket holds 300 s at full burst.
    const later = new Bandwidth(1, 10);
    let now = 0;
    while (now < 400e9) now += later.pass(now, bytes);
    const before = now;
    let sent = 0;
    while (now < before + 10e9) {
      now += later.pass(now, bytes);
      sent += bytes;
    }
    expect((sent * 8) / (now - before)).toBeCloseTo(1, 1);
    expect(later.exceeded).toBeGreaterThan(0);
  });

  it("lets messages pass between the packets of a bulk transfer, until the credits are used up", () => {
    const link = new Bandwidth(1, 10);
    const alone = new Bandwidth(1, 10).pass(1e9, 1_000);
    link.passBulk(1e9, 100e6);
    expect(link.pass(1e9, 1_000)).toBe(alone);
    expect(link.bytes).toBe(100e6 + 1_000 + HEADER_BYTES);
    expect(link.messages).toBeGreaterThan(11_000);
    // 9 Gbit/s for 300 s are 337 GB.
    for (let i = 0; i < 400; i++) link.passBulk(1e9, 1e9);
    expect(link.exceeded).toBeGreaterThan(0);
    expect(link.pass(1e9, 1_000)).toBeGreaterThan(1e9);
  });

  it("never lets more through than the burst rate, nor time run backwards", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(100_000), bytes: fc.nat(100_000) }), { minLength: 1, maxLength: 100 }),
        messages => {
          const link = new Bandwidth(0.75, 5);
          let now = 0;
          let total = 0;
          let lastEnd = 0;
          for (const { gap, bytes } of messages) {
            now += gap;
            const end = now + link.pass(now, bytes);
            expect(end).toBeGreaterThan(now);
            expect(end).toBeGreaterThanOrEqual(lastEnd);
            total += bytes + HEADER_BYTES;
            expect(total * 8).toBeLessThanOrEqual(end * 5 * (1 + 1e-9));
            lastEnd = end;
          }
        },
      ),
    );
  });
});
